//! Renders an SVG in pixels.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::Tree;

use super::text::Fonts;

/// Pixels per unit of the drawing.
const SCALE: f32 = 1.5;

/// Renders an SVG to PNG.
///
/// # Errors
///
/// If the drawing is malformed or too large for memory.
pub(crate) fn render(svg: &str, fonts: &Fonts) -> Result<Vec<u8>, String> {
    let tree = Tree::from_str(svg, &fonts.options).map_err(|error| error.to_string())?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or("the picture has no size")?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("the picture is too large")?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}
