//! RoIs in arrays of any layout, read only when mining visits them.

use ndarray::{ArrayView1, ArrayView2};
use ohem_core::{
    BBox, Float, Group, InputError, InvalidKey, Key, LengthMismatch, Match, Membership, NoBoxes, OutOfRange,
    RoiSource, Rois,
};

/// Regions of interest in arrays of any layout, their lengths checked once. Mining takes it as it takes
/// [`Rois`].
///
/// Labels and images are arrays of any [`Key`]; without them, all RoIs share one. Keys are converted when a
/// RoI is visited.
///
/// ```
/// use ndarray::array;
/// use ohem_std::ndarray::ArrayRois;
/// use ohem_std::{MineConfig, Miner};
///
/// // A row for each of x1, y1, x2, y2.
/// let corners = array![[0.0, 0.0, 50.0], [0.0, 0.0, 50.0], [9.0, 9.0, 59.0], [9.0, 8.0, 59.0]];
/// let rois = ArrayRois::new(corners.t())?;
/// let mut miner = Miner::new(MineConfig::fast_rcnn().batch_size(2))?;
/// assert_eq!(miner.mine(&rois, &[0.5, 2.0, 1.0])?.indices(), [1, 2]);
/// # Ok::<(), ohem_std::MineError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ArrayRois<'a, F, L = u32, I = u32> {
    boxes: ArrayView2<'a, F>,
    labels: Option<ArrayView1<'a, L>>,
    images: Option<ArrayView1<'a, I>>,
    invalid: InvalidKey,
}

impl<'a, F: Float> ArrayRois<'a, F> {
    /// RoIs of one group, with an `n x 4` array of boxes.
    ///
    /// # Errors
    ///
    /// If there are not four columns, or there are more RoIs than a `u32` can number.
    pub fn new(boxes: ArrayView2<'a, F>) -> Result<Self, InputError> {
        check_length("columns of boxes", 4, boxes.ncols())?;
        Rois::<NoBoxes<F>>::without_boxes(boxes.nrows())?; // are there too many for a `u32`?
        Ok(Self { boxes, labels: None, images: None, invalid: InvalidKey::Error })
    }
}

impl<'a, F: Float, L: Key, I: Key> ArrayRois<'a, F, L, I> {
    /// Groups RoIs by these labels.
    ///
    /// # Errors
    ///
    /// If there is not one for each RoI.
    pub fn with_labels<K: Key>(
        self,
        labels: ArrayView1<'a, K>,
    ) -> Result<ArrayRois<'a, F, K, I>, InputError> {
        check_length("labels", self.boxes.nrows(), labels.len())?;
        let Self { boxes, images, invalid, .. } = self;
        Ok(ArrayRois { boxes, labels: Some(labels), images, invalid })
    }

    /// Groups RoIs by these images.
    ///
    /// # Errors
    ///
    /// If there is not one for each RoI.
    pub fn with_images<K: Key>(
        self,
        images: ArrayView1<'a, K>,
    ) -> Result<ArrayRois<'a, F, L, K>, InputError> {
        check_length("image ids", self.boxes.nrows(), images.len())?;
        let Self { boxes, labels, invalid, .. } = self;
        Ok(ArrayRois { boxes, labels, images: Some(images), invalid })
    }

    /// Chooses how a RoI is handled whose label or image is negative, not whole, or too large for a `u32`.
    ///
    /// See [`Rois::invalid_keys`].
    #[must_use]
    pub fn invalid_keys(self, invalid: InvalidKey) -> Self {
        Self { invalid, ..self }
    }
}

