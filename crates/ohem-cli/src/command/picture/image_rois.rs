//! Selects the images to draw, and the RoIs of each.

use super::frame::{self, Frame};
use crate::command::mined::RoiOutcome;
use crate::command::output::Report;

/// Maximum number of images on a sheet.
pub(super) const MAX_IMAGES: usize = 12;
/// Maximum numbers of selected, suppressed and easier RoIs drawn of an image: if few images are drawn large, and if
/// many are drawn small. More would overlap too much. `--max-drawn` sets the first.
const MAX_DRAWN: [[usize; 3]; 2] = [[200, 400, 200], [80, 200, 100]];
/// Number of images up to which they are few.
pub(super) const FEW: usize = 4;

/// The RoIs of an image by outcome.
#[derive(Debug, Default)]
pub(super) struct ImageRois {
    /// The id of the image.
    pub(super) image: u32,
    /// Selected RoIs to draw, hardest first.
    pub(super) selected: Vec<u32>,
    /// Suppressed RoIs to draw, in the order of the table.
    pub(super) suppressed: Vec<u32>,
    /// Easier RoIs to draw, in the order of the table.
    pub(super) easier: Vec<u32>,
    /// Number of selected, suppressed, easier and skipped RoIs, drawn or not.
    pub(super) counts: [usize; 4],
    /// Whether some RoIs are left out because there are too many.
    pub(super) thinned: bool,
    /// Whether some of them are selected.
    pub(super) cut: bool,
    /// Number of RoIs whose boxes cannot be drawn.
    pub(super) undrawable: usize,
    /// The smallest frame around all boxes, if there are any.
    pub(super) extent: Option<Frame>,
}

impl ImageRois {
    /// If there are too many RoIs, keeps the hardest of the selected, and samples the others evenly.
    fn thin(&mut self, [selected, suppressed, easier]: [usize; 3]) {
        let before = self.drawn();
        self.cut = self.selected.len() > selected;
        self.selected.truncate(selected);
        self.suppressed = sampled(&self.suppressed, suppressed);
        self.easier = sampled(&self.easier, easier);
        self.thinned = self.drawn() < before;
    }

    fn drawn(&self) -> usize {
        self.selected.len() + self.suppressed.len() + self.easier.len()
    }
}

/// Collects the images to draw, in the order of the table. If there are too many, those with the hardest selected RoIs.
pub(super) fn gather(report: &Report, pad: f64) -> Vec<ImageRois> {
    let chosen = chosen(report);
    let mut position_of = vec![None; report.table.images.texts().len()];
    let mut images: Vec<ImageRois> = Vec::new();
    for (position, &image) in chosen.iter().enumerate() {
        position_of[image as usize] = Some(position);
        images.push(ImageRois { image, ..ImageRois::default() });
    }
    let of = |index: u32| position_of[report.table.images.ids[index as usize] as usize];
    for &index in &report.mined.selected {
        if let Some(position) = of(index) {
            images[position].selected.push(index);
        }
    }
    for (index, outcome) in (0..).zip(&report.mined.outcomes) {
        if let Some(position) = of(index) {
            add(&mut images[position], index, *outcome, frame::of_row(report.table, index, pad));
        }
    }
    // Only after all RoIs are counted.
    let [most, suppressed, easier] = MAX_DRAWN[usize::from(images.len() > FEW)];
    let limits = [report.args.max_drawn.unwrap_or(most), suppressed, easier];
    images.iter_mut().for_each(|rois| rois.thin(limits));
    images
}

fn chosen(report: &Report) -> Vec<u32> {
    let ids = &report.table.images.ids;
    let mut is_chosen = vec![false; report.table.images.texts().len()];
    let selected = report.mined.selected.iter().map(|&index| ids[index as usize]);
    // Images without selected RoIs come last.
    let every = (0..).take(is_chosen.len());
    let is_new = |image: &u32| !core::mem::replace(&mut is_chosen[*image as usize], true);
    let mut images: Vec<u32> = selected.chain(every).filter(is_new).take(MAX_IMAGES).collect();
    images.sort_unstable();
    images
}

fn add(rois: &mut ImageRois, index: u32, outcome: RoiOutcome, frame: Option<Frame>) {
    let kind = match outcome {
        RoiOutcome::Selected => 0,
        RoiOutcome::Suppressed => 1,
        RoiOutcome::Easier => 2,
        RoiOutcome::Skipped => 3,
    };
    rois.counts[kind] += 1;
    rois.undrawable += usize::from(frame.is_none());
    rois.extent = Frame::around(rois.extent.into_iter().chain(frame));
    match outcome {
        RoiOutcome::Suppressed if frame.is_some() => rois.suppressed.push(index),
        RoiOutcome::Easier if frame.is_some() => rois.easier.push(index),
        _ => {}
    }
}

/// At most `count` of the values, evenly spaced.
fn sampled(values: &[u32], count: usize) -> Vec<u32> {
    if values.len() <= count {
        return values.to_vec();
    }
    (0..count).map(|at| values[at * values.len() / count]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_values_are_sampled_evenly() {
        let values: Vec<u32> = (0..10).collect();
        assert_eq!(sampled(&values, 4), [0, 2, 5, 7]);
        assert_eq!(sampled(&values, 10), values);
        assert!(sampled(&values, 0).is_empty());
    }
}
