//! The colours of labels.

use crate::command::labels::Kind;
use crate::command::mined::RoiOutcome;
use crate::command::output::Report;

/// For objects: the palette of Okabe and Ito, which colour-blind people can tell apart, boldest first.
pub(crate) const FOREGROUND: [&str; 6] = ["#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442"];
/// For background: the remaining colour of the palette.
pub(crate) const BACKGROUND: &str = "#0072B2";
/// For the labels without a colour of the palette.
const REST: &str = "#24292f";

/// The colour of legible text on another colour.
pub(crate) fn ink_on(colour: &str) -> &'static str {
    let light = ["#CC79A7", "#E69F00", "#56B4E9", "#F0E442"];
    if light.contains(&colour) { REST } else { "#fff" }
}

/// An entry of the legend: a colour, its meaning, and the number of RoIs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) colour: &'static str,
    pub(super) selected: usize,
    pub(super) suppressed: usize,
    pub(super) all: usize,
}

/// A colour for each label.
#[derive(Debug)]
pub(super) struct Palette {
    /// Objects by number of selected RoIs, then background, then the rest.
    pub(super) entries: Vec<Entry>,
    /// The index of each label's entry.
    entry_of: Vec<usize>,
}

impl Palette {
    /// Gives separate colours to the labels with the most selected RoIs.
    pub(super) fn new(report: &Report) -> Self {
        let labels = counted(report);
        let mut order: Vec<usize> = (0..labels.len()).collect();
        order.sort_by_key(|&label| core::cmp::Reverse((labels[label].selected, labels[label].all)));
        let (objects, background): (Vec<usize>, Vec<usize>) =
            order.into_iter().partition(|&label| labels[label].colour != BACKGROUND);
        let mut palette = Self { entries: Vec::new(), entry_of: vec![0; labels.len()] };
        for (&label, colour) in objects.iter().zip(FOREGROUND).chain(background.iter().zip([BACKGROUND])) {
            palette.entry_of[label] = palette.entries.len();
            palette.entries.push(Entry { colour, ..labels[label].clone() });
        }
        // Labels beyond the palette share the last entry.
        let left = objects.iter().skip(FOREGROUND.len()).chain(background.iter().skip(1));
        palette.merge(&left.copied().collect::<Vec<_>>(), &labels);
        palette
    }

    /// The colour of a label.
    pub(super) fn colour(&self, label: u32) -> &'static str {
        self.entries[self.entry_of[label as usize]].colour
    }

    /// Adds one entry for all labels without a separate colour.
    fn merge(&mut self, left: &[usize], labels: &[Entry]) {
        if left.is_empty() {
            return;
        }
        let sum = |count: fn(&Entry) -> usize| left.iter().map(|&label| count(&labels[label])).sum();
        let name = match left {
            [label] => labels[*label].name.clone(),
            _ => format!("{} other labels", left.len()),
        };
        let (selected, suppressed, all) = (sum(|e| e.selected), sum(|e| e.suppressed), sum(|e| e.all));
        for &label in left {
            self.entry_of[label] = self.entries.len();
        }
        self.entries.push(Entry { name, colour: REST, selected, suppressed, all });
    }
}

/// All labels with their counts, coloured as background or rest.
fn counted(report: &Report) -> Vec<Entry> {
    let entry = |(id, label): (u32, &str)| {
        let name = if label.parse::<f64>().is_ok() { format!("label {label}") } else { label.to_owned() };
        // `REST` marks objects here; the palette gives them their colours later.
        let is_number = label.parse::<f64>().is_ok();
        let (name, colour) = match report.kinds.of(id) {
            Kind::Foreground => (name, REST),
            Kind::Background if is_number => (name + " (background)", BACKGROUND),
            Kind::Background => (name, BACKGROUND),
            Kind::Ignored => (name + " (ignored)", BACKGROUND),
        };
        Entry { name, colour, selected: 0, suppressed: 0, all: 0 }
    };
    let mut entries: Vec<Entry> = (0..).zip(report.table.labels.texts()).map(entry).collect();
    for (&label, outcome) in report.table.labels.ids.iter().zip(&report.mined.outcomes) {
        let entry = &mut entries[label as usize];
        entry.all += 1;
        entry.selected += usize::from(*outcome == RoiOutcome::Selected);
        entry.suppressed += usize::from(*outcome == RoiOutcome::Suppressed);
    }
    entries
}