impl<F: Float, L: Key, I: Key> RoiSource for ArrayRois<'_, F, L, I> {
    type Coordinate = F;

    fn len(&self) -> usize {
        self.boxes.nrows()
    }

    fn bbox(&self, index: u32) -> Option<BBox<F>> {
        let corner = |column| self.boxes.get((index as usize, column)).copied();
        Some(BBox::new(corner(0)?, corner(1)?, corner(2)?, corner(3)?))
    }

    fn membership(&self, index: u32) -> Membership {
        let is_ignored = |number| Match::object(number).is_ignored();
        match (number(&self.images, index), number(&self.labels, index)) {
            (Some(image), _) if is_ignored(image) => Membership::Ignored,
            (_, Some(label)) if is_ignored(label) => Membership::Ignored,
            (Some(image), Some(label)) => Membership::Member(Group { image, label }),
            _ if self.invalid == InvalidKey::Ignore => Membership::Ignored,
            _ => Membership::Invalid,
        }
    }

    fn invalid_key(&self, index: u32) -> OutOfRange {
        let (what, value) = match number(&self.images, index) {
            None => ("image id", nearest(&self.images, index)),
            Some(_) => ("label", nearest(&self.labels, index)),
        };
        OutOfRange { what, position: index as usize, value, limit: u32::MAX as usize }
    }
}

/// The key of a RoI; 0 if all share one, `None` if it is invalid.
fn number<K: Key>(keys: &Option<ArrayView1<'_, K>>, index: u32) -> Option<u32> {
    key(keys, index).map_or(Some(0), Key::to_number)
}

/// The key of a RoI as the nearest `i64`.
fn nearest<K: Key>(keys: &Option<ArrayView1<'_, K>>, index: u32) -> i64 {
    key(keys, index).map_or(0, Key::to_nearest)
}

fn key<K: Key>(keys: &Option<ArrayView1<'_, K>>, index: u32) -> Option<K> {
    keys.as_ref()?.get(index as usize).copied()
}

fn check_length(what: &'static str, expected: usize, actual: usize) -> Result<(), LengthMismatch> {
    if actual == expected { Ok(()) } else { Err(LengthMismatch { what, expected, actual }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, Array2, array};

    #[test]
    fn there_are_four_columns_and_a_key_for_each_roi() {
        let mismatch = |what, expected, actual| Some(LengthMismatch { what, expected, actual }.into());
        let boxes = Array2::<f64>::zeros((2, 4));
        let rois = ArrayRois::new(boxes.view()).unwrap();
        assert_eq!((rois.len(), rois.is_empty()), (2, false));
        assert_eq!(ArrayRois::new(boxes.t()).err(), mismatch("columns of boxes", 4, 2));
        let three = Array1::<i64>::zeros(3);
        assert_eq!(rois.with_labels(three.view()).err(), mismatch("labels", 2, 3));
        assert_eq!(rois.with_images(three.view()).err(), mismatch("image ids", 2, 3));
    }

    #[test]
    fn keys_mean_what_they_mean_in_slices() {
        let boxes = Array2::<f32>::zeros((6, 4));
        let labels = array![0, 7, -1, 5, i64::from(u32::MAX), 1 << 40];
        let images = array![0.0, 1.0, 2.0, 0.5, 4.0, 5.0];
        let rows = [BBox::new(0.0_f32, 0.0, 0.0, 0.0); 6];
        let slices = Rois::from_boxes(&rows[..]).unwrap();
        let slices = slices.with_labels(labels.as_slice().unwrap()).unwrap();
        let slices = slices.with_images(images.as_slice().unwrap()).unwrap();
        let arrays = ArrayRois::new(boxes.view()).unwrap();
        let arrays = arrays.with_labels(labels.view()).unwrap().with_images(images.view()).unwrap();
        for invalid in [InvalidKey::Error, InvalidKey::Ignore] {
            let (slices, arrays) = (slices.invalid_keys(invalid), arrays.invalid_keys(invalid));
            for roi in 0..6 {
                assert_eq!(arrays.membership(roi), slices.membership(roi));
                assert_eq!(arrays.invalid_key(roi), slices.invalid_key(roi));
                assert_eq!(arrays.bbox(roi), slices.bbox(roi));
            }
        }
        assert_eq!(arrays.bbox(6), None);
    }
}
