//! Which colour a label has.

use ohem_table::is_foreground;

use crate::mined::Fate;
use crate::output::Report;

/// For objects: the colours that Okabe and Ito chose so that nobody mixes them up, boldest first.
pub(crate) const FOREGROUND: [&str; 6] = ["#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442"];
/// For background: the last of their colours.
pub(crate) const BACKGROUND: &str = "#0072B2";
/// For all labels that are left when the colours are used up.
const REST: &str = "#24292f";

/// The colour that letters are legible in on another.
pub(crate) fn ink_on(colour: &str) -> &'static str {
    let light = ["#CC79A7", "#E69F00", "#56B4E9", "#F0E442"];
    if light.contains(&colour) { REST } else { "#fff" }
}

/// A colour, what it stands for, and how many RoIs have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) colour: &'static str,
    pub(super) selected: usize,
    pub(super) suppressed: usize,
    pub(super) all: usize,
}

/// A colour for every label.
#[derive(Debug)]
pub(super) struct Palette {
    /// Objects first, by how many are selected, then background, then the rest.
    pub(super) entries: Vec<Entry>,
    /// The entry of each label.
    of: Vec<usize>,
}

impl Palette {
    /// Gives the labels with most selected RoIs colours of their own.
    pub(super) fn new(report: &Report) -> Self {
        let labels = counted(report);
        let mut order: Vec<usize> = (0..labels.len()).collect();
        order.sort_by_key(|&label| core::cmp::Reverse((labels[label].selected, labels[label].all)));
        let (objects, background): (Vec<usize>, Vec<usize>) =
            order.into_iter().partition(|&label| labels[label].colour != BACKGROUND);
        let mut palette = Self { entries: Vec::new(), of: vec![0; labels.len()] };
        for (&label, colour) in objects.iter().zip(FOREGROUND).chain(background.iter().zip([BACKGROUND])) {
            palette.of[label] = palette.entries.len();
            palette.entries.push(Entry { colour, ..labels[label].clone() });
        }
        let left = objects.iter().skip(FOREGROUND.len()).chain(background.iter().skip(1));
        palette.merge(&left.copied().collect::<Vec<_>>(), &labels);
        palette
    }

    /// The colour of a label.
    pub(super) fn colour(&self, label: u32) -> &'static str {
        self.entries[self.of[label as usize]].colour
    }

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
            self.of[label] = self.entries.len();
        }
        self.entries.push(Entry { name, colour: REST, selected, suppressed, all });
    }
}

/// All labels with their counts, in the colour of background or of the rest.
fn counted(report: &Report) -> Vec<Entry> {
    let entry = |label: &str| {
        let name = if label.parse::<f64>().is_ok() { format!("label {label}") } else { label.to_owned() };
        let (name, colour) = match is_foreground(label) {
            true => (name, REST),
            false if label == "0" => (name + " (background)", BACKGROUND),
            false => (name, BACKGROUND),
        };
        Entry { name, colour, selected: 0, suppressed: 0, all: 0 }
    };
    let mut entries: Vec<Entry> = report.table.labels.texts().map(entry).collect();
    for (&label, fate) in report.table.labels.codes.iter().zip(&report.mined.fates) {
        let entry = &mut entries[label as usize];
        entry.all += 1;
        entry.selected += usize::from(*fate == Fate::Selected);
        entry.suppressed += usize::from(*fate == Fate::Suppressed);
    }
    entries
}
