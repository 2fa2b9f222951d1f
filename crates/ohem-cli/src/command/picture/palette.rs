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
///
/// The colour of an object follows from the text of its label, so that it stays the same from run to run and is that of
/// `ohem report`: a number decides the colour by itself, a name by a hash. If another label has that colour, the next
/// free one is taken, in the order of the texts. Labels share colours only if there are more than six.
#[derive(Debug)]
pub(super) struct Palette {
    /// Objects by number of selected RoIs, then background, then the rest.
    pub(super) entries: Vec<Entry>,
    /// The index of each label's entry.
    entry_of: Vec<usize>,
}

impl Palette {
    /// Gives each label its colour, and each colour an entry.
    pub(super) fn new(report: &Report) -> Self {
        let labels = counted(report);
        let texts: Vec<&str> = report.table.labels.texts().collect();
        let (mut objects, mut others): (Vec<usize>, Vec<usize>) =
            (0..labels.len()).partition(|&label| labels[label].colour != BACKGROUND);
        objects.sort_by_key(|&label| texts[label]);
        let slots = slots(objects.iter().map(|&label| texts[label]));
        let by_count = |label: usize| core::cmp::Reverse((labels[label].selected, labels[label].all));
        let mut shared: Vec<(&str, Vec<usize>)> = Vec::new();
        for (colour, slot) in FOREGROUND.into_iter().zip(0..) {
            let of_slot = objects.iter().zip(&slots).filter(|(_, taken)| **taken == slot);
            let mut of_slot: Vec<usize> = of_slot.map(|(&label, _)| label).collect();
            of_slot.sort_by_key(|&label| by_count(label));
            shared.push((colour, of_slot));
        }
        shared.retain(|(_, labels)| !labels.is_empty());
        shared.sort_by_key(|(_, of_colour)| {
            let sum = |count: fn(&Entry) -> usize| {
                of_colour.iter().map(|&label| count(&labels[label])).sum::<usize>()
            };
            core::cmp::Reverse((sum(|entry| entry.selected), sum(|entry| entry.all)))
        });
        others.sort_by_key(|&label| by_count(label));
        let rest = others.split_off(others.len().min(1));
        let mut palette = Self { entries: Vec::new(), entry_of: vec![0; labels.len()] };
        for (colour, of_colour) in shared.iter().chain([&(BACKGROUND, others), &(REST, rest)]) {
            palette.add(colour, of_colour, &labels);
        }
        palette
    }

    /// The colour of a label.
    pub(super) fn colour(&self, label: u32) -> &'static str {
        self.entries[self.entry_of[label as usize]].colour
    }

    /// Adds an entry for the labels of a colour, the most selected first.
    fn add(&mut self, colour: &'static str, of_colour: &[usize], labels: &[Entry]) {
        let sum = |count: fn(&Entry) -> usize| of_colour.iter().map(|&label| count(&labels[label])).sum();
        let name = match of_colour {
            [] => return,
            [label] => labels[*label].name.clone(),
            _ if colour == REST => format!("{} other labels", of_colour.len()),
            [first, others @ ..] => format!("{} and {} more", labels[*first].name, others.len()),
        };
        let (selected, suppressed, all) = (sum(|e| e.selected), sum(|e| e.suppressed), sum(|e| e.all));
        for &label in of_colour {
            self.entry_of[label] = self.entries.len();
        }
        self.entries.push(Entry { name, colour, selected, suppressed, all });
    }
}

/// The colour of each label, as an index into [`FOREGROUND`]. Labels are in the order of their texts.
fn slots<'a>(labels: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let mut is_taken = [false; FOREGROUND.len()];
    let slot = |label: &str| {
        let mut slot = preferred(label);
        while is_taken[slot] && is_taken.contains(&false) {
            slot = (slot + 1) % FOREGROUND.len();
        }
        is_taken[slot] = true;
        slot
    };
    labels.map(slot).collect()
}

/// The colour that a label gets if no label before it has it: that of its number, counted from 1, or of its hash.
fn preferred(label: &str) -> usize {
    let colours = FOREGROUND.len() as u64;
    let slot = match label.parse::<u32>() {
        Ok(number) => (u64::from(number) + colours - 1) % colours,
        Err(_) => {
            u64::from(label.chars().fold(7, |sum: u32, c| sum.wrapping_mul(31).wrapping_add(c.into())))
                % colours
        }
    };
    usize::try_from(slot).unwrap_or(0)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_keeps_its_colour_whatever_stands_beside_it() {
        assert_eq!(["1", "2", "6", "7", "0"].map(preferred), [0, 1, 5, 0, 5]);
        assert_eq!(slots(["Platelets", "RBC", "cat"].into_iter()), [5, 0, 1]);
        assert_eq!(slots(["Platelets", "cat"].into_iter()), [5, 1]);
        // WBC has the same hash as Platelets, and takes the next free colour.
        assert_eq!(slots(["Platelets", "RBC", "WBC"].into_iter()), [5, 0, 1]);
    }

    #[test]
    fn labels_share_colours_only_if_there_are_more_than_colours() {
        assert_eq!(slots(["1", "7", "8"].into_iter()), [0, 1, 2]);
        let mut six = slots(["a", "b", "c", "d", "e", "g"].into_iter());
        six.sort_unstable();
        assert_eq!(six, [0, 1, 2, 3, 4, 5]);
        let many: Vec<String> = (0..80).map(|label| format!("class {label}")).collect();
        assert!(slots(many.iter().map(String::as_str)).iter().all(|&slot| slot < FOREGROUND.len()));
    }
}
