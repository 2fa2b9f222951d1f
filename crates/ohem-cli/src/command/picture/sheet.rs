//! Lays out the sheet: title, images, histogram and legend.

use ohem_std::Convention;
use svg::Document;
use svg::node::element::{Group, Rectangle, Title};

use super::frame::{Frame, at};
use super::image_rois::{self, ImageRois};
use super::palette::Palette;
use super::panel::{self, Style};
use super::photo::Photos;
use super::text::{FAMILIES, Fonts, GREY, INK, plain_text, text};
use super::{histogram, legend};
use crate::command::numbers::count;
use crate::command::output::Report;
use crate::command::source::Source;

const WIDTH: f64 = 1280.0;
const MARGIN: f64 = 40.0;
const GAP: f64 = 20.0;
/// Top of the images, below the titles.
const TOP: f64 = 100.0;
/// Height of histogram and legend.
const FOOT: f64 = 250.0;
/// Maximum height of an image.
const MAX_HEIGHT: f64 = 900.0;
/// The lowest and highest ratio of height to width of a cell. Images beyond them leave part of the cell empty.
const STEEPNESS: [f64; 2] = [0.4, 1.25];

/// Draws the sheet.
pub(super) fn draw(report: &Report, source: &Source, photos: &Photos, fonts: &Fonts) -> Document {
    let pad = if report.rule.convention() == Convention::Pixel { 1.0 } else { 0.0 };
    let images = image_rois::gather(report, pad);
    let palette = Palette::new(report);
    let tags = if images.len() > image_rois::FEW { 4 } else { 8 };
    let ranks = report.mined.selected.iter().copied().zip(1..).collect();
    let style = Style { report, palette: &palette, fonts, ranks, tags, pad };
    let cells = grid(&images, photos);

    let top = cells.last().map_or(TOP, |last| last.bottom()) + 36.0;
    let plot = Frame { x: MARGIN, y: top, width: 720.0, height: FOOT };
    let key = Frame { x: plot.right() + 56.0, width: WIDTH - MARGIN - plot.right() - 56.0, ..plot };
    let note = note(report, &images);
    let height = plot.bottom() + MARGIN + if note.is_empty() { 0.0 } else { 24.0 };

    let mut sheet =
        blank(height).add(Title::new(plain_text(&title(report)))).add(titles(report, source, fonts));
    for (rois, cell) in images.iter().zip(cells) {
        sheet = sheet.add(style.panel(rois, photos.of(rois.image), cell));
    }
    let note = text((MARGIN, height - MARGIN + 8.0), 12.0, &note).set("fill", GREY);
    sheet
        .add(histogram::draw(report, fonts, plot))
        .add(legend::draw(&palette, report.rule.rest(), fonts, key))
        .add(note)
}

fn blank(height: f64) -> Document {
    let paper = Rectangle::new().set("width", "100%").set("height", "100%").set("fill", "#fff");
    Document::new()
        .set("width", WIDTH)
        .set("height", at(height))
        .set("viewBox", (0, 0, WIDTH, at(height)))
        .set("font-family", FAMILIES)
        .add(paper)
}

fn title(report: &Report) -> String {
    let (selected, all) = (count(report.mined.selected.len()), count(report.table.len()));
    format!("ohem: {selected} of {all} RoIs, hardest first")
}

fn titles(report: &Report, source: &Source, fonts: &Fonts) -> Group {
    let second = format!("{}  ·  {}", source.name(), subtitle(report));
    let second = fonts.beginning(&second, 15.0, WIDTH - 2.0 * MARGIN);
    let title = text((MARGIN, MARGIN + 16.0), 26.0, &title(report)).set("font-weight", "bold");
    Group::new()
        .add(title.set("fill", INK))
        .add(text((MARGIN, MARGIN + 42.0), 15.0, &second).set("fill", GREY))
}

/// The rule and its counts, in words.
fn subtitle(report: &Report) -> String {
    let suppressed = count(report.mined.suppressed);
    let why = report.rule.suppresses();
    match (report.rule.words(), why, report.mined.visited) {
        (Some(words), Some(_), _) => format!("{words}  ·  {suppressed} suppressed"),
        (Some(words), None, _) => words,
        (None, why, visited) => {
            let (visited, why) = (count(visited.unwrap_or(0)), why.unwrap_or_else(|| "(no NMS)".to_owned()));
            format!("{visited} visited, {suppressed} suppressed {why}")
        }
    }
}

/// A cell for each image. Cells in one row have the same height.
fn grid(images: &[ImageRois], photos: &Photos) -> Vec<Frame> {
    let columns = match images.len() {
        0 | 1 => 1,
        2 | 4 => 2,
        3 | 5 | 6 | 9 => 3,
        _ => 4,
    };
    let width = (WIDTH - 2.0 * MARGIN - GAP * (columns - 1) as f64) / columns as f64;
    let (mut cells, mut y) = (Vec::new(), TOP);
    for row in images.chunks(columns) {
        // As high as its steepest image needs, within limits.
        let steepness = row.iter().map(|rois| panel::world(rois, photos.of(rois.image)).steepness());
        let steepness = steepness.fold(STEEPNESS[0], f64::max).min(STEEPNESS[1]);
        let height = panel::CAPTION + (width * steepness).min(MAX_HEIGHT);
        let left = |column: usize| MARGIN + column as f64 * (width + GAP);
        cells.extend((0..row.len()).map(|column| Frame { x: left(column), y, width, height }));
        y += height + GAP;
    }
    cells
}

/// The images and RoIs that are not drawn, in words.
fn note(report: &Report, images: &[ImageRois]) -> String {
    let mut notes = Vec::new();
    let left = report.table.images.texts().len() - images.len();
    if left > 0 {
        let shown = image_rois::MAX_IMAGES;
        notes.push(format!(
            "Only the {shown} images with the hardest RoIs are shown; {} are left out.",
            count(left)
        ));
    }
    let cut = images.iter().find(|rois| rois.cut).map(|rois| count(rois.selected.len()));
    match cut {
        Some(drawn) => notes.push(format!(
            "Of an image, at most the {drawn} hardest selected RoIs are drawn, and some of the others; the captions count all."
        )),
        None if images.iter().any(|rois| rois.thinned) => notes.push(
            "Of images with very many RoIs, only some RoIs are drawn; the captions count all.".to_owned(),
        ),
        None => {}
    }
    match images.iter().map(|rois| rois.undrawable).sum() {
        0 => {}
        boxes => notes.push(format!("Boxes that cannot be drawn: {}.", count(boxes))),
    }
    notes.join(" ")
}
