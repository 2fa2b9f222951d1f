//! One image with its RoIs.

use core::fmt::Write;

use svg::node::element::{ClipPath, Group, Image, Path, Rectangle, Title};

use super::crowd::Crowd;
use super::frame::{self, Frame, at};
use super::palette::{self, Palette};
use super::photo::Photo;
use super::text::{Fonts, INK, Letters, plain_text, text};
use crate::figures::{amount, count};
use crate::output::Report;

/// The height of a caption.
pub(super) const CAPTION: f64 = 26.0;
/// The largest and the smallest letters of a caption.
const CAPTION_SIZES: [f64; 2] = [14.0, 10.5];
const TAG_SIZE: f64 = 12.0;

/// How much of a picture the veil over it hides.
const VEIL: f64 = 0.15;
/// How far beyond its panel a box may be drawn; it is clipped anyway.
const BEYOND: f64 = 20.0;

/// What panels of one sheet share.
pub(super) struct Style<'a> {
    pub(super) report: &'a Report<'a>,
    pub(super) palette: &'a Palette,
    pub(super) fonts: &'a Fonts,
    /// What is added to a difference of coordinates to make it a width.
    pub(super) pad: f64,
}

/// The part of the world that a panel shows: the picture, or what is around the boxes.
pub(super) fn world(crowd: &Crowd, photo: Option<&Photo>) -> Frame {
    if let Some(photo) = photo {
        return Frame { x: 0.0, y: 0.0, width: photo.width, height: photo.height };
    }
    let around = crowd.extent.unwrap_or(Frame { x: 0.0, y: 0.0, width: 4.0, height: 3.0 });
    let size = around.width.max(around.height);
    let margin = if size > 0.0 { size * 0.02 } else { 1.0 };
    let (width, height) = (around.width + 2.0 * margin, around.height + 2.0 * margin);
    Frame { x: around.x - margin, y: around.y - margin, width, height }
}

impl Style<'_> {
    /// Draws an image in a cell, its caption above it.
    pub(super) fn panel(&self, crowd: &Crowd, photo: Option<&Photo>, cell: Frame) -> Group {
        let world = world(crowd, photo);
        let stage = Frame { y: cell.y + CAPTION, height: cell.height - CAPTION, ..cell };
        let view = View { world, shown: stage.fit(world), style: self };
        let clip = format!("image-{}", crowd.image);
        let mut boxes = Group::new().set("clip-path", format!("url(#{clip})")).set("fill", "none");
        if let Some(photo) = photo {
            // A veil, so that the lines stand out.
            boxes = boxes
                .add(view.photo(photo))
                .add(rectangle(view.shown).set("fill", "#fff").set("fill-opacity", VEIL));
        }
        boxes = boxes.add(view.easier(crowd, photo.is_some()));
        boxes = boxes.add(view.suppressed(crowd)).add(view.selected(crowd));
        if let Some(&hardest) = crowd.selected.first() {
            boxes = boxes.add(view.tag(hardest));
        }
        Group::new()
            .add(self.caption(crowd, cell))
            .add(rounded(stage).set("fill", "#f6f8fa").set("stroke", "#d0d7de"))
            .add(ClipPath::new().set("id", clip).add(rounded(stage)))
            .add(boxes)
    }

    /// The caption in letters that fit; where even the smallest do not, the image's name is cut.
    fn caption(&self, crowd: &Crowd, cell: Frame) -> Letters {
        let [largest, smallest] = CAPTION_SIZES;
        let place = (cell.x, cell.y + CAPTION - 10.0);
        let (name, counts) =
            (self.report.table.images.text(crowd.image), counts(crowd, self.report.rule.rest()));
        let width = |name: &str| self.fonts.width(&text(place, largest, &format!("image {name}: {counts}")));
        let size = at(largest * cell.width / width(name) - 0.05).clamp(smallest, largest);
        let room = (cell.width * largest / smallest - width("")).max(0.0);
        let name = if size > smallest { name.to_owned() } else { self.fonts.ending(name, largest, room) };
        text(place, size, &format!("image {name}: {counts}")).set("fill", INK)
    }
}

