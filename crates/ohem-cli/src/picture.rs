//! A picture of a run: each image with its RoIs, what the colours mean, and a histogram of the loss.
//!
//! Drawn once, as SVG; a PNG is that SVG in pixels, with the same letters on every machine.

mod crowd;
mod frame;
mod histogram;
mod legend;
mod palette;
mod panel;
mod photo;
mod png;
mod sheet;
mod text;

use crate::failure::Failure;
use crate::output::Report;
use crate::source::Source;
pub(crate) use palette::{BACKGROUND, FOREGROUND, ink_on};
pub(crate) use photo::Photo;
use photo::Photos;
pub(crate) use png::render;
pub(crate) use text::{FAMILIES, Fonts, GREY, INK, text};

/// Draws the picture that was asked for, if one was.
///
/// # Errors
///
/// If a given picture cannot be read, or shows an image that is not in the table.
pub(crate) fn draw(report: &Report, source: &Source) -> Result<Option<Vec<u8>>, Failure> {
    let Some(wanted) = &report.arguments.picture else { return Ok(None) };
    let photos = Photos::read(report.table, source, &report.arguments.image)?;
    let fonts = Fonts::new();
    let sheet = sheet::draw(report, source, &photos, &fonts);
    let svg = format!("{sheet}\n");
    if !wanted.png {
        return Ok(Some(svg.into_bytes()));
    }
    let pixels =
        png::render(&svg, &fonts).map_err(|problem| Failure::input(wanted.path.display(), problem))?;
    Ok(Some(pixels))
}
