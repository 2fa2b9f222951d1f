//! Draws one image with its RoIs.

mod tags;

use core::fmt::Write;
use std::collections::HashMap;

use svg::node::element::{ClipPath, Group, Image, Path, Rectangle, Title};

use super::frame::{self, Frame, at, clamped};
use super::image_rois::ImageRois;
use super::palette::Palette;
use super::photo::Photo;
use super::text::{Fonts, INK, Letters, plain_text, text};
use crate::command::numbers::{amount, count};
use crate::command::output::Report;

/// Height of a caption.
pub(super) const CAPTION: f64 = 26.0;
/// The largest and the smallest font size of a caption.
const CAPTION_SIZES: [f64; 2] = [14.0, 10.5];

/// Opacity of the white veil over a photo, on which lines stand out better.
const VEIL: f64 = 0.15;
/// Distance beyond its panel up to which a box is drawn. The panel clips it.
const BEYOND: f64 = 20.0;

/// The size of a frame around all boxes below which it is drawn as a point: if it filled a panel, the scale would overflow.
const SMALLEST: f64 = 1e-100;

/// What the panels of a sheet share.
pub(super) struct Style<'a> {
    pub(super) report: &'a Report<'a>,
    pub(super) palette: &'a Palette,
    pub(super) fonts: &'a Fonts,
    /// The rank of each selected RoI, from 1, as the table has it.
    pub(super) ranks: HashMap<u32, usize>,
    /// Maximum number of tags in a panel.
    pub(super) tags: usize,
    /// The length to add to differences of coordinates to get widths and heights.
    pub(super) pad: f64,
}

/// The part of the image that a panel shows: the photo, or the frame around all boxes.
pub(super) fn world(rois: &ImageRois, photo: Option<&Photo>) -> Frame {
    if let Some(photo) = photo {
        return Frame { x: 0.0, y: 0.0, width: photo.width, height: photo.height };
    }
    let around = rois.extent.unwrap_or(Frame { x: 0.0, y: 0.0, width: 4.0, height: 3.0 });
    let size = around.width.max(around.height);
    let margin = if size >= SMALLEST { size * 0.02 } else { 1.0 };
    let (width, height) = (around.width + 2.0 * margin, around.height + 2.0 * margin);
    Frame { x: around.x - margin, y: around.y - margin, width, height }
}

impl Style<'_> {
    /// Draws an image in a cell, with a caption above it.
    pub(super) fn panel(&self, rois: &ImageRois, photo: Option<&Photo>, cell: Frame) -> Group {
        let world = world(rois, photo);
        let stage = Frame { y: cell.y + CAPTION, height: cell.height - CAPTION, ..cell };
        let view = View { world, shown: stage.fit(world), style: self };
        let clip = format!("image-{}", rois.image);
        let mut boxes = Group::new().set("clip-path", format!("url(#{clip})")).set("fill", "none");
        if let Some(photo) = photo {
            boxes = boxes
                .add(view.photo(photo))
                .add(rectangle(view.shown).set("fill", "#fff").set("fill-opacity", VEIL));
        }
        boxes = boxes.add(view.easier(rois, photo.is_some()));
        boxes = boxes.add(view.suppressed(rois)).add(view.selected(rois));
        boxes = boxes.add(view.tags(rois));
        Group::new()
            .add(self.caption(rois, cell))
            .add(rounded(stage).set("fill", "#f6f8fa").set("stroke", "#d0d7de"))
            .add(ClipPath::new().set("id", clip).add(rounded(stage)))
            .add(boxes)
    }

    /// The caption, in a font size that fits. If even the smallest is too large, the image's name is shortened.
    fn caption(&self, rois: &ImageRois, cell: Frame) -> Letters {
        let [largest, smallest] = CAPTION_SIZES;
        let start = (cell.x, cell.y + CAPTION - 10.0);
        let (name, counts) =
            (self.report.table.images.text(rois.image), counts(rois, self.report.rule.rest()));
        let width = |name: &str| self.fonts.width(&text(start, largest, &format!("image {name}: {counts}")));
        // Widths are measured once, at the largest size, since they grow with the font size.
        let size = clamped(at(largest * cell.width / width(name) - 0.05), smallest, largest);
        let room = (cell.width * largest / smallest - width("")).max(0.0);
        let name = self.fonts.ending(name, largest, if size > smallest { f64::INFINITY } else { room });
        text(start, size, &format!("image {name}: {counts}")).set("fill", INK)
    }
}

