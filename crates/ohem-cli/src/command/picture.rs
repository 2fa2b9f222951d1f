//! Draws a run: each image with its RoIs, a legend, and a histogram of the losses.
//!
//! Everything is drawn once, as SVG. A PNG is rendered from that SVG with an embedded font, so that it looks the same
//! on every machine.

mod frame;
mod histogram;
mod image_rois;
mod legend;
mod palette;
mod panel;
mod photo;
mod png;
mod sheet;
mod text;

use crate::command::failure::Failure;
use crate::command::output::Report;
use crate::command::source::Source;
pub(crate) use palette::{BACKGROUND, FOREGROUND, ink_on};
pub(crate) use photo::Photo;
pub(crate) use photo::Photos;
pub(crate) use png::render;
pub(crate) use text::{FAMILIES, Fonts, GREY, INK, text};

/// Draws the picture, if one was requested.
///
/// # Errors
///
/// If a given picture cannot be read, or its image is not in the table.
pub(crate) fn draw(report: &mut Report, source: &Source) -> Result<Option<Vec<u8>>, Failure> {
    let Some(requested) = &report.args.picture else { return Ok(None) };
    let photos = Photos::of_report(report, source, &report.mined.selected)?;
    report.warnings.extend(photos.sizes_that_differ(report.table));
    let report = &*report;
    let fonts = Fonts::new();
    let sheet = sheet::draw(report, source, &photos, &fonts);
    let svg = format!("{sheet}\n");
    if !requested.png {
        return Ok(Some(svg.into_bytes()));
    }
    let pixels = photos.check_renderable().and_then(|()| png::render(&svg, &fonts));
    pixels.map(Some).map_err(|problem| Failure::input(requested.path.display(), problem))
}