/// How many RoIs of an image became what.
fn counts(crowd: &Crowd, rest: &str) -> String {
    let [selected, suppressed, easier, skipped] = crowd.counts;
    let (selected, suppressed, easier) = (count(selected), count(suppressed), count(easier));
    let mut counts = format!("{selected} selected, {suppressed} suppressed, {easier} {rest}");
    if skipped > 0 {
        let _ = write!(counts, ", {} skipped", count(skipped));
    }
    counts
}

/// A part of the world and where on the sheet it is shown.
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
        self.style.palette.colour(self.style.report.table.labels.codes[index as usize])
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

    /// One line for all of them: where many lie over each other, it grows no darker.
    fn easier(&self, crowd: &Crowd, over_photo: bool) -> Path {
        let opacity = if over_photo { 0.2 } else { 0.45 };
        let colour = if over_photo { "#24292f" } else { "#8c959f" };
        let lines = self.lines(crowd.easier.iter().copied());
        Path::new()
            .set("d", lines)
            .set("stroke", colour)
            .set("stroke-width", 0.5)
            .set("stroke-opacity", opacity)
    }

    fn suppressed(&self, crowd: &Crowd) -> Group {
        let mut group = Group::new().set("stroke-width", 1).set("stroke-opacity", 0.75);
        for entry in &self.style.palette.entries {
            let of_colour = |&index: &u32| self.colour(index) == entry.colour;
            let lines = self.lines(crowd.suppressed.iter().copied().filter(of_colour));
            if !lines.is_empty() {
                group = group.add(Path::new().set("d", lines).set("stroke", entry.colour));
            }
        }
        group
    }

    /// The hardest on top, each with a light edge and its rank and loss to hover over.
    fn selected(&self, crowd: &Crowd) -> Group {
        let mut group = Group::new().set("stroke-linejoin", "round");
        for &index in crowd.selected.iter().rev() {
            let Some(frame) = self.frame(index) else { continue };
            let edge =
                rectangle(frame).set("stroke", "#fff").set("stroke-width", 4.6).set("stroke-opacity", 0.85);
            let line = rectangle(frame).set("stroke", self.colour(index)).set("stroke-width", 2.4);
            group = group.add(edge).add(line.add(self.tip(index)));
        }
        group
    }

    /// The loss of a RoI: on its box if there is room, else below it, else in its corner.
    fn tag(&self, index: u32) -> Group {
        let Some(frame) = self.frame(index) else { return Group::new() };
        let loss = self.style.report.table.losses[index as usize];
        let name = text((0.0, 0.0), TAG_SIZE, &amount(loss, 3)).set("font-weight", "bold");
        let (width, height) = (self.style.fonts.width(&name) + 10.0, TAG_SIZE + 6.0);
        let x = frame.x.min(self.shown.right() - width).max(self.shown.x);
        let top = self.shown.y;
        let places = [frame.y - height, frame.bottom(), frame.y.max(top)];
        let seen = |y: &f64| (top..self.shown.bottom() - height).contains(y);
        let y = places.into_iter().find(seen).unwrap_or(top);
        let colour = self.colour(index);
        let name =
            name.set("x", at(x + 5.0)).set("y", at(y + TAG_SIZE + 1.0)).set("fill", palette::ink_on(colour));
        let back = rectangle(Frame { x, y, width, height }).set("fill", colour);
        Group::new().add(back).add(name)
    }

    fn tip(&self, index: u32) -> Title {
        let table = self.style.report.table;
        let (label, loss) = (table.labels.of(index as usize), table.losses[index as usize]);
        Title::new(plain_text(&format!("row {index}: label {label}, loss {}", amount(loss, 6))))
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
