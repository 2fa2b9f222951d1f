//! A histogram of the losses of all RoIs and of the selected ones.

use svg::node::element::{Group, Line, Rectangle};

use super::frame::{Frame, at, clamped};
use super::text::{Fonts, GREY, INK, text};
use crate::command::mined::RoiOutcome;
use crate::command::numbers::{amount, count};
use crate::command::output::Report;

/// Number of bars.
const BARS: usize = 60;
const ALL: &str = "#c8d1da";
const SIZE: f64 = 12.0;

/// Number of RoIs in each of [`BARS`] equal ranges of loss.
struct Bars {
    low: f64,
    high: f64,
    all: [usize; BARS],
    selected: [usize; BARS],
}

impl Bars {
    /// Counts the finite losses; `None` if there are none.
    fn new(report: &Report) -> Option<Self> {
        let losses = &report.table.losses;
        let finite = || losses.iter().filter(|loss| loss.is_finite());
        let (low, high) = (finite().reduce(f64::min)?, finite().reduce(f64::max)?);
        // Equal losses still need a range of positive width, within the floats.
        let (low, high) = match low + low.abs().max(1.0) {
            _ if high > low => (low, high),
            above if above.is_finite() => (low, above),
            _ => (0.0, high),
        };
        let mut bars = Self { low, high, all: [0; BARS], selected: [0; BARS] };
        for (loss, outcome) in losses.iter().zip(&report.mined.outcomes).filter(|(loss, _)| loss.is_finite())
        {
            let bar = bars.bar(loss);
            bars.all[bar] += 1;
            bars.selected[bar] += usize::from(*outcome == RoiOutcome::Selected);
        }
        Some(bars)
    }

    /// The position of a loss between the lowest (0) and the highest (1).
    fn along(&self, loss: f64) -> f64 {
        let range = self.high - self.low;
        if range.is_finite() {
            return (loss - self.low) / range;
        }
        // Halved, so that differences of the largest floats do not overflow. Halves of the smallest floats would be 0.
        (loss / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the position is at most BARS")]
    #[expect(clippy::cast_sign_loss, reason = "no loss is below the lowest")]
    fn bar(&self, loss: f64) -> usize {
        ((self.along(loss) * BARS as f64) as usize).min(BARS - 1)
    }

    fn highest(&self) -> usize {
        self.all.into_iter().max().unwrap_or(0)
    }
}

/// Draws the histogram. The axis of the counts is logarithmic.
pub(super) fn draw(report: &Report, fonts: &Fonts, frame: Frame) -> Group {
    let heading = heading(report, fonts, frame);
    let Some(bars) = Bars::new(report) else { return heading };
    let area = Frame {
        x: frame.x + 46.0,
        y: frame.y + 46.0,
        width: frame.width - 46.0,
        height: frame.height - 84.0,
    };
    let plot = Plot { bars: &bars, area, fonts };
    let group = heading.add(plot.rows()).add(plot.bars(&bars.all, ALL)).add(plot.bars(&bars.selected, INK));
    let group = group.add(plot.columns());
    match report.loss_cut.filter(|loss| loss.is_finite()) {
        Some(loss) => group.add(plot.loss_cut(loss)),
        None => group,
    }
}

fn heading(report: &Report, fonts: &Fonts, frame: Frame) -> Group {
    let mut x = frame.x;
    let mut group = Group::new();
    let (all, selected) = (count(report.table.len()), count(report.mined.selected.len()));
    let finite = report.table.losses.iter().filter(|loss| loss.is_finite()).count();
    let left = match report.table.len() - finite {
        0 => String::new(),
        left => format!(" ({} not finite, not shown)", count(left)),
    };
    for (colour, name) in
        [(ALL, format!("all {all} RoIs by loss{left}")), (INK, format!("the {selected} selected"))]
    {
        let swatch = Rectangle::new().set("x", at(x)).set("y", at(frame.y + 1.0)).set("fill", colour);
        let name = text((x + 20.0, frame.y + 12.0), 13.0, &name).set("fill", INK);
        x += 20.0 + fonts.width(&name) + 26.0;
        group = group.add(swatch.set("width", 13).set("height", 13).set("rx", 2)).add(name);
    }
    group
}

struct Plot<'a> {
    bars: &'a Bars,
    area: Frame,
    fonts: &'a Fonts,
}

impl Plot<'_> {
    /// The y coordinate of a count. The axis begins at one half, so that a count of 1 is visible.
    fn y(&self, count: usize) -> f64 {
        let (floor, top) = (0.5_f64.log10(), (self.bars.highest() as f64 * 1.15).log10());
        self.area.bottom() - ((count as f64).log10() - floor) / (top - floor) * self.area.height
    }

    fn x(&self, loss: f64) -> f64 {
        self.area.x + self.bars.along(loss) * self.area.width
    }

    fn bars(&self, counts: &[usize; BARS], colour: &str) -> Group {
        let width = self.area.width / BARS as f64;
        let mut group = Group::new().set("fill", colour);
        for (bar, &count) in counts.iter().enumerate().filter(|&(_, &count)| count > 0) {
            let (x, y) = (self.area.x + bar as f64 * width, self.y(count));
            let rectangle =
                Rectangle::new().set("x", at(x + 0.5)).set("y", at(y)).set("width", at(width - 1.0));
            group = group.add(rectangle.set("height", at(self.area.bottom() - y)));
        }
        group
    }

