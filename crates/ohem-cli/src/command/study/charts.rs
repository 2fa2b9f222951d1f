//! Charts of loss and precision by epoch.
//!
//! A curve has its name at its end, and differs from the others by colour, dashes and marker, so that it is found in
//! grey as well. The style sheet has the dashes, and other colours for a dark page.

mod end_labels;
mod look;

use core::ops::Range;

use ohem_study::{Epoch, Run, Sampler, Summary};
use plotters::coord::Shift;
use plotters::coord::ranged1d::{AsRangedCoord, DefaultFormatting, KeyPointHint, Ranged, ValueFormatter};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::command::picture::FAMILIES;
use end_labels::spread;
use look::{Look, Marker, styled};

/// The size of a chart.
const SIZE: (u32, u32) = (800, 500);
/// Width of the names at the right of the curves, and of the lines that lead to them.
const NAMES: u32 = 216;
const LEADER: i32 = 22;
/// Maximum number of ticks of an axis of epochs.
const MAX_TICKS: f64 = 12.0;
/// Font sizes of the title, of names, and of ticks. plotters divides them by 1.24.
const TITLE: u32 = 25;
const TEXT: u32 = 20;
const TICK: u32 = 18;
/// Height of a line of names.
const LINE: i32 = 19;
pub(super) const PAPER: RGBColor = WHITE;
pub(super) const INK: RGBColor = RGBColor(31, 35, 40);
pub(super) const GREY: RGBColor = RGBColor(87, 96, 106);
pub(super) const FAINT: RGBColor = RGBColor(226, 230, 234);

/// A curve: a measurement of a sampler's runs after each epoch.
struct Curve {
    sampler: Sampler,
    /// Position on the horizontal axis, mean, and standard deviation.
    points: Vec<[f64; 3]>,
}

/// The texts of a chart.
struct Labels {
    title: &'static str,
    x: &'static str,
    y: &'static str,
}

/// Draws the charts. Returns their names and SVGs.
pub(crate) fn draw(runs: &[Run]) -> Vec<(&'static str, String)> {
    let summaries = Summary::of(runs);
    let epoch = |epoch: &Epoch| Some(epoch.epoch as f64);
    let learnt = |epoch: &Epoch| Some(epoch.back_propagated as f64);
    let loss = |epoch: &Epoch| Some(epoch.loss);
    let by_epoch = Labels { title: "Loss over all training RoIs", x: "epoch", y: "mean loss" };
    let by_learnt = Labels { x: "RoIs back-propagated", ..by_epoch };
    let precision = Labels { title: "Precision on the test images", x: "epoch", y: "mAP at IoU 0.5" };
    let losses = curves(&summaries, epoch, loss);
    vec![
        ("loss-by-epoch", linear(&losses, &by_epoch)),
        ("loss-by-rois", logarithmic(&curves(&summaries, learnt, loss), &by_learnt)),
        ("map-by-epoch", linear(&curves(&summaries, epoch, |epoch| epoch.map), &precision)),
    ]
}

fn curves(
    summaries: &[Summary<'_>],
    x: impl Fn(&Epoch) -> Option<f64>,
    y: impl Fn(&Epoch) -> Option<f64>,
) -> Vec<Curve> {
    let curve = |summary: &Summary<'_>| {
        let point = |epoch| {
            let (x, y) = (summary.at(epoch, &x)?, summary.at(epoch, &y)?);
            Some([x.mean, y.mean, y.deviation])
        };
        Curve { sampler: summary.sampler, points: (1..=summary.epochs()).filter_map(point).collect() }
    };
    summaries.iter().map(curve).collect()
}

fn linear(curves: &[Curve], labels: &Labels) -> String {
    let last = extent(curves, |[x, ..]| [x, x]).1.max(1.0);
    let axis = Epochs { range: (0.5..last + 0.5).into(), ticks: whole_ticks(last) };
    chart(curves, labels, axis, |x| format!("{x:.0}"))
}

/// An axis with ticks at whole epochs.
struct Epochs {
    range: RangedCoordf64,
    ticks: Vec<f64>,
}

impl Ranged for Epochs {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        self.range.map(value, limit)
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.ticks.clone() }
    }

    fn range(&self) -> Range<f64> {
        self.range.range()
    }
}

/// Whole numbers from 1 to `last`, at most 12 of them.
fn whole_ticks(last: f64) -> Vec<f64> {
    let step = (last / MAX_TICKS).ceil().max(1.0);
    (1..).map(|tick| f64::from(tick) * step).take_while(|&tick| tick <= last).collect()
}

fn logarithmic(curves: &[Curve], labels: &Labels) -> String {
    let (first, last) = extent(curves, |[x, ..]| [x, x]);
    let first = first.max(1.0);
    chart(curves, labels, (first / 1.3..last.max(first) * 1.3).log_scale(), |x| match *x {
        x if x >= 1e6 => format!("{} M", x / 1e6),
        x if x >= 1e3 => format!("{} k", x / 1e3),
        x => format!("{x}"),
    })
}

/// The minimum and maximum of what the points span; 0 and 1 if there are no points.
fn extent(curves: &[Curve], span: impl Fn([f64; 3]) -> [f64; 2]) -> (f64, f64) {
    let values = || curves.iter().flat_map(|curve| &curve.points).flat_map(|&point| span(point));
    match values().next() {
        None => (0.0, 1.0),
        Some(any) => (values().fold(any, f64::min), values().fold(any, f64::max)),
    }
}

