//! What every output format reports about a run.

use core::time::Duration;

use super::per_image::Spread;
use crate::command::args::MineArgs;
use crate::command::labels::{Kind, Kinds};
use crate::command::mined::Mined;
use crate::command::rule::RuleConfig;
use crate::table::RoiTable;

/// A run and its summary.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    /// The table that was mined.
    pub(crate) table: &'a RoiTable,
    /// The result.
    pub(crate) mined: &'a Mined,
    /// The arguments of the command.
    pub(crate) args: &'a MineArgs,
    /// The mining rule.
    pub(crate) rule: &'a RuleConfig,
    /// The meaning of the table's labels.
    pub(crate) kinds: &'a Kinds,
    /// Time of reading the table.
    pub(crate) reading: Duration,
    /// Number of (image, label) pairs.
    pub(crate) groups: usize,
    /// Labels of all RoIs.
    pub(crate) all: LabelCounts,
    /// Labels of the selected RoIs.
    pub(crate) selected: LabelCounts,
    /// Selected RoIs per image, in all and by kind; empty if the rule mines all images together.
    pub(crate) per_image: Vec<(&'static str, Spread)>,
    /// The loss of the last selected RoI.
    pub(crate) loss_cut: Option<f64>,
    /// Warnings about the input.
    pub(crate) warnings: Vec<String>,
}

/// Number of pairs of image and label up to which each has a mark; more are sorted.
const MAX_MARKS: usize = 1 << 24;

/// Number of RoIs by the meaning of their labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LabelCounts {
    /// RoIs of objects.
    pub(crate) foreground: usize,
    /// RoIs of background.
    pub(crate) background: usize,
    /// Ignored RoIs.
    pub(crate) ignored: usize,
}

impl LabelCounts {
    /// Foreground and background together.
    pub(crate) fn total(self) -> usize {
        self.foreground + self.background
    }

    fn of(labels: impl Iterator<Item = u32>, kind: impl Fn(u32) -> Kind) -> Self {
        let mut counts = Self::default();
        for label in labels {
            *match kind(label) {
                Kind::Foreground => &mut counts.foreground,
                Kind::Background => &mut counts.background,
                Kind::Ignored => &mut counts.ignored,
            } += 1;
        }
        counts
    }
}

impl<'a> Report<'a> {
    /// Summarises a run.
    pub(crate) fn new(
        table: &'a RoiTable,
        mined: &'a Mined,
        args: &'a MineArgs,
        rule: &'a RuleConfig,
        kinds: &'a Kinds,
        reading: Duration,
    ) -> Self {
        let labels = &table.labels.ids;
        let selected = || mined.selected.iter().map(|&index| index as usize);
        Self {
            table,
            mined,
            args,
            rule,
            kinds,
            reading,
            groups: groups(table),
            all: LabelCounts::of(labels.iter().copied(), |label| kinds.of(label)),
            selected: LabelCounts::of(selected().map(|index| labels[index]), |label| kinds.of(label)),
            per_image: per_image(table, mined, rule, kinds),
            loss_cut: selected().next_back().map(|index| table.losses[index]),
            warnings: Vec::new(),
        }
    }
}

fn per_image(
    table: &RoiTable,
    mined: &Mined,
    rule: &RuleConfig,
    kinds: &Kinds,
) -> Vec<(&'static str, Spread)> {
    let parts: &[(&'static str, &[Kind])] = match rule {
        _ if !rule.is_by_image() => &[],
        _ if !rule.is_by_matches() => &[("selected", &[Kind::Foreground, Kind::Background])],
        _ => &[
            ("selected", &[Kind::Foreground, Kind::Background, Kind::Ignored]),
            ("positives", &[Kind::Foreground]),
            ("negatives", &[Kind::Background]),
        ],
    };
    let kind = |index: u32| kinds.of(table.labels.ids[index as usize]);
    let spread = |part: &[Kind]| Spread::of(table, mined, |index| part.contains(&kind(index)));
    parts.iter().filter_map(|&(name, part)| Some((name, spread(part)?))).collect()
}

/// Counts the different pairs of image and label.
fn groups(table: &RoiTable) -> usize {
    let (images, labels) = (table.images.texts().len(), table.labels.texts().len());
    if images.saturating_mul(labels) <= MAX_MARKS {
        let mut is_present = vec![false; images * labels];
        let pairs = table.images.ids.iter().zip(&table.labels.ids);
        pairs.for_each(|(&image, &label)| is_present[image as usize * labels + label as usize] = true);
        return is_present.into_iter().filter(|&present| present).count();
    }
    let pair = |(&image, &label): (&u32, &u32)| u64::from(image) << 32 | u64::from(label);
    let mut pairs: Vec<u64> = table.images.ids.iter().zip(&table.labels.ids).map(pair).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_by_label() {
        let counts = LabelCounts::of([0, 1, 1, 2].into_iter(), |label| {
            [Kind::Background, Kind::Foreground, Kind::Ignored][label as usize]
        });
        assert_eq!((counts.foreground, counts.background, counts.ignored, counts.total()), (2, 1, 1, 3));
    }
}