    /// Horizontal lines with their counts.
    fn rows(&self) -> Group {
        let highest = self.bars.highest();
        let steps =
            if highest < 20 { vec![1, 2, 5, 10] } else { (0..19).map(|power| 10_usize.pow(power)).collect() };
        let mut group = Group::new().set("fill", GREY);
        for step in steps.into_iter().take_while(|&step| step <= highest) {
            let y = self.y(step);
            let line = line((self.area.x, y), (self.area.right(), y)).set("stroke", "#eaeef2");
            let label = text((self.area.x - 8.0, y + 4.0), SIZE, &count(step)).set("text-anchor", "end");
            group = group.add(line).add(label);
        }
        group
    }

    /// The horizontal axis with losses.
    fn columns(&self) -> Group {
        let bottom = self.area.bottom();
        let axis = line((self.area.x, bottom), (self.area.right(), bottom)).set("stroke", GREY);
        let mut group = Group::new().set("fill", GREY).add(axis);
        for (loss, name) in ticks(self.bars.low, self.bars.high) {
            let x = self.x(loss);
            let tick = line((x, bottom), (x, bottom + 5.0)).set("stroke", GREY);
            group = group.add(tick).add(text((x, bottom + 19.0), SIZE, &name).set("text-anchor", "middle"));
        }
        let middle = (self.area.x + self.area.width / 2.0, bottom + 37.0);
        group.add(text(middle, 13.0, "loss").set("text-anchor", "middle"))
    }

    /// A line at the loss of the last selected RoI, with that loss above it.
    fn loss_cut(&self, loss: f64) -> Group {
        let (x, y) = (self.x(loss), self.area.y - 2.0);
        let line = line((x, y), (x, self.area.bottom())).set("stroke", "#D55E00").set("stroke-width", 1.5);
        let label = text((0.0, y - 5.0), 13.0, &format!("cut {}", amount(loss, 4)));
        let half = self.fonts.width(&label) / 2.0;
        let middle = clamped(x, self.area.x + half, self.area.right() - half);
        let label = label.set("x", at(middle)).set("text-anchor", "middle").set("fill", "#b04e00");
        Group::new().add(line.set("stroke-dasharray", "5 3")).add(label)
    }
}

fn line((x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> Line {
    Line::new().set("x1", at(x1)).set("y1", at(y1)).set("x2", at(x2)).set("y2", at(y2))
}

/// Four to nine round values between two losses, and their labels.
fn ticks(low: f64, high: f64) -> Vec<(f64, String)> {
    let rough = high / 8.0 - low / 8.0;
    let power = 10_f64.powf(rough.log10().floor());
    // The smallest round step that gives at most eight intervals.
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|round| round * power).find(|&step| step >= rough);
    let Some(step) = step.filter(|step| step.is_finite() && *step > 0.0) else { return Vec::new() };
    let first = (low / step).ceil();
    let losses = (0..10).map(|tick| (first + f64::from(tick)) * step).take_while(|&loss| loss <= high);
    losses.filter(|&loss| loss >= low).map(|loss| (loss, shown(loss, step))).collect()
}

/// Formats a round value with the decimals of its step.
fn shown(loss: f64, step: f64) -> String {
    if !(1e-5..1e6).contains(&step) {
        return amount(loss, 2);
    }
    let decimals = (0..6).find(|&decimals| {
        let scaled = step * 10_f64.powi(decimals);
        (scaled - scaled.round()).abs() < 1e-6
    });
    format!("{loss:.*}", usize::try_from(decimals.unwrap_or(5)).unwrap_or(5))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(low: f64, high: f64) -> Vec<String> {
        ticks(low, high).into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(named(0.0, 6.4), ["0", "1", "2", "3", "4", "5", "6"]);
        assert_eq!(named(0.013, 0.11), ["0.02", "0.04", "0.06", "0.08", "0.10"]);
        assert_eq!(named(-30.0, 1000.0), ["0", "200", "400", "600", "800", "1000"]);
    }

    #[test]
    fn ticks_handle_extreme_losses() {
        for (low, high) in [(f64::MIN, f64::MAX), (0.0, f64::MIN_POSITIVE), (1e15, 1e15 + 1.0), (0.0, 5e-324)]
        {
            assert!(ticks(low, high).len() <= 10, "{low} {high}");
        }
    }

    #[test]
    fn the_lowest_and_the_highest_loss_have_bars() {
        let bars = Bars { low: f64::MIN, high: f64::MAX, all: [0; BARS], selected: [0; BARS] };
        assert_eq!([f64::MIN, -1e300, f64::MAX].map(|loss| bars.bar(loss)), [0, 29, BARS - 1]);
        let smallest = Bars { high: 5e-324, low: 0.0, ..bars };
        assert_eq!([0.0, 5e-324].map(|loss| smallest.along(loss)), [0.0, 1.0]);
    }
}
