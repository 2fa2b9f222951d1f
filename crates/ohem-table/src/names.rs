//! Ids and labels, which are whole numbers or texts, as small numbers.

use std::collections::HashMap;

/// A column of ids or labels: a number for each row, and what the numbers stand for.
#[derive(Debug, Default)]
pub struct Coded {
    /// The number of each row's text.
    pub codes: Vec<u32>,
    /// The texts, numbered in the order in which they first appear.
    names: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32>,
}

impl Coded {
    /// Adds a row. Texts are told apart by [`canonical`] and shown as first written.
    pub(crate) fn push(&mut self, text: &str) {
        let key = canonical(text);
        let code = match self.numbers.get(key) {
            Some(&code) => code,
            None => self.name(key, text),
        };
        self.codes.push(code);
    }

    fn name(&mut self, key: &str, text: &str) -> u32 {
        let code = u32::try_from(self.names.len()).expect("a table has less than 2^32 rows");
        self.names.push(text.into());
        self.numbers.insert(key.into(), code);
        code
    }

    /// What a number stands for.
    pub fn text(&self, code: u32) -> &str {
        &self.names[code as usize]
    }

    /// What row `index` says.
    pub fn of(&self, index: usize) -> &str {
        self.text(self.codes[index])
    }

    /// All texts, in the order of their numbers.
    pub fn texts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// The number of a text; nothing if no row says it.
    pub fn code(&self, text: &str) -> Option<u32> {
        self.numbers.get(canonical(text)).copied()
    }
}

/// The text without decimals, if it is a whole number with all of them zero: `1.0` is `1`.
pub(crate) fn canonical(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, decimals)) if is_whole(whole) && decimals.bytes().all(|digit| digit == b'0') => whole,
        _ => text,
    }
}

fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// Whether a label is an object's: a whole number above 0, or a text that does not say background.
pub fn is_foreground(label: &str) -> bool {
    let whole = canonical(label);
    if is_whole(whole) {
        return !whole.starts_with('-') && whole.bytes().any(|digit| matches!(digit, b'1'..=b'9'));
    }
    !["background", "bg", "__background__"].iter().any(|name| label.eq_ignore_ascii_case(name))
}

/// Whether a label is a whole number below 0.
pub fn is_below_zero(label: &str) -> bool {
    let whole = canonical(label);
    is_whole(whole) && whole.starts_with('-') && whole.bytes().any(|digit| matches!(digit, b'1'..=b'9'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_the_same_with_zero_decimals() {
        let mut ids = Coded::default();
        for text in ["1", "b", "1.0", "1.5", "-1", "1.", "-1.00", "1.b"] {
            ids.push(text);
        }
        assert_eq!(ids.codes, [0, 1, 0, 2, 3, 0, 3, 4]);
        assert_eq!(ids.texts().collect::<Vec<_>>(), ["1", "b", "1.5", "-1", "1.b"]);
        assert_eq!((ids.code("1.000"), ids.code("2"), ids.of(2)), (Some(0), None, "1"));
    }

    #[test]
    fn names_of_files_stay_apart() {
        let mut ids = Coded::default();
        for text in ["000001", "1", "000001.jpg"] {
            ids.push(text);
        }
        assert_eq!(ids.codes, [0, 1, 2]);
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
