//! Colours, by who is drawn.

use plotters::style::{RGBColor, WHITE};

/// Ohem's colour on a tier: the same blue, deeper for the better one.
pub(crate) fn ours(tier: &str) -> RGBColor {
    match tier {
        "portable" => RGBColor(122, 172, 222),
        "avx2" => RGBColor(54, 124, 200),
        _ => RGBColor(20, 88, 168),
    }
}

/// How a peer is drawn.
struct Look {
    /// The start of its name.
    name: &'static str,
    colour: [u8; 3],
    /// On a dark page.
    dark: [u8; 3],
    /// Lengths of dashes and gaps of its curve.
    dashes: &'static str,
}

const fn look(name: &'static str, colour: [u8; 3], dark: [u8; 3], dashes: &'static str) -> Look {
    Look { name, colour, dark, dashes }
}

const PEERS: [Look; 10] = [
    look("by hand", [230, 136, 40], [240, 160, 80], "2 3"),
    look("powerboxes rtree", [60, 146, 90], [90, 190, 125], "10 4"),
    look("powerboxes", [140, 196, 130], [140, 196, 130], "5 3"),
    look("BinaryHeap", [130, 90, 170], [178, 142, 216], "8 3 2 3"),
    look("select_nth", [196, 66, 86], [232, 110, 130], "6 2"),
    look("pdqselect", [222, 120, 140], [222, 120, 140], "4 4"),
    look("order-stat", [238, 170, 180], [238, 170, 180], "3 2"),
    look("SIMD maximum", [40, 40, 40], [205, 205, 205], "1 3"),
    look("sorting", [134, 98, 62], [190, 150, 110], "10 3 2 3"),
    look("", [150, 150, 150], [150, 150, 150], "3 5"), // the oracle
];

fn colour([red, green, blue]: [u8; 3]) -> RGBColor {
    RGBColor(red, green, blue)
}

/// A peer's colour.
pub(crate) fn of(peer: &str) -> RGBColor {
    let known = PEERS.iter().find(|look| peer.starts_with(look.name));
    colour(known.map_or([150, 150, 150], |look| look.colour))
}

/// Adds a style sheet to an SVG: the dashes of curves, and the colours of a dark page.
///
/// It finds elements by the colours that plotters gave them.
pub(crate) fn styled(svg: &str) -> String {
    let hex = |RGBColor(red, green, blue): RGBColor| format!("#{red:02X}{green:02X}{blue:02X}");
    let (mut dashes, mut dark) = (String::new(), String::new());
    let tiers =
        [(ours("portable"), RGBColor(122, 172, 222), "7 3"), (ours("avx2"), RGBColor(104, 164, 236), "14 3")];
    let curves = PEERS.iter().map(|look| (colour(look.colour), colour(look.dark), look.dashes)).chain(tiers);
    let page = [(WHITE, RGBColor(13, 17, 23)), (INK, RGBColor(201, 209, 217)), (FAINT, RGBColor(48, 54, 61))];
    for (light, _, lengths) in curves.clone() {
        dashes += &format!("polyline[stroke=\"{}\"]{{stroke-dasharray:{lengths}}}\n", hex(light));
    }
    let best = (ours("avx512"), RGBColor(88, 158, 245));
    for (light, on_dark) in curves.map(|(light, dark, _)| (light, dark)).chain([best]).chain(page) {
        let (from, to) = (hex(light), hex(on_dark));
        dark += &format!("[fill=\"{from}\"]{{fill:{to}}}[stroke=\"{from}\"]{{stroke:{to}}}\n");
    }
    let style = format!("<style>\n{dashes}@media (prefers-color-scheme:dark){{\n{dark}}}\n</style>\n");
    match svg.split_once(">\n") {
        Some((root, rest)) => format!("{root}>\n{style}{rest}"),
        None => svg.to_owned(),
    }
}

/// Text and lines of the frame.
pub(crate) const INK: RGBColor = RGBColor(60, 60, 60);
/// Lines that help the eye.
pub(crate) const FAINT: RGBColor = RGBColor(226, 226, 226);
/// Every figure's typeface.
pub(crate) const FONT: &str = "DejaVu Sans, Verdana, sans-serif";
