//! Regions of interest as parallel slices, their lengths checked once.

use core::fmt;

use crate::BBox;

/// RoIs suppress each other only within a group: an image and a label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group {
    /// Which image of the batch.
    pub image: u32,
    /// Which class; the reference calls 0 the background.
    pub label: u32,
}

/// Regions of interest: boxes, and the group of each.
///
/// ```
/// use ohem_core::{BBox, Rois, RoisError};
///
/// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 2];
/// assert_eq!(Rois::new(&boxes, &[0, 0], &[1, 2])?.len(), 2);
/// assert_eq!(Rois::new(&boxes, &[0, 0], &[1]).unwrap_err(), RoisError::Labels { boxes: 2, labels: 1 });
/// # Ok::<(), RoisError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Rois<'a, F> {
    len: usize,
    boxes: &'a [BBox<F>],
    images: Option<&'a [u32]>,
    labels: Option<&'a [u32]>,
}

impl<'a, F> Rois<'a, F> {
    /// RoIs grouped by image and label, as the reference does.
    ///
    /// # Errors
    ///
    /// If the slices differ in length, or there are more RoIs than a `u32` can number.
    pub fn new(boxes: &'a [BBox<F>], images: &'a [u32], labels: &'a [u32]) -> Result<Self, RoisError> {
        if images.len() != boxes.len() {
            return Err(RoisError::Images { boxes: boxes.len(), images: images.len() });
        }
        Ok(Self { images: Some(images), ..Self::by_label(boxes, labels)? })
    }

    /// RoIs of one image grouped by label, or by any other key.
    ///
    /// # Errors
    ///
    /// If the slices differ in length, or there are more RoIs than a `u32` can number.
    pub fn by_label(boxes: &'a [BBox<F>], labels: &'a [u32]) -> Result<Self, RoisError> {
        if labels.len() != boxes.len() {
            return Err(RoisError::Labels { boxes: boxes.len(), labels: labels.len() });
        }
        Ok(Self { labels: Some(labels), ..Self::one_group(boxes)? })
    }

    /// RoIs that all suppress each other.
    ///
    /// # Errors
    ///
    /// If there are more RoIs than a `u32` can number.
    pub fn one_group(boxes: &'a [BBox<F>]) -> Result<Self, RoisError> {
        if u32::try_from(boxes.len()).is_err() {
            return Err(RoisError::TooMany { boxes: boxes.len() });
        }
        Ok(Self { boxes, ..Self::boxless(boxes.len()) })
    }

    /// RoIs whose boxes do not matter, because nothing is suppressed.
    pub(crate) const fn boxless(len: usize) -> Self {
        Self { len, boxes: &[], images: None, labels: None }
    }

    /// How many RoIs there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The boxes.
    pub const fn boxes(&self) -> &'a [BBox<F>] {
        self.boxes
    }

    /// The group of a RoI; the same for all that do not exist.
    #[inline(always)]
    pub fn group(&self, index: u32) -> Group {
        let key = |keys: Option<&[u32]>| keys.and_then(|keys| keys.get(index as usize)).copied().unwrap_or(0);
        Group { image: key(self.images), label: key(self.labels) }
    }
}

/// Why a set of RoIs was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RoisError {
    /// There are not as many images as boxes.
    Images {
        /// How many boxes there are.
        boxes: usize,
        /// How many images there are.
        images: usize,
    },
    /// There are not as many labels as boxes.
    Labels {
        /// How many boxes there are.
        boxes: usize,
        /// How many labels there are.
        labels: usize,
    },
    /// There are more boxes than a `u32` can number.
    TooMany {
        /// How many boxes there are.
        boxes: usize,
    },
}

impl fmt::Display for RoisError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Images { boxes, images } => write!(f, "{boxes} boxes, but {images} images"),
            Self::Labels { boxes, labels } => write!(f, "{boxes} boxes, but {labels} labels"),
            Self::TooMany { boxes } => write!(f, "{boxes} boxes, more than a u32 can number"),
        }
    }
}

impl core::error::Error for RoisError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rois_are_as_many_as_there_are_boxes() {
        let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 2];
        for len in [0, 1, 2] {
            let rois = Rois::one_group(&boxes[..len]).unwrap();
            assert_eq!((rois.len(), rois.is_empty(), rois.boxes().len()), (len, len == 0, len));
        }
        assert_eq!(Rois::new(&boxes, &[0], &[1, 2]).unwrap_err(), RoisError::Images { boxes: 2, images: 1 });
        assert_eq!(Rois::by_label(&boxes, &[1]).unwrap_err(), RoisError::Labels { boxes: 2, labels: 1 });
    }

    #[test]
    fn a_group_is_an_image_and_a_label() {
        let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 2];
        let groups =
            |rois: Rois<'_, f64>| [0, 1, 2].map(|index| (rois.group(index).image, rois.group(index).label));
        assert_eq!(groups(Rois::new(&boxes, &[5, 6], &[1, 2]).unwrap()), [(5, 1), (6, 2), (0, 0)]);
        assert_eq!(groups(Rois::by_label(&boxes, &[1, 2]).unwrap()), [(0, 1), (0, 2), (0, 0)]);
        assert_eq!(groups(Rois::one_group(&boxes).unwrap()), [(0, 0); 3]);
    }
}
