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

/// Number of pairs of image and label up to which each has a counter; more are sorted.
const MAX_COUNTERS: usize = 1 << 22;

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

    /// Counts RoIs by their labels, each of which has a number of them.
    fn of(labels: impl Iterator<Item = (u32, usize)>, kinds: &Kinds) -> Self {
        let mut counts = Self::default();
        for (label, rois) in labels {
            *match kinds.of(label) {
                Kind::Foreground => &mut counts.foreground,
                Kind::Background => &mut counts.background,
                Kind::Ignored => &mut counts.ignored,
            } += rois;
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
        let Groups { groups, of_label } = Groups::of(table);
        let selected = || mined.selected.iter().map(|&index| index as usize);
        Self {
            table,
            mined,
            args,
            rule,
            kinds,
            reading,
            groups,
            all: LabelCounts::of((0..).zip(of_label), kinds),
            selected: LabelCounts::of(selected().map(|index| (labels[index], 1)), kinds),
            per_image: per_image(table, mined, rule, kinds),
            loss_cut: selected().next_back().map(|index| table.losses.at(index)),
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

/// Groups of RoIs.
struct Groups {
    /// Number of different pairs of image and label.
    groups: usize,
    /// Number of RoIs of each label.
    of_label: Vec<usize>,
}

impl Groups {
    /// Counts the RoIs in one pass over the table.
    fn of(table: &RoiTable) -> Self {
        let (images, labels) = (table.images.texts().len(), table.labels.texts().len());
        let pairs = || table.images.ids.iter().copied().zip(table.labels.ids.iter().copied());
        let mut of_label = vec![0; labels];
        if images.saturating_mul(labels) <= MAX_COUNTERS {
            let mut of_pair = vec![0_u32; images * labels];
            pairs().for_each(|(image, label)| of_pair[image as usize * labels + label as usize] += 1);
            for of_image in of_pair.chunks_exact(labels.max(1)) {
                of_label.iter_mut().zip(of_image).for_each(|(all, &rois)| *all += rois as usize);
            }
            return Self { groups: of_pair.iter().filter(|&&rois| rois > 0).count(), of_label };
        }
        pairs().for_each(|(_, label)| of_label[label as usize] += 1);
        let mut pairs: Vec<_> = pairs().collect();
        pairs.sort_unstable();
        pairs.dedup();
        Self { groups: pairs.len(), of_label }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::labels::LabelOptions;
    use crate::table::RequestedColumns;

    #[test]
    fn rois_are_counted_by_label_and_group() {
        // With 3,000 images and labels, pairs are sorted instead of counted.
        for others in [0, 3_000] {
            let mut text = String::from("image,x1,y1,x2,y2,label,loss\na,0,0,1,1,0,0\n");
            text += "a,0,0,1,1,1,0\nb,0,0,1,1,1,0\nb,0,0,1,1,1,0\nb,0,0,1,1,-1,0\n";
            (0..others).for_each(|other| text += &format!("{other},0,0,1,1,c{other},0\n"));
            let requested = RequestedColumns::loss("loss");
            let table = RoiTable::read(text.into_bytes().into(), &requested, |_| {}).unwrap();
            let options = LabelOptions { background: None, ignored: &[], background_last: false };
            let kinds = Kinds::new(&table.labels, options);
            let Groups { groups, of_label } = Groups::of(&table);
            let counts = LabelCounts::of((0..).zip(of_label), &kinds);
            assert_eq!(groups, 4 + others);
            assert_eq!((counts.foreground, counts.background, counts.ignored), (3 + others, 1, 1));
            assert_eq!(counts.total(), 4 + others);
        }
    }
}
