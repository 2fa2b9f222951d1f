//! Colours, by who is drawn.

use plotters::style::RGBColor;

/// Ohem's colour on a tier: the same blue, deeper for the better one.
pub(crate) fn ours(tier: &str) -> RGBColor {
    if tier == "portable" { RGBColor(122, 172, 222) } else { RGBColor(20, 88, 168) }
}

/// A peer's colour.
pub(crate) fn of(peer: &str) -> RGBColor {
    let known: [(&str, [u8; 3]); 9] = [
        ("by hand", [230, 136, 40]),
        ("powerboxes rtree", [60, 146, 90]),
        ("powerboxes", [140, 196, 130]),
        ("BinaryHeap", [130, 90, 170]),
        ("select_nth", [196, 66, 86]),
        ("pdqselect", [222, 120, 140]),
        ("order-stat", [238, 170, 180]),
        ("SIMD maximum", [40, 40, 40]),
        ("sorting", [134, 98, 62]),
    ];
    let colour = known.iter().find(|(start, _)| peer.starts_with(start)).map(|&(_, colour)| colour);
    let [red, green, blue] = colour.unwrap_or([150, 150, 150]); // the oracle
    RGBColor(red, green, blue)
}

/// Text and lines of the frame.
pub(crate) const INK: RGBColor = RGBColor(60, 60, 60);
/// Lines that help the eye.
pub(crate) const FAINT: RGBColor = RGBColor(226, 226, 226);
/// Every figure's typeface.
pub(crate) const FONT: &str = "DejaVu Sans, Verdana, sans-serif";
