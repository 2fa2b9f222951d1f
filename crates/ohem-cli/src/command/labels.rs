//! The meaning of labels: objects, background, and ignored RoIs.

use crate::command::class_names::ClassNames;
use crate::command::failure::Failure;
use crate::table::{Interned, is_below_zero, is_foreground, is_same, whole_number};

/// The meaning of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An object.
    Foreground,
    /// Background.
    Background,
    /// Neither: takes no part.
    Ignored,
}

/// Numbers that `Match::IGNORED` and `Match::BACKGROUND` of the library have in memory.
const IGNORED: u64 = u32::MAX as u64;
const BACKGROUND: u64 = IGNORED - 1;

/// What the caller says about labels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LabelOptions<'a> {
    /// The label of background; `None` for 0 and the usual names.
    pub(crate) background: Option<&'a str>,
    /// More labels to ignore.
    pub(crate) ignored: &'a [String],
    /// Whether classes are numbered from 0 and background is the number after the last one.
    pub(crate) background_last: bool,
}

/// The meaning of each label of a table.
#[derive(Debug)]
pub(crate) struct Kinds {
    kinds: Vec<Kind>,
    /// The label that was taken to be background because it is the highest.
    pub(crate) assumed_background: Option<String>,
}

impl Kinds {
    /// Finds the meaning of each label.
    pub(crate) fn new(labels: &Interned, options: LabelOptions<'_>) -> Self {
        let assumed = match options {
            LabelOptions { background: None, background_last: true, .. } => highest(labels, options.ignored),
            _ => None,
        };
        let background = options.background.or(assumed);
        let kinds = labels.texts().map(|label| kind(label, background, options.ignored)).collect();
        Self { kinds, assumed_background: assumed.map(str::to_owned) }
    }

    /// The meaning of the label with this id.
    pub(crate) fn of(&self, label: u32) -> Kind {
        self.kinds[label as usize]
    }

    /// Gives the objects of a table the names of their classes.
    ///
    /// # Errors
    ///
    /// If names were given, but an object's number has none.
    pub(crate) fn name_classes(&self, labels: &mut Interned, names: &ClassNames) -> Result<(), Failure> {
        for (id, &kind) in (0..).zip(&self.kinds) {
            if kind == Kind::Foreground
                && let Some(name) = names.of(labels.text(id))?
            {
                labels.rename(id, name);
            }
        }
        Ok(())
    }

    /// Whether some label is ignored.
    pub(crate) fn has_ignored(&self) -> bool {
        self.kinds.contains(&Kind::Ignored)
    }
}

/// The label with the highest whole number, unless one of the labels is a name of background.
fn highest<'a>(labels: &'a Interned, ignored: &[String]) -> Option<&'a str> {
    let is_named =
        |label: &str| whole_number(label).is_none() && !is_below_zero(label) && !is_foreground(label);
    if labels.texts().any(is_named) {
        return None;
    }
    let counted = labels.texts().filter(|label| kind(label, Some(""), ignored) == Kind::Foreground);
    counted
        .filter_map(|label| Some((whole_number(label)?, label)))
        .max_by_key(|(number, _)| *number)
        .map(|(_, label)| label)
}

fn kind(label: &str, background: Option<&str>, ignored: &[String]) -> Kind {
    let number = whole_number(label);
    let is_ignored = is_below_zero(label)
        || number == Some(IGNORED)
        || ["ignore", "ignored"].iter().any(|name| label.eq_ignore_ascii_case(name));
    match background {
        // What the caller says goes first.
        _ if ignored.iter().any(|name| is_same(name, label)) => Kind::Ignored,
        Some(background) if is_same(background, label) => Kind::Background,
        _ if is_ignored => Kind::Ignored,
        _ if number == Some(BACKGROUND) => Kind::Background,
        None if !is_foreground(label) => Kind::Background,
        _ => Kind::Foreground,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Kind::{Background, Foreground, Ignored};

    fn kinds(labels: &[&str], background: Option<&str>, ignored: &[&str], background_last: bool) -> Kinds {
        let ignored: Vec<String> = ignored.iter().map(|&label| label.to_owned()).collect();
        let labels = Interned::of_texts(labels.iter().copied());
        Kinds::new(&labels, LabelOptions { background, ignored: &ignored, background_last })
    }

    #[test]
    fn by_default_zero_is_background_and_less_is_ignored() {
        let labels = ["0", "1", "-1", "bg", "cat", "Ignored", "4294967295", "4294967294"];
        let expected =
            [Background, Foreground, Ignored, Background, Foreground, Ignored, Ignored, Background];
        assert_eq!(kinds(&labels, None, &[], false).kinds, expected);
    }

    #[test]
    fn the_caller_names_background_and_ignored_labels() {
        let named = kinds(&["0", "80.0", "255", "none", "-1"], Some("80"), &["255", "None"], false);
        assert_eq!(named.kinds, [Foreground, Background, Ignored, Foreground, Ignored]);
        assert_eq!(kinds(&["None", "-1"], Some("none"), &[], false).kinds, [Foreground, Ignored]);
        assert_eq!(kinds(&["-1", "0"], Some("-1"), &[], false).kinds, [Background, Foreground]);
    }

    #[test]
    fn background_may_be_the_highest_number() {
        let last = kinds(&["0", "3", "80", "-1", "255"], None, &["255"], true);
        assert_eq!(last.kinds, [Foreground, Foreground, Background, Ignored, Ignored]);
        assert_eq!(last.assumed_background.as_deref(), Some("80"));
        let named = kinds(&["1", "background"], None, &[], true);
        assert_eq!((named.kinds.as_slice(), named.assumed_background), (&[Foreground, Background][..], None));
        assert_eq!(kinds(&["0", "3"], Some("0"), &[], true).assumed_background, None);
    }
}
