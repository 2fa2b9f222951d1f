//! Image ids and labels, which are whole numbers or texts, as small numbers.

use std::collections::HashMap;

/// A column of texts in which equal texts share a number, its id.
#[derive(Debug, Default)]
pub struct Interned {
    /// The id of each row's text.
    pub ids: Vec<u32>,
    /// The text of each id. Ids are given in the order in which texts first appear.
    texts: Vec<Box<str>>,
    id_of: HashMap<Box<str>, u32>,
}

impl Interned {
    /// Adds a row. Texts are compared by their [`canonical`] form and shown as first written.
    pub(super) fn push(&mut self, text: &str) {
        let key = canonical(text);
        let id = match self.id_of.get(key) {
            Some(&id) => id,
            None => self.intern(key, text),
        };
        self.ids.push(id);
    }

    fn intern(&mut self, key: &str, text: &str) -> u32 {
        let id = u32::try_from(self.texts.len()).expect("a table has less than 2^32 rows");
        self.texts.push(text.into());
        self.id_of.insert(key.into(), id);
        id
    }

    /// Makes a column of these texts.
    ///
    /// ```
    /// use ohem_cli::table::Interned;
    ///
    /// assert_eq!(Interned::of_texts(["a", "b", "a"]).ids, [0, 1, 0]);
    /// ```
    pub fn of_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut column = Self::default();
        texts.into_iter().for_each(|text| column.push(text));
        column
    }

    /// Shows an id as another text. Rows that share an id still do, and [`Interned::id`] knows the text before.
    pub fn rename(&mut self, id: u32, text: &str) {
        self.texts[id as usize] = text.into();
    }

    /// The text of an id.
    pub fn text(&self, id: u32) -> &str {
        &self.texts[id as usize]
    }

    /// The text of row `index`.
    pub fn of(&self, index: usize) -> &str {
        self.text(self.ids[index])
    }

    /// All texts, in the order of their ids.
    pub fn texts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.texts.iter().map(|text| &**text)
    }

    /// The id of a text, or `None` if no row has it.
    pub fn id(&self, text: &str) -> Option<u32> {
        self.id_of.get(canonical(text)).copied()
    }
}

/// A whole number without decimals that are all zero (`1.0` is `1`); any other text as it is.
pub(super) fn canonical(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, decimals)) if is_whole(whole) && decimals.bytes().all(|digit| digit == b'0') => whole,
        _ => text,
    }
}

fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// Whether two ids or labels are the same.
///
/// ```
/// use ohem_cli::table::is_same;
///
/// assert!(is_same("80", "80.0") && !is_same("cat", "Cat"));
/// ```
pub fn is_same(a: &str, b: &str) -> bool {
    canonical(a.trim()) == canonical(b.trim())
}

/// The whole number of at least 0 that a label is.
///
/// ```
/// use ohem_cli::table::whole_number;
///
/// assert_eq!(["7", "7.0", "-7", "cat"].map(whole_number), [Some(7), Some(7), None, None]);
/// ```
pub fn whole_number(label: &str) -> Option<u64> {
    canonical(label).parse().ok()
}

/// Whether a label stands for an object: a whole number above 0, or a text other than a name of background.
///
/// ```
/// use ohem_cli::table::is_foreground;
///
/// assert!(is_foreground("1.0") && is_foreground("cat"));
/// assert!(!is_foreground("0") && !is_foreground("__background__"));
/// ```
pub fn is_foreground(label: &str) -> bool {
    let whole = canonical(label);
    if is_whole(whole) {
        return !whole.starts_with('-') && whole.bytes().any(|digit| matches!(digit, b'1'..=b'9'));
    }
    !["background", "bg", "__background__"].iter().any(|name| label.eq_ignore_ascii_case(name))
}

/// Whether a label is a whole number below 0.
///
/// ```
/// use ohem_cli::table::is_below_zero;
///
/// assert!(is_below_zero("-1") && !is_below_zero("-0") && !is_below_zero("-1.5"));
/// ```
pub fn is_below_zero(label: &str) -> bool {
    let whole = canonical(label);
    is_whole(whole) && whole.starts_with('-') && whole.bytes().any(|digit| matches!(digit, b'1'..=b'9'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_the_same_with_zero_decimals() {
        let mut ids = Interned::default();
        for text in ["1", "b", "1.0", "1.5", "-1", "1.", "-1.00", "1.b"] {
            ids.push(text);
        }
        assert_eq!(ids.ids, [0, 1, 0, 2, 3, 0, 3, 4]);
        assert_eq!(ids.texts().collect::<Vec<_>>(), ["1", "b", "1.5", "-1", "1.b"]);
        assert_eq!((ids.id("1.000"), ids.id("2"), ids.of(2)), (Some(0), None, "1"));
    }

    #[test]
    fn names_of_files_stay_apart() {
        let mut ids = Interned::default();
        for text in ["000001", "1", "000001.jpg"] {
            ids.push(text);
        }
        assert_eq!(ids.ids, [0, 1, 2]);
    }

    #[test]
    fn foreground_is_above_zero_or_says_so() {
        assert!(["1", "1.0", "+20", "person", "1.5", "007"].iter().all(|label| is_foreground(label)));
        let background = ["0", "0.0", "-1", "-1.0", "00", "bg", "Background", "__BACKGROUND__"];
        assert!(!background.iter().any(|label| is_foreground(label)));
        let below: Vec<_> = background.into_iter().filter(|label| is_below_zero(label)).collect();
        assert_eq!(below, ["-1", "-1.0"]);
        assert!(!["-0", "-0.0", "-1.5", "1", "-"].iter().any(|label| is_below_zero(label)));
    }
}
