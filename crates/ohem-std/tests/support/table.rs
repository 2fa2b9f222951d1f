//! A table of RoIs: boxes, images, labels and losses in parallel columns.

use std::collections::BTreeMap;

use ohem_core::Float;
use ohem_testkit::adapters::Batch;
use serde::Deserialize;

use super::number::Number;

/// RoIs as the files write them: rows of image, x1, y1, x2, y2, and two columns beside them.
#[derive(Debug, Deserialize)]
pub(crate) struct Written {
    pub(crate) rois: Vec<[Number; 5]>,
    pub(crate) labels: Vec<i32>,
    pub(crate) loss: Vec<Number>,
}

impl Written {
    /// Reads the table in a float type; boxes and images have been f32 whatever the type.
    pub(crate) fn table<F: Float>(&self) -> Table<F> {
        Table {
            boxes: self
                .rois
                .iter()
                .map(|&[_, x1, y1, x2, y2]| [x1, y1, x2, y2].map(Number::narrow))
                .collect(),
            images: self.rois.iter().map(|row| image(row[0])).collect(),
            labels: self.labels.iter().map(|&label| key(label)).collect(),
            losses: self.loss.iter().map(|loss| loss.to()).collect(),
        }
    }
}

/// The original keeps image ids in an f32 blob, so 16777217 is image 16777216.
#[expect(clippy::cast_possible_truncation, reason = "ids are small whole numbers")]
fn image(id: Number) -> u32 {
    key(id.narrow::<f64>() as i32)
}

/// A key in the order of the numbers: to the original, -1 is an image or a label like any other, and the first.
const fn key(number: i32) -> u32 {
    number.cast_unsigned() ^ (1 << 31)
}

/// RoIs in a float type.
#[derive(Debug)]
pub(crate) struct Table<F> {
    pub(crate) boxes: Vec<[F; 4]>,
    pub(crate) images: Vec<u32>,
    pub(crate) labels: Vec<u32>,
    pub(crate) losses: Vec<F>,
}

impl<F: Float> Table<F> {
    /// RoIs of one image and label.
    pub(crate) fn one_group(boxes: &[[F; 4]], losses: &[F]) -> Self {
        let one = vec![0; boxes.len()];
        Self { boxes: boxes.to_vec(), images: one.clone(), labels: one, losses: losses.to_vec() }
    }

    /// Its columns.
    pub(crate) fn batch(&self) -> Batch<'_, F> {
        let Self { boxes, images, labels, losses } = self;
        Batch { boxes, images, labels, losses }
    }

    /// How many RoIs there are.
    pub(crate) fn len(&self) -> usize {
        self.boxes.len()
    }

    /// Image and label of a RoI, ordered as in the original: by number.
    fn group(&self, roi: usize) -> (u32, u32) {
        (self.images[roi], self.labels[roi])
    }

    /// The RoIs of each group, the groups in the original's order.
    pub(crate) fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups = BTreeMap::<_, Vec<usize>>::new();
        (0..self.len()).for_each(|roi| groups.entry(self.group(roi)).or_default().push(roi));
        groups.into_values().collect()
    }

    /// Numbers the groups, and returns the number of each RoI's group.
    pub(crate) fn group_numbers(&self) -> Vec<u32> {
        let mut numbers = vec![0; self.len()];
        for (number, group) in (0..).zip(self.groups()) {
            group.into_iter().for_each(|roi| numbers[roi] = number);
        }
        numbers
    }

    /// Sorts a selection by group; within a group the order stays the same.
    pub(crate) fn by_group(&self, selected: &[usize]) -> Vec<usize> {
        let mut selected = selected.to_vec();
        selected.sort_by_key(|&roi| self.group(roi));
        selected
    }

    /// Copies some of the RoIs.
    pub(crate) fn rows(&self, rois: &[usize]) -> Self {
        let numbers = |column: &[u32]| rois.iter().map(|&roi| column[roi]).collect();
        Self {
            boxes: rois.iter().map(|&roi| self.boxes[roi]).collect(),
            images: numbers(&self.images),
            labels: numbers(&self.labels),
            losses: rois.iter().map(|&roi| self.losses[roi]).collect(),
        }
    }
}