/// The counts of an image's RoIs by outcome, in words.
fn counts(rois: &ImageRois, rest: &str) -> String {
    let [selected, suppressed, easier, skipped] = rois.counts;
    let (selected, suppressed, easier) = (count(selected), count(suppressed), count(easier));
    let mut counts = format!("{selected} selected, {suppressed} suppressed, {easier} {rest}");
    if skipped > 0 {
        let _ = write!(counts, ", {} skipped", count(skipped));
    }
    counts
}

/// A part of the image, and the frame on the sheet that shows it.
struct View<'a> {
    world: Frame,
    shown: Frame,
    style: &'a Style<'a>,
}

impl View<'_> {
    fn frame(&self, index: u32) -> Option<Frame> {
        let frame = frame::of_row(self.style.report.table, index, self.style.pad)?;
        Some(self.world.map(self.shown, frame).within(self.shown, BEYOND))
    }

    fn colour(&self, index: u32) -> &'static str {
        self.style.palette.colour(self.style.report.table.labels.ids[index as usize])
    }

    fn photo(&self, photo: &Photo) -> Image {
        let Frame { x, y, width, height } = self.shown;
        Image::new()
            .set("x", at(x))
            .set("y", at(y))
            .set("width", at(width))
            .set("height", at(height))
            .set("preserveAspectRatio", "none")
            .set("href", photo.link.as_str())
    }

    /// One path for all RoIs, so that overlapping lines do not grow darker.
    fn easier(&self, rois: &ImageRois, over_photo: bool) -> Path {
        let opacity = if over_photo { 0.2 } else { 0.45 };
        let colour = if over_photo { "#24292f" } else { "#8c959f" };
        let lines = self.lines(rois.easier.iter().copied());
        Path::new()
            .set("d", lines)
            .set("stroke", colour)
            .set("stroke-width", 0.5)
            .set("stroke-opacity", opacity)
    }

    fn suppressed(&self, rois: &ImageRois) -> Group {
        let mut group = Group::new().set("stroke-width", 1).set("stroke-opacity", 0.75);
        for entry in &self.style.palette.entries {
            let of_colour = |&index: &u32| self.colour(index) == entry.colour;
            let lines = self.lines(rois.suppressed.iter().copied().filter(of_colour));
            if !lines.is_empty() {
                group = group.add(Path::new().set("d", lines).set("stroke", entry.colour));
            }
        }
        group
    }

    /// The hardest on top, each with a light edge and a tooltip with rank, row and loss.
    fn selected(&self, rois: &ImageRois) -> Group {
        let mut group = Group::new().set("stroke-linejoin", "round");
        for &index in rois.selected.iter().rev() {
            let Some(frame) = self.frame(index) else { continue };
            let edge =
                rectangle(frame).set("stroke", "#fff").set("stroke-width", 4.6).set("stroke-opacity", 0.85);
            let line = rectangle(frame).set("stroke", self.colour(index)).set("stroke-width", 2.4);
            group = group.add(edge).add(line.add(self.tooltip(index)));
        }
        group
    }

    fn tooltip(&self, index: u32) -> Title {
        let table = self.style.report.table;
        let (label, loss) = (table.labels.of(index as usize), table.losses.at(index as usize));
        let rank = self.style.ranks.get(&index).map_or_else(String::new, |rank| format!("rank {rank}, "));
        Title::new(plain_text(&format!("{rank}row {index}: label {label}, loss {}", amount(loss, 6))))
    }

    fn lines(&self, indices: impl Iterator<Item = u32>) -> String {
        let mut lines = String::new();
        for Frame { x, y, width, height } in indices.filter_map(|index| self.frame(index)) {
            let (x, y, width, height) = (at(x), at(y), at(width), at(height));
            let _ = write!(lines, "M{x} {y}h{width}v{height}h-{width}z");
        }
        lines
    }
}

fn rectangle(Frame { x, y, width, height }: Frame) -> Rectangle {
    Rectangle::new().set("x", at(x)).set("y", at(y)).set("width", at(width)).set("height", at(height))
}

fn rounded(frame: Frame) -> Rectangle {
    rectangle(frame).set("rx", 4)
}
