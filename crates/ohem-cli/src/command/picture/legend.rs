//! The legend of colours and lines.

use svg::node::element::{Group, Rectangle};

use super::frame::{Frame, at};
use super::palette::{Entry, Palette};
use super::text::{Fonts, GREY, INK, text};
use crate::command::numbers::count;

/// Height of a line.
const LINE: f64 = 23.0;
const SIZE: f64 = 14.0;
/// The columns of numbers, and the distance of their right ends from the right edge.
const COLUMNS: [(&str, f64); 3] = [("selected", 172.0), ("suppressed", 78.0), ("all", 0.0)];

/// Draws the labels with their colours and counts, and the three kinds of line. `rest` names the last kind.
pub(super) fn draw(palette: &Palette, rest: &str, fonts: &Fonts, frame: Frame) -> Group {
    let mut group = Group::new().add(text((frame.x, frame.y + 12.0), 13.0, "label").set("fill", GREY));
    for (name, from_right) in COLUMNS {
        let at_right = (frame.right() - from_right, frame.y + 12.0);
        group = group.add(text(at_right, 13.0, name).set("text-anchor", "end").set("fill", GREY));
    }
    for (line, entry) in (1..).zip(&palette.entries) {
        group = group.add(row(entry, fonts, Frame { y: frame.y + 12.0 + LINE * f64::from(line), ..frame }));
    }
    let below = frame.y + 12.0 + LINE * (palette.entries.len() + 1) as f64 + 16.0;
    group.add(lines(rest, frame.x, below))
}

fn row(entry: &Entry, fonts: &Fonts, frame: Frame) -> Group {
    let swatch = Rectangle::new().set("x", at(frame.x)).set("y", at(frame.y - 11.0));
    let swatch = swatch.set("width", 13).set("height", 13).set("rx", 2).set("fill", entry.colour);
    let name = fonts.beginning(&entry.name, SIZE, frame.width - 260.0);
    let mut group =
        Group::new().add(swatch).add(text((frame.x + 22.0, frame.y), SIZE, &name).set("fill", INK));
    for (number, (_, from_right)) in [entry.selected, entry.suppressed, entry.all].into_iter().zip(COLUMNS) {
        let at_right = (frame.right() - from_right, frame.y);
        group = group.add(text(at_right, SIZE, &count(number)).set("text-anchor", "end").set("fill", INK));
    }
    group
}

/// The three kinds of line.
fn lines(rest: &str, left: f64, y: f64) -> Group {
    let kinds =
        [("selected", "2.4", INK, 0.0), ("suppressed", "1", INK, 130.0), (rest, "0.5", "#6e7781", 276.0)];
    let mut group = Group::new();
    for (name, width, colour, from_left) in kinds {
        let x = left + from_left;
        let line =
            Rectangle::new().set("x", at(x + 1.5)).set("y", at(y - 12.0)).set("width", 22).set("height", 14);
        let line = line.set("fill", "none").set("stroke", colour).set("stroke-width", width);
        group = group.add(line).add(text((x + 32.0, y), 13.0, name).set("fill", INK));
    }
    group
}