/// Draws curves, each in a band of its standard deviation.
fn chart<X>(curves: &[Curve], labels: &Labels, x: X, x_text: impl Fn(&f64) -> String) -> String
where
    X: AsRangedCoord<Value = f64>,
    X::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
    let drawn = on(&area, curves, labels, x, &x_text).and_then(|()| area.present());
    drawn.expect("writing to a string cannot fail");
    drop(area);
    styled(&svg)
}

type Backend<'a> = SVGBackend<'a>;
type Failed<'a> = DrawingAreaErrorKind<<Backend<'a> as DrawingBackend>::ErrorType>;

fn on<'a, X>(
    area: &DrawingArea<Backend<'a>, Shift>,
    curves: &[Curve],
    labels: &Labels,
    x: X,
    x_text: &dyn Fn(&f64) -> String,
) -> Result<(), Failed<'a>>
where
    X: AsRangedCoord<Value = f64>,
    X::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    let font = |size: u32, colour: &RGBColor| (FAMILIES, size).into_font().color(colour);
    let (low, high) = extent(curves, |[_, y, spread]| [y - spread, y + spread]);
    let margin = (high - low).max(1e-3) * 0.06;
    area.fill(&PAPER)?;
    let mut chart = ChartBuilder::on(area)
        .caption(labels.title, font(TITLE, &INK))
        .margin(14)
        .margin_right(NAMES)
        .x_label_area_size(54)
        .y_label_area_size(76)
        .build_cartesian_2d(x, (low - margin).max(0.0)..high + margin)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(FAINT)
        .light_line_style(TRANSPARENT)
        .axis_style(GREY)
        .x_labels(8)
        .y_labels(6)
        .x_label_formatter(x_text)
        .y_label_formatter(&|y| format!("{y:.2}"))
        .x_desc(labels.x)
        .y_desc(labels.y)
        .label_style(font(TICK, &GREY))
        .axis_desc_style(font(TEXT, &INK))
        .draw()?;
    // All bands first, so that no band covers a line.
    for Curve { sampler, points } in curves {
        let above = points.iter().map(|[x, y, spread]| (*x, y + spread));
        let below = points.iter().rev().map(|[x, y, spread]| (*x, y - spread));
        let band: Vec<(f64, f64)> = above.chain(below).collect();
        chart.draw_series([Polygon::new(band, Look::of(*sampler).colour.mix(0.16))])?;
    }
    for Curve { sampler, points } in curves {
        let look = Look::of(*sampler);
        let line: Vec<(f64, f64)> = points.iter().map(|[x, y, _]| (*x, *y)).collect();
        chart.draw_series([PathElement::new(line.clone(), look.colour.stroke_width(2))])?;
        chart.draw_series(line.into_iter().map(|point| Marker { point, look }))?;
    }
    let ends = curves.iter().filter_map(|Curve { sampler, points }| {
        points.last().map(|&[x, y, _]| (*sampler, chart.backend_coord(&(x, y))))
    });
    names(area, &ends.collect::<Vec<_>>(), &font(TEXT, &INK))
}

/// Writes the name of each curve at the right, beside its end or, if curves end close together, near it.
fn names<'a>(
    area: &DrawingArea<Backend<'a>, Shift>,
    ends: &[(Sampler, (i32, i32))],
    font: &TextStyle<'_>,
) -> Result<(), Failed<'a>> {
    let (width, height) = (SIZE.0.cast_signed(), SIZE.1.cast_signed());
    let left = width - NAMES.cast_signed() + 8;
    let heights: Vec<i32> = ends.iter().map(|(_, (_, y))| *y).collect();
    let font = font.pos(Pos::new(HPos::Left, VPos::Center));
    for ((sampler, (x, end)), y) in ends.iter().zip(spread(&heights, LINE, height - 90)) {
        let look = Look::of(*sampler);
        // A leader with the marker of the curve, as names that would overlap move away from their ends.
        let leader = [(*x + 5, *end), (left + LEADER - 10, y)];
        area.draw(&PathElement::new(leader, GREY.mix(0.55).stroke_width(1)))?;
        area.draw(&Marker { point: (left + LEADER - 6, y), look })?;
        area.draw(&Text::new(words(*sampler), (left + LEADER + 4, y), font.clone()))?;
    }
    Ok(())
}

fn words(sampler: Sampler) -> &'static str {
    match sampler {
        Sampler::Ohem => "OHEM",
        Sampler::OhemNoNms => "OHEM without NMS",
        Sampler::RandomFromTenth => "random, IoU from 0.1",
        Sampler::RandomFromZero => "random, any IoU",
        Sampler::All => "all RoIs",
    }
}

#[cfg(test)]
mod tests {
    use super::whole_ticks;

    #[test]
    fn ticks_are_whole_and_few() {
        assert_eq!(whole_ticks(3.0), [1.0, 2.0, 3.0]);
        assert_eq!(whole_ticks(25.0), [3.0, 6.0, 9.0, 12.0, 15.0, 18.0, 21.0, 24.0]);
        assert_eq!(
            (whole_ticks(1.0), whole_ticks(12.0).len(), whole_ticks(10_000.0).len()),
            (vec![1.0], 12, 11)
        );
    }
}
