//! The ratios as bars, on a logarithmic scale.

use std::path::Path;

use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::format::{count, duration, significant};
use crate::row::{Case, Row, cases};
use crate::style;

type Failure = Box<dyn core::error::Error>;
type Chart<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::combinators::LogCoord<f64>, RangedCoordf64>,
>;

/// Width of the figure, and of the names at its left.
const WIDTH: u32 = 1_000;
const NAMES: u32 = 300;
/// Height of a bar with its gap, and of the gap between cases, in pixels.
const BAR: f64 = 17.0;
const GAP: f64 = 15.0;
/// Height of the frame above and below the bars.
const FRAME: u32 = 100;

/// Draws f32 on the best tier, for the cases that are in the project's table.
pub(crate) fn draw(rows: &[Row], file: &Path) -> Result<(), Failure> {
    let mut svg = String::new();
    draw_on(rows, &mut svg)?;
    Ok(std::fs::write(file, style::styled(&svg))?)
}

fn draw_on(rows: &[Row], svg: &mut String) -> Result<(), Failure> {
    let best = rows.iter().map(|row| row.tier.as_str()).next_back().unwrap_or("portable");
    let shown: Vec<Vec<&Row>> = cases(rows)
        .filter(|case| is_shown(&case[0].case))
        .map(|case| case.iter().filter(|row| row.tier == best && !row.peer.starts_with("sorting")).collect())
        .collect();
    let shown: Vec<Vec<&Row>> = shown.into_iter().filter(|case| !case.is_empty()).collect();
    let height: f64 = shown.iter().map(|case| height_of(case)).sum();
    let ratios = shown.iter().flatten().map(|row| row.ratio);
    let (least, most) = ratios.fold((0.7, 10.0), |(least, most): (f64, f64), x| (least.min(x), most.max(x)));

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred pixels")]
    let root = SVGBackend::with_string(svg, (WIDTH, height as u32 + FRAME)).into_drawing_area();
    root.fill(&WHITE)?;
    let title = format!("The time of others over that of ohem ({}, f32, one core)", best.to_uppercase());
    root.draw(&Text::new(
        title,
        (16, 14),
        (style::FONT, 19).into_font().style(FontStyle::Bold).color(&style::INK),
    ))?;
    let (_, below) = root.split_vertically(44);
    let mut chart = ChartBuilder::on(&below)
        .margin_right(70)
        .margin_bottom(10)
        .x_label_area_size(34)
        .y_label_area_size(NAMES)
        .build_cartesian_2d((least / 1.3..most * 1.5).log_scale(), height..0.0)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .x_labels(8)
        .x_label_formatter(&|&ratio| {
            format!("{} ×", if ratio < 1.0 { significant(ratio) } else { plain(ratio) })
        })
        .x_label_style((style::FONT, 13).into_font().color(&style::INK))
        .bold_line_style(style::FAINT)
        .light_line_style(TRANSPARENT)
        .axis_style(style::FAINT)
        .draw()?;
    let mut top = GAP / 2.0;
    for case in &shown {
        bars(&root, &mut chart, case, top)?;
        top += height_of(case);
    }
    let line = [(1.0, 0.0), (1.0, height)];
    chart.draw_series([PathElement::new(line, style::ours(best).stroke_width(2))])?;
    root.present()?;
    Ok(())
}

/// Height of a case: a bar for each peer, and at the left, two lines of text.
fn height_of(case: &[&Row]) -> f64 {
    BAR * case.len().max(2) as f64 + GAP
}

/// Draws a case: its name and ohem's time at the left, a bar for each peer.
fn bars(
    root: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    chart: &mut Chart<'_, '_>,
    case: &[&Row],
    top: f64,
) -> Result<(), Failure> {
    let (at_left, at_right) = (Pos::new(HPos::Left, VPos::Center), Pos::new(HPos::Right, VPos::Center));
    let name = (style::FONT, 13).into_font().style(FontStyle::Bold).color(&style::INK).pos(at_left);
    let small = (style::FONT, 12).into_font().color(&style::INK);
    let middle = |nth: usize| top + BAR * (nth as f64 + 0.5);
    let line = |chart: &Chart<'_, '_>, nth| chart.backend_coord(&(1.0, middle(nth))).1;
    root.draw(&Text::new(name_of(&case[0].case), (16, line(chart, 0)), name))?;
    let ours = format!("ohem: {}", duration(case[0].ours_ns));
    root.draw(&Text::new(ours, (16, line(chart, 1)), small.clone().pos(at_left)))?;
    for (nth, row) in case.iter().enumerate() {
        let (y, x) = (middle(nth), NAMES as i32 - 8);
        let half = BAR * 0.40;
        let bar = Rectangle::new(
            [(row.ratio.min(1.0), y - half), (row.ratio.max(1.0), y + half)],
            style::of(row.peer).filled(),
        );
        chart.draw_series([bar])?;
        let (end, y) = chart.backend_coord(&(row.ratio.max(1.0), y));
        let peer = row.peer.split(',').next().unwrap_or(row.peer);
        root.draw(&Text::new(peer, (x, y), small.clone().pos(at_right)))?;
        let ratio = significant(row.ratio);
        root.draw(&Text::new(ratio, (end + 5, y), small.clone().pos(at_left)))?;
    }
    Ok(())
}

/// Whether a case is in the figure: the project's table, in f32.
fn is_shown(case: &Case) -> bool {
    let sizes: &[usize] = match case.job {
        "mine" if !case.scene.contains("gather") => &[1_000_000],
        "nms" => &[2_000, 10_000, 50_000, 1_000_000],
        "top_k" => &[1_000, 100_000, 1_000_000],
        _ => return case.dtype == "f32" && !case.scene.contains("21 labels"),
    };
    case.dtype == "f32" && case.scene != "grid" && sizes.contains(&case.n)
}

fn name_of(case: &Case) -> String {
    let n = count(case.n);
    match case.job {
        "mine" if case.scene.contains("gather") => format!("mine 128 of {n} RoIs"),
        "mine" => format!("mine 128 of {n}, no gather"),
        "nms" => format!("NMS of {n}, {}", case.scene),
        "top_k" => format!("hardest 128 of {n}"),
        "iou_matrix" => format!("IoU of {n} × {n}"),
        "iou_tile" => format!("IoU of {n} × {n}, in L1"),
        "iou_columns" => format!("IoU of 1 × {n}, in columns"),
        _ => format!("IoU of 1 × {n}, in L1"),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a power of ten")]
fn plain(ratio: f64) -> String {
    count(ratio.round() as usize)
}
