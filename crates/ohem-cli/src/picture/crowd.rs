//! Which images are drawn, and which RoIs of each.

use core::cmp::Reverse;

use super::frame::{self, Frame};
use crate::mined::Fate;
use crate::output::Report;

/// The most images on a sheet.
pub(super) const IMAGES: usize = 12;
/// The most RoIs drawn of an image, selected, suppressed and easier, where few images are drawn large, and
/// where many are drawn small. More would only be a blot.
const DRAWN: [[usize; 3]; 2] = [[600, 400, 200], [300, 200, 100]];
/// How many images are few.
const FEW: usize = 4;

/// The RoIs of an image by what became of them.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    /// The number of the image.
    pub(super) image: u32,
    /// The RoIs that are drawn, hardest first.
    pub(super) selected: Vec<u32>,
    /// Those that are drawn, in the order of the table.
    pub(super) suppressed: Vec<u32>,
    /// Those that are drawn, in the order of the table.
    pub(super) easier: Vec<u32>,
    /// How many there are: selected, suppressed, easier, skipped.
    pub(super) counts: [usize; 4],
    /// Whether there are more than are drawn.
    pub(super) thinned: bool,
    /// How many have no box that could be drawn.
    pub(super) unseen: usize,
    /// What is around all boxes; nothing if there is none.
    pub(super) extent: Option<Frame>,
}

impl Crowd {
    /// Draws the hardest of the selected and takes the others evenly, if there are too many.
    fn thin(&mut self, [selected, suppressed, easier]: [usize; 3]) {
        let before = self.drawn();
        self.selected.truncate(selected);
        self.suppressed = every_so_many(&self.suppressed, suppressed);
        self.easier = every_so_many(&self.easier, easier);
        self.thinned = self.drawn() < before;
    }

    fn drawn(&self) -> usize {
        self.selected.len() + self.suppressed.len() + self.easier.len()
    }
}

/// The images to draw, in the order of the table: those with the most selected RoIs, if there are many.
pub(super) fn gather(report: &Report, pad: f64) -> Vec<Crowd> {
    let chosen = chosen(report);
    let mut places = vec![None; report.table.images.texts().len()];
    let mut crowds: Vec<Crowd> = Vec::new();
    for (place, &image) in chosen.iter().enumerate() {
        places[image as usize] = Some(place);
        crowds.push(Crowd { image, ..Crowd::default() });
    }
    let of = |index: u32| places[report.table.images.codes[index as usize] as usize];
    for &index in &report.mined.selected {
        if let Some(place) = of(index) {
            crowds[place].selected.push(index);
        }
    }
    for (index, fate) in (0..).zip(&report.mined.fates) {
        if let Some(place) = of(index) {
            add(&mut crowds[place], index, *fate, frame::of_row(report.table, index, pad));
        }
    }
    let drawn = DRAWN[usize::from(crowds.len() > FEW)];
    crowds.iter_mut().for_each(|crowd| crowd.thin(drawn));
    crowds
}

fn chosen(report: &Report) -> Vec<u32> {
    let mut selected = vec![0_usize; report.table.images.texts().len()];
    for &index in &report.mined.selected {
        selected[report.table.images.codes[index as usize] as usize] += 1;
    }
    let mut images: Vec<u32> = (0..).zip(&selected).map(|(image, _)| image).collect();
    images.sort_by_key(|&image| Reverse(selected[image as usize]));
    images.truncate(IMAGES);
    images.sort_unstable();
    images
}

fn add(crowd: &mut Crowd, index: u32, fate: Fate, frame: Option<Frame>) {
    let kind = match fate {
        Fate::Selected => 0,
        Fate::Suppressed => 1,
        Fate::Easier => 2,
        Fate::Skipped => 3,
    };
    crowd.counts[kind] += 1;
    crowd.unseen += usize::from(frame.is_none());
    crowd.extent = Frame::around(crowd.extent.into_iter().chain(frame));
    match fate {
        Fate::Suppressed if frame.is_some() => crowd.suppressed.push(index),
        Fate::Easier if frame.is_some() => crowd.easier.push(index),
        _ => {}
    }
}

/// At most so many of the values, evenly taken.
fn every_so_many(values: &[u32], most: usize) -> Vec<u32> {
    if values.len() <= most {
        return values.to_vec();
    }
    (0..most).map(|at| values[at * values.len() / most]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_thinned_evenly() {
        let values: Vec<u32> = (0..10).collect();
        assert_eq!(every_so_many(&values, 4), [0, 2, 5, 7]);
        assert_eq!(every_so_many(&values, 10), values);
        assert!(every_so_many(&values, 0).is_empty());
    }
}
