//! R-FCN: a budget for each image.

use crate::error::{InputError, LengthMismatch, MineError, OutOfRange};
use crate::key::Key;
use crate::mine::{Decision, MiningRule, mine_by};
use crate::simd::{Portable, Simd};
use crate::storage::Storage;
use crate::{MineConfig, NanPolicy, Rois, Selection};

/// A budget for each image: a RoI is considered while fewer than `quota` of its image are selected.
///
/// [`rfcn`](rfcn()) mines by it without suppression. With a [`Miner`](crate::Miner) that suppresses, it is a
/// budget per image with NMS: suppressed RoIs leave the budget to the next hardest ones.
///
/// ```
/// use ohem_core::{BBox, MineConfig, Miner, NmsConfig, Rois, rules::PerImage};
///
/// let rows = [[0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 9.0, 8.0], [50.0, 50.0, 59.0, 59.0], [0.0, 0.0, 9.0, 9.0]];
/// let (images, losses) = ([0, 0, 0, 1], [0.9, 0.8, 0.5, 0.1]);
/// let rois = Rois::new(BBox::from_rows(&rows), &images, &[0; 4])?;
/// let mut miner = Miner::<f32, 4>::new(MineConfig::new(4).nms(NmsConfig::new(0.7)))?;
/// let mut selected_of = [0; 2];
/// let hard = miner.mine_by(&rois, &losses, &mut PerImage::new(&images, 2, &mut selected_of)?)?;
/// assert_eq!(hard.indices(), [0, 2, 3]); // RoI 1 overlaps RoI 0, so that RoI 2 is the second of image 0
/// assert_eq!(selected_of, [2, 1]);
/// # Ok::<(), ohem_core::MineError>(())
/// ```
#[derive(Debug)]
pub struct PerImage<'a, K> {
    images: &'a [K],
    quota: usize,
    /// Number of RoIs selected of each image.
    selected_of: &'a mut [usize],
    /// Number of RoIs that can still be selected, if nothing is suppressed.
    remaining: usize,
}

impl<'a, K: Key> PerImage<'a, K> {
    /// Selects at most `quota` RoIs of each image. O(n).
    ///
    /// `images` numbers the image of each RoI from 0; `selected_of` has an element for each image, in which the
    /// number of RoIs selected of it is counted.
    ///
    /// # Errors
    ///
    /// If an image has no element in `selected_of`.
    pub fn new(images: &'a [K], quota: usize, selected_of: &'a mut [usize]) -> Result<Self, InputError> {
        selected_of.fill(0);
        let limit = selected_of.len();
        for (position, &image) in images.iter().enumerate() {
            let out_of_range = OutOfRange { what: "image id", position, value: image.to_nearest(), limit };
            let count = image.to_number().and_then(|image| selected_of.get_mut(image as usize));
            let count = count.ok_or(out_of_range)?;
            *count = quota.min(*count + 1);
        }
        let remaining = selected_of.iter().sum();
        selected_of.fill(0);
        Ok(Self { images, quota, selected_of, remaining })
    }

    /// Number of RoIs that are selected if nothing is suppressed.
    pub fn batch_size(&self) -> usize {
        self.remaining
    }

    /// Number of RoIs selected of a RoI's image.
    #[inline(always)]
    fn selected_with(&mut self, roi: u32) -> Option<&mut usize> {
        let image = self.images.get(roi as usize)?.to_number()?;
        self.selected_of.get_mut(image as usize)
    }
}

impl<K: Key> MiningRule for PerImage<'_, K> {
    #[inline(always)]
    fn consider(&mut self, roi: u32) -> Decision {
        let quota = self.quota;
        match self.selected_with(roi) {
            Some(selected) if *selected < quota => Decision::Consider,
            _ => Decision::Reject,
        }
    }

    #[inline(always)]
    fn selected(&mut self, roi: u32) {
        if let Some(selected) = self.selected_with(roi) {
            *selected += 1;
        }
        self.remaining = self.remaining.saturating_sub(1);
    }

    #[inline(always)]
    fn is_full(&self) -> bool {
        self.remaining == 0
    }

    #[inline(always)]
    fn is_pure(&self) -> bool {
        true
    }
}

/// Mines the hardest `quota` RoIs of each image, without NMS; hardest first over all images.
///
/// `images` numbers the image of each RoI from 0; `selected_of` has an element for each image, and holds the
/// number of RoIs selected of it in the end. The storage must hold the quotas of all images. O(n), and
/// O(n log n) at worst if the storage's buffer of candidates grows; see [`Miner::mine`](crate::Miner::mine) for
/// a fixed one.
///
/// Source: R-FCN's `BoxAnnotatorOHEM`, whose dense labels and weights are [`gather::dense`] and
/// [`Selection::weights`] of the selection. It differs in ties (its sort leaves them open), and takes a policy
/// for NaN.
///
/// [`gather::dense`]: crate::gather::dense
///
/// # Errors
///
/// If there is not an image for each loss, an image has no element in `selected_of`, a loss is NaN under
/// [`NanPolicy::Error`], or the storage is too small.
///
/// # Examples
///
/// ```
/// use ohem_core::{ArrayStorage, NanPolicy, gather, rules};
///
/// let (losses, images) = ([0.5_f32, 0.9, 0.3, 0.8, 0.7, 0.1], [0, 0, 0, 1, 1, 0]);
/// let (mut storage, mut selected_of) = (ArrayStorage::<f32, 4>::new(), [0; 2]);
/// let hard = rules::rfcn(&images, &losses, 2, NanPolicy::Error, &mut selected_of, &mut storage)?;
/// assert_eq!(hard.indices(), [1, 3, 4, 0]);
///
/// let mut labels = [0; 6];
/// gather::dense(hard.indices(), &[1, 2, 0, 3, 0, 0], 1, -1, &mut labels)?;
/// assert_eq!(labels, [1, 2, -1, 3, 0, -1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn rfcn<'m, T: Storage, K: Key>(
    images: &[K],
    losses: &[T::Key],
    quota: usize,
    nan: NanPolicy,
    selected_of: &mut [usize],
    storage: &'m mut T,
) -> Result<Selection<&'m [u32]>, MineError> {
    rfcn_on(Portable, images, losses, quota, nan, selected_of, storage)
}

/// As [`rfcn`](rfcn()), on a chosen instruction set.
pub fn rfcn_on<'m, T: Storage, K: Key, S: Simd>(
    simd: S,
    images: &[K],
    losses: &[T::Key],
    quota: usize,
    nan: NanPolicy,
    selected_of: &mut [usize],
    storage: &'m mut T,
) -> Result<Selection<&'m [u32]>, MineError> {
    LengthMismatch::check("image ids", losses.len(), images.len())?;
    let mut rule = PerImage::new(images, quota, selected_of)?;
    let config = MineConfig::new(rule.batch_size()).without_nms().nan(nan);
    mine_by(simd, &Rois::without_boxes(losses.len())?, losses, &config, &mut rule, storage)
}
