//! What is said about a run, in whatever format.

use core::time::Duration;

use ohem_table::{Table, is_below_zero, is_foreground};

use crate::args::MineArguments;
use crate::mined::Mined;
use crate::output::Spread;
use crate::rule::Rule;

/// A run, and the figures that sum it up.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    /// What was mined.
    pub(crate) table: &'a Table,
    /// What came of it.
    pub(crate) mined: &'a Mined,
    /// What was asked for.
    pub(crate) arguments: &'a MineArguments,
    /// By which rule.
    pub(crate) rule: &'a Rule,
    /// How long reading took.
    pub(crate) reading: Duration,
    /// How many (image, label) pairs there are.
    pub(crate) groups: usize,
    /// Foreground and background among all RoIs.
    pub(crate) all: Split,
    /// Foreground and background among the selected.
    pub(crate) selected: Split,
    /// How many of what were selected of each image; nothing if the rule takes all images together.
    pub(crate) per_image: Vec<(&'static str, Spread)>,
    /// The loss of the last selected.
    pub(crate) cut: Option<f64>,
}

/// What a label stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Foreground,
    Background,
    Ignored,
}

impl Kind {
    /// Only some rules know of ignored RoIs.
    fn of(label: &str, rule: &Rule) -> Self {
        match label {
            label if is_foreground(label) => Self::Foreground,
            label if rule.is_by_matches() && is_below_zero(label) => Self::Ignored,
            _ => Self::Background,
        }
    }
}

/// How many RoIs are objects and how many are not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Split {
    /// Objects.
    pub(crate) foreground: usize,
    /// Background.
    pub(crate) background: usize,
    /// Neither.
    pub(crate) ignored: usize,
}

impl Split {
    /// Objects and background together.
    pub(crate) fn total(self) -> usize {
        self.foreground + self.background
    }

    fn of(rows: impl Iterator<Item = u32>, kinds: &[Kind]) -> Self {
        let mut split = Self::default();
        for label in rows {
            *match kinds[label as usize] {
                Kind::Foreground => &mut split.foreground,
                Kind::Background => &mut split.background,
                Kind::Ignored => &mut split.ignored,
            } += 1;
        }
        split
    }
}

impl<'a> Report<'a> {
    /// Sums a run up.
    pub(crate) fn new(
        table: &'a Table,
        mined: &'a Mined,
        arguments: &'a MineArguments,
        rule: &'a Rule,
        reading: Duration,
    ) -> Self {
        let kinds: Vec<Kind> = table.labels.texts().map(|label| Kind::of(label, rule)).collect();
        let labels = &table.labels.codes;
        let selected = || mined.selected.iter().map(|&index| index as usize);
        Self {
            table,
            mined,
            arguments,
            rule,
            reading,
            groups: groups(table),
            all: Split::of(labels.iter().copied(), &kinds),
            selected: Split::of(selected().map(|index| labels[index]), &kinds),
            per_image: per_image(table, mined, rule, &kinds),
            cut: selected().next_back().map(|index| table.losses[index]),
        }
    }
}

fn per_image(table: &Table, mined: &Mined, rule: &Rule, kinds: &[Kind]) -> Vec<(&'static str, Spread)> {
    let parts: &[(&'static str, &[Kind])] = match rule {
        _ if !rule.is_by_image() => &[],
        _ if !rule.is_by_matches() => &[("selected", &[Kind::Foreground, Kind::Background])],
        _ => &[
            ("selected", &[Kind::Foreground, Kind::Background, Kind::Ignored]),
            ("positives", &[Kind::Foreground]),
            ("negatives", &[Kind::Background]),
        ],
    };
    let kind = |index: u32| kinds[table.labels.codes[index as usize] as usize];
    let spread = |part: &[Kind]| Spread::of(table, mined, |index| part.contains(&kind(index)));
    parts.iter().filter_map(|&(name, part)| Some((name, spread(part)?))).collect()
}

fn groups(table: &Table) -> usize {
    let pair = |(&image, &label): (&u32, &u32)| u64::from(image) << 32 | u64::from(label);
    let mut pairs: Vec<u64> = table.images.codes.iter().zip(&table.labels.codes).map(pair).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_split_by_their_labels() {
        let split = Split::of([0, 1, 1, 2].into_iter(), &[Kind::Background, Kind::Foreground, Kind::Ignored]);
        assert_eq!((split.foreground, split.background, split.ignored, split.total()), (2, 1, 1, 3));
    }
}
