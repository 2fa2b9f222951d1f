//! Time against n, both logarithmic: mining and suppression.

use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::format::duration;
use crate::row::Row;
use crate::style;

type Failure = Box<dyn core::error::Error>;

/// A curve: whose, in which colour, how wide, and its points.
struct Curve {
    name: String,
    colour: RGBColor,
    width: u32,
    points: Vec<(f64, f64)>,
}

/// Draws both jobs side by side, in f32.
pub(crate) fn draw(rows: &[Row], file: &Path) -> Result<(), Failure> {
    let mut svg = String::new();
    draw_on(rows, &mut svg)?;
    Ok(std::fs::write(file, style::styled(&svg))?)
}

fn draw_on(rows: &[Row], svg: &mut String) -> Result<(), Failure> {
    let root = SVGBackend::with_string(svg, (1_040, 524)).into_drawing_area();
    root.fill(&WHITE)?;
    let (panels, below) = root.split_vertically(440);
    let (left, right) = panels.split_horizontally(520);
    let mut keys: Vec<(String, RGBColor, u32)> = Vec::new();
    let panels = [
        (&left, "mine", "clustered, voc", "Mining 128 of n RoIs, clustered, 4 labels"),
        (&right, "nms", "clustered", "NMS of n boxes, clustered, IoU 0.7"),
    ];
    for (area, job, scene, title) in panels {
        let of_panel = rows
            .iter()
            .filter(|row| (row.case.job, row.case.dtype, row.case.scene.as_str()) == (job, "f32", scene));
        let curves = curves(&of_panel.collect::<Vec<_>>());
        panel(area, title, &curves)?;
        for Curve { name, colour, width, .. } in curves {
            if !keys.iter().any(|(known, ..)| *known == name) {
                keys.push((name, colour, width));
            }
        }
    }
    legend(&below, &keys)?;
    root.present()?;
    Ok(())
}

/// Peers first, in the order in which they appear; ohem on top of them.
fn curves(rows: &[&Row]) -> Vec<Curve> {
    let mut curves: Vec<Curve> = Vec::new();
    let mut point = |name: String, colour, width, x: usize, y| {
        if !curves.iter().any(|curve| curve.name == name) {
            curves.push(Curve { name: name.clone(), colour, width, points: Vec::new() });
        }
        let curve = curves.iter_mut().find(|curve| curve.name == name).expect("just made");
        if curve.points.last().is_none_or(|last| last.0 != x as f64) {
            curve.points.push((x as f64, y));
        }
    };
    for row in rows {
        let name = row.peer.split(',').next().unwrap_or(row.peer);
        point(name.to_owned(), style::of(row.peer), 2, row.case.n, row.peer_ns);
    }
    for row in rows {
        point(format!("ohem, {}", row.tier), style::ours(&row.tier), 3, row.case.n, row.ours_ns);
    }
    curves
}

fn panel(area: &DrawingArea<SVGBackend<'_>, Shift>, title: &str, curves: &[Curve]) -> Result<(), Failure> {
    let times = curves.iter().flat_map(|curve| &curve.points).map(|point| point.1);
    let (least, most) = times.fold((1e4, 1e6), |(least, most): (f64, f64), y| (least.min(y), most.max(y)));
    let decade = |y: f64, round: fn(f64) -> f64| 10_f64.powf(round(y.log10()));
    let mut chart = ChartBuilder::on(area)
        .caption(title, (style::FONT, 17).into_font().style(FontStyle::Bold).color(&style::INK))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(66)
        .build_cartesian_2d(
            (8e2..1.25e6).log_scale(),
            (decade(least, f64::floor)..decade(most, f64::ceil)).log_scale(),
        )?;
    chart
        .configure_mesh()
        .x_desc("n")
        .x_labels(5)
        .y_labels(10)
        .x_label_formatter(&|&n| power(n))
        .y_label_formatter(&|&ns| tick(ns))
        .label_style((style::FONT, 13).into_font().color(&style::INK))
        .axis_desc_style((style::FONT, 14).into_font().color(&style::INK))
        .bold_line_style(style::FAINT)
        .light_line_style(TRANSPARENT)
        .axis_style(style::INK)
        .draw()?;
    for curve in curves {
        let style = curve.colour.stroke_width(curve.width);
        chart.draw_series([PathElement::new(curve.points.clone(), style)])?;
        let dots = curve.points.iter().map(|&point| Circle::new(point, 3, curve.colour.filled()));
        chart.draw_series(dots)?;
    }
    Ok(())
}

/// Names the curves of both panels, in three rows.
fn legend(
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    keys: &[(String, RGBColor, u32)],
) -> Result<(), Failure> {
    let text = (style::FONT, 13).into_font().color(&style::INK);
    let places = (0..3).flat_map(|row| (0..4).map(move |column| (80 + 235 * column, 14 + 24 * row)));
    for ((name, colour, width), (x, y)) in keys.iter().zip(places) {
        area.draw(&PathElement::new([(x, y), (x + 24, y)], colour.stroke_width(*width)))?;
        area.draw(&Circle::new((x + 12, y), 3, colour.filled()))?;
        area.draw(&Text::new(name.as_str(), (x + 32, y - 6), text.clone()))?;
    }
    Ok(())
}

/// `1 µs`, `10 ms`: a power of ten with its unit.
fn tick(ns: f64) -> String {
    duration(ns * (1.0 + 1e-9)).replace(".00", "").replace(".0", "")
}

/// `10⁴`.
fn power(n: f64) -> String {
    let digits = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below a million")]
    let exponent = n.log10().round() as usize;
    format!("10{}", digits.get(exponent).copied().unwrap_or("?"))
}
