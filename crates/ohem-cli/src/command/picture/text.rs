//! Text: the font, and how wide a text is in it.

use core::fmt;
use std::sync::Arc;

use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};
use svg::Node;
use svg::node::Value;
use svg::node::element::Element;

use super::frame::at;
use crate::command::failure::shown;

/// Fonts of an SVG: that of the PNG if installed, else a common sans-serif font.
pub(crate) const FAMILIES: &str = "Noto Sans, Segoe UI, Helvetica Neue, Arial, sans-serif";
/// Nearly black, for titles.
pub(crate) const INK: &str = "#1f2328";
/// Dark grey, for secondary text.
pub(crate) const GREY: &str = "#57606a";

/// Maximum numbers of characters of a name and of a text on a sheet. Longer ones fit in no line, and a layout takes time and
/// memory for each character.
const LONGEST_NAME: usize = 400;
const LONGEST_TEXT: usize = 1000;

/// The fonts in which texts are measured and PNGs rendered.
pub(crate) struct Fonts {
    /// Options for parsing an SVG.
    pub(super) options: Options<'static>,
}

impl Fonts {
    /// Loads Noto Sans, which is embedded in the command since a machine may have no fonts.
    pub(crate) fn new() -> Self {
        let mut database = Database::new();
        database.load_font_data(notosans::REGULAR_TTF.to_vec());
        database.load_font_data(notosans::BOLD_TTF.to_vec());
        database.set_sans_serif_family("Noto Sans");
        let fontdb = Arc::new(database);
        Self { options: Options { fontdb, font_family: "Noto Sans".to_owned(), ..Options::default() } }
    }

    /// The width of a text as the renderer lays it out.
    pub(crate) fn width(&self, text: &Letters) -> f64 {
        let alone = format!(r#"<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1">{text}</svg>"#);
        let tree = Tree::from_str(&alone, &self.options);
        tree.map_or(0.0, |tree| f64::from(tree.root().bounding_box().width()))
    }

    /// Shortens a text to a width by cutting off its end.
    pub(crate) fn beginning(&self, content: &str, size: f64, room: f64) -> String {
        self.shortened(content, size, room, |letters, kept| letters[..kept].iter().chain(&['…']).collect())
    }

    /// Shortens a text to a width by cutting off its start, since paths differ at the end.
    pub(super) fn ending(&self, content: &str, size: f64, room: f64) -> String {
        self.shortened(content, size, room, |letters, kept| {
            ['…'].iter().chain(&letters[letters.len() - kept..]).collect()
        })
    }

    fn shortened(&self, content: &str, size: f64, room: f64, keep: fn(&[char], usize) -> String) -> String {
        let fits = |content: &str| self.width(&text((0.0, 0.0), size, content)) <= room;
        // Escaped first, so that the measured text equals the drawn one: escaping twice changes nothing.
        let letters: Vec<char> = letters(content).collect();
        let whole = || letters.iter().collect::<String>();
        if letters.len() <= LONGEST_NAME && fits(&whole()) {
            return whole();
        }
        let lengths: Vec<usize> = (1..letters.len().min(LONGEST_NAME)).collect();
        keep(&letters, lengths.partition_point(|&kept| fits(&keep(&letters, kept))))
    }
}

/// A text on the sheet. The type of `svg` would put a line end on either side of the text.
#[derive(Debug)]
pub(crate) struct Letters(Element);

/// A text that starts at a point.
pub(crate) fn text((x, y): (f64, f64), size: f64, content: &str) -> Letters {
    let mut element = Element::new("text");
    element.append(svg::node::Text::new(plain_text(content)));
    Letters(element).set("x", at(x)).set("y", at(y)).set("font-size", size)
}

impl Letters {
    /// Sets an attribute.
    pub(crate) fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.assign(name, value);
        self
    }
}

impl From<Letters> for Box<dyn Node> {
    fn from(letters: Letters) -> Self {
        Box::new(letters.0)
    }
}

impl fmt::Display for Letters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A text for an SVG: escaped and, if it is long, without its end.
pub(super) fn plain_text(content: &str) -> String {
    let mut letters = letters(content);
    let mut text: String = letters.by_ref().take(LONGEST_TEXT).collect();
    if letters.next().is_some() {
        text.push('…');
    }
    text
}

/// The characters of a text. Hostile ones are escaped, and those that XML cannot contain (U+FFFE and U+FFFF) replaced.
fn letters(content: &str) -> impl Iterator<Item = char> {
    let replaced = |c: char| if matches!(c, '\u{fffe}' | '\u{ffff}') { '\u{fffd}' } else { c };
    content.chars().map(replaced).flat_map(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wider_texts_are_wider() {
        let fonts = Fonts::new();
        let width = |content| fonts.width(&text((0.0, 0.0), 10.0, content));
        assert!(width("ohem") > 20.0 && width("ohem") < 40.0, "{}", width("ohem"));
        assert!(width("ohem ohem") > 2.0 * width("ohem"));
    }

    #[test]
    fn a_text_is_shortened_to_a_width() {
        let fonts = Fonts::new();
        assert_eq!(fonts.beginning("short", 10.0, 100.0), "short");
        let long = "long ".repeat(40) + "end";
        let (beginning, ending) = (fonts.beginning(&long, 10.0, 100.0), fonts.ending(&long, 10.0, 100.0));
        assert!(beginning.starts_with("long") && beginning.ends_with('…'), "{beginning}");
        assert!(ending.starts_with('…') && ending.ends_with("end"), "{ending}");
        let width = |cut: &str| fonts.width(&text((0.0, 0.0), 10.0, cut));
        assert!([beginning, ending].iter().all(|cut| (80.0..=100.0).contains(&width(cut))));
    }

    #[test]
    fn a_text_of_any_length_is_bounded_before_its_layout() {
        let long = "\u{1b}é".repeat(100_000);
        assert_eq!(plain_text(&long).chars().count(), LONGEST_TEXT + 1);
        let fonts = Fonts::new();
        let (beginning, ending) = (fonts.beginning(&long, 10.0, 100.0), fonts.ending(&long, 10.0, 100.0));
        assert!(beginning.starts_with("\\u{1b}é") && beginning.ends_with('…'), "{beginning}");
        assert!(ending.starts_with('…') && ending.ends_with("\\u{1b}é"), "{ending}");
        let marks = "\u{301}".repeat(1000); // of no width
        assert!(fonts.beginning(&marks, 10.0, 100.0).chars().count() <= LONGEST_NAME);
    }

    #[test]
    fn characters_outside_xml_are_escaped() {
        let drawn = text((0.0, 0.0), 10.0, "a\u{1}\u{ffff}<b>&").to_string();
        assert!(drawn.contains("a\\u{1}\u{fffd}&lt;b&gt;&amp;"), "{drawn}");
    }
}
