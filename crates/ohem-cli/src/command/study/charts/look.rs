//! The look of a sampler's curve: colour, dashes and marker.

use ohem_study::Sampler;
use plotters::element::{Drawable, PointCollection};
use plotters::prelude::*;
use plotters_backend::{BackendCoord, DrawingErrorKind};

use super::{FAINT, GREY, INK, PAPER};

/// The look of a curve.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// On a white page: of the palette of Okabe and Ito, which colour-blind people can tell apart.
    pub(super) colour: RGBColor,
    /// On a dark page.
    dark: RGBColor,
    /// Lengths of dashes and gaps; an empty text for a line without gaps.
    dashes: &'static str,
    shape: Shape,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    Circle,
    Square,
    Triangle,
    Diamond,
    Ring,
}

impl Look {
    pub(super) fn of(sampler: Sampler) -> Self {
        let (colour, dark, dashes, shape) = match sampler {
            Sampler::Ohem => ([213, 94, 0], [240, 122, 40], "", Shape::Circle),
            Sampler::OhemNoNms => ([190, 125, 0], [240, 180, 60], "9 4", Shape::Triangle),
            Sampler::RandomFromTenth => ([0, 114, 178], [70, 150, 240], "3 3", Shape::Square),
            Sampler::RandomFromZero => ([60, 155, 210], [130, 205, 250], "12 4 3 4", Shape::Diamond),
            Sampler::All => ([0, 140, 102], [40, 190, 140], "6 3", Shape::Ring),
        };
        let [colour, dark] = [colour, dark].map(|[red, green, blue]| RGBColor(red, green, blue));
        Self { colour, dark, dashes, shape }
    }
}

/// The marker of a curve at a point.
pub(super) struct Marker<C> {
    pub(super) point: C,
    pub(super) look: Look,
}

impl<'a, C: 'a> PointCollection<'a, C> for &'a Marker<C> {
    type Point = &'a C;
    type IntoIter = core::iter::Once<&'a C>;

    fn point_iter(self) -> Self::IntoIter {
        core::iter::once(&self.point)
    }
}

impl<C, DB: DrawingBackend> Drawable<DB> for Marker<C> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        backend: &mut DB,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        let filled = self.look.colour.filled();
        for (x, y) in points {
            let corners: &[(i32, i32)] = match self.look.shape {
                Shape::Circle => {
                    backend.draw_circle((x, y), 4, &filled, true)?;
                    continue;
                }
                Shape::Ring => {
                    backend.draw_circle((x, y), 4, &PAPER.filled(), true)?;
                    backend.draw_circle((x, y), 4, &self.look.colour.stroke_width(2), false)?;
                    continue;
                }
                Shape::Square => &[(-4, -4), (4, -4), (4, 4), (-4, 4)],
                Shape::Triangle => &[(0, -5), (5, 4), (-5, 4)],
                Shape::Diamond => &[(0, -5), (5, 0), (0, 5), (-5, 0)],
            };
            backend.fill_polygon(corners.iter().map(|(right, down)| (x + right, y + down)), &filled)?;
        }
        Ok(())
    }
}

/// Adds a style sheet: the dashes of lines, and the colours of a dark page.
///
/// It finds elements by the colours that plotters gave them. A program that knows no `prefers-color-scheme` draws the
/// light page.
pub(super) fn styled(svg: &str) -> String {
    let looks =
        [Sampler::Ohem, Sampler::OhemNoNms, Sampler::RandomFromTenth, Sampler::RandomFromZero, Sampler::All]
            .map(Look::of);
    let (mut dashes, mut dark) = (String::new(), String::new());
    for Look { colour, dashes: lengths, .. } in looks.iter().filter(|look| !look.dashes.is_empty()) {
        dashes += &format!("polyline[stroke=\"{}\"]{{stroke-dasharray:{lengths}}}\n", hex(*colour));
    }
    let page =
        [(PAPER, [13, 17, 23]), (INK, [230, 237, 243]), (GREY, [157, 167, 179]), (FAINT, [48, 54, 61])];
    let page = page.map(|(light, [red, green, blue])| (light, RGBColor(red, green, blue)));
    for (light, dark_colour) in page.into_iter().chain(looks.map(|look| (look.colour, look.dark))) {
        let (from, to) = (hex(light), hex(dark_colour));
        dark += &format!("[fill=\"{from}\"]{{fill:{to}}}[stroke=\"{from}\"]{{stroke:{to}}}\n");
    }
    let style = format!("<style>\n{dashes}@media (prefers-color-scheme:dark){{\n{dark}}}\n</style>\n");
    match svg.split_once(">\n") {
        Some((root, rest)) => format!("{root}>\n{style}{rest}"),
        None => svg.to_owned(),
    }
}

/// A colour as plotters writes it.
fn hex(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_sheet_follows_the_root() {
        let svg = styled("<svg width=\"1\">\n<rect fill=\"#FFFFFF\"/>\n</svg>\n");
        assert!(svg.starts_with("<svg width=\"1\">\n<style>\npolyline[stroke=\"#BE7D00\"]"), "{svg}");
        assert!(svg.ends_with("</style>\n<rect fill=\"#FFFFFF\"/>\n</svg>\n"));
        assert!(svg.contains("[fill=\"#FFFFFF\"]{fill:#0D1117}[stroke=\"#FFFFFF\"]{stroke:#0D1117}"));
    }
}
