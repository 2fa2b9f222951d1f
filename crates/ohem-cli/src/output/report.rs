//! What is said about a run, in whatever format.

use core::time::Duration;

use crate::args::MineArguments;
use crate::mined::Mined;
use crate::table::{Table, is_foreground};

/// A run, and the figures that sum it up.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    /// What was mined.
    pub(crate) table: &'a Table,
    /// What came of it.
    pub(crate) mined: &'a Mined,
    /// What was asked for.
    pub(crate) arguments: &'a MineArguments,
    /// How long reading took.
    pub(crate) reading: Duration,
    /// How many (image, label) pairs there are.
    pub(crate) groups: usize,
    /// Foreground and background among all RoIs.
    pub(crate) all: Split,
    /// Foreground and background among the selected.
    pub(crate) selected: Split,
    /// The loss of the last selected.
    pub(crate) cut: Option<f64>,
}

/// How many RoIs are objects and how many are not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Split {
    /// Objects.
    pub(crate) foreground: usize,
    /// Background.
    pub(crate) background: usize,
}

impl Split {
    /// Both together.
    pub(crate) fn total(self) -> usize {
        self.foreground + self.background
    }

    fn of(rows: impl Iterator<Item = u32>, foreground: &[bool]) -> Self {
        let mut split = Self::default();
        for label in rows {
            *if foreground[label as usize] { &mut split.foreground } else { &mut split.background } += 1;
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
        reading: Duration,
    ) -> Self {
        let foreground: Vec<bool> = table.labels.texts().map(is_foreground).collect();
        let labels = &table.labels.codes;
        let selected = || mined.selected.iter().map(|&index| index as usize);
        Self {
            table,
            mined,
            arguments,
            reading,
            groups: groups(table),
            all: Split::of(labels.iter().copied(), &foreground),
            selected: Split::of(selected().map(|index| labels[index]), &foreground),
            cut: selected().next_back().map(|index| table.losses[index]),
        }
    }

    /// The threshold of overlaps, if RoIs were suppressed at all.
    pub(crate) fn threshold(&self) -> Option<f64> {
        (!self.arguments.no_nms).then_some(self.arguments.nms_threshold)
    }
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
        let split = Split::of([0, 1, 1, 2].into_iter(), &[false, true, false]);
        assert_eq!((split.foreground, split.background, split.total()), (2, 2, 4));
    }
}
