//! SSD: hard negatives by a ratio to the positives, or the hardest of all anchors.

use crate::error::{LengthMismatch, MineError};
use crate::mine::{Decision, MiningRule, mine_by};
use crate::rules::{Ignored, count, match_of, quota};
use crate::simd::{Portable, Simd};
use crate::storage::Storage;
use crate::{BBox, Convention, Float, Match, MineConfig, NanPolicy, NmsConfig, RankKey, Rois, Selection};

/// Caffe-SSD's boxes are normalised to the image.
const CONVENTION: Convention = Convention::Continuous;

/// NMS among the anchors that compete, as Caffe's `ApplyNMS` does it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct SsdNms {
    /// IoU above which a harder anchor suppresses.
    pub iou_threshold: f64,
    /// Largest number of anchors that are visited, hardest first.
    pub top_k: usize,
    /// Least area of a box that can be selected; 1e-5 in the original.
    pub min_area: f64,
}

impl SsdNms {
    /// NMS over all anchors that compete, however small.
    pub const fn new(iou_threshold: f64) -> Self {
        Self { iou_threshold, top_k: usize::MAX, min_area: 0.0 }
    }

    /// Sets the largest number of anchors that are visited.
    pub const fn top_k(self, top_k: usize) -> Self {
        Self { top_k, ..self }
    }

    /// Sets the least area of a box that can be selected.
    pub const fn min_area(self, min_area: f64) -> Self {
        Self { min_area, ..self }
    }
}

/// How SSD mines.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct SsdConfig {
    /// Number of negatives mined for each positive ([`negatives`]).
    pub neg_pos_ratio: f64,
    /// Overlap with ground truth below which a negative competes ([`negatives`]).
    pub neg_overlap: f64,
    /// Least number of negatives mined, so that an image without positives is not wasted; 0 in the original
    /// ([`negatives`]).
    pub min_negatives: usize,
    /// Number of anchors mined ([`hard_examples`]).
    pub sample_size: usize,
    /// How ignored anchors are handled ([`hard_examples`]).
    pub ignored: Ignored,
    /// NMS among the anchors that compete.
    pub nms: Option<SsdNms>,
    /// How a NaN loss is handled.
    pub nan: NanPolicy,
}

impl SsdConfig {
    /// The original's defaults: three negatives a positive, of overlaps below 0.5; 64 examples; no NMS.
    pub const fn new() -> Self {
        Self {
            neg_pos_ratio: 3.0,
            neg_overlap: 0.5,
            min_negatives: 0,
            sample_size: 64,
            ignored: Ignored::Excluded,
            nms: None,
            nan: NanPolicy::Error,
        }
    }

    /// Sets the number of negatives mined for each positive.
    pub const fn neg_pos_ratio(self, neg_pos_ratio: f64) -> Self {
        Self { neg_pos_ratio, ..self }
    }

    /// Sets the overlap below which a negative competes.
    pub const fn neg_overlap(self, neg_overlap: f64) -> Self {
        Self { neg_overlap, ..self }
    }

    /// Sets the least number of negatives mined.
    pub const fn min_negatives(self, min_negatives: usize) -> Self {
        Self { min_negatives, ..self }
    }

    /// Sets the number of anchors mined.
    pub const fn sample_size(self, sample_size: usize) -> Self {
        Self { sample_size, ..self }
    }

    /// Chooses how ignored anchors are handled.
    pub const fn ignored(self, ignored: Ignored) -> Self {
        Self { ignored, ..self }
    }

    /// Suppresses among the anchors that compete.
    pub const fn nms(self, nms: SsdNms) -> Self {
        Self { nms: Some(nms), ..self }
    }

    /// Chooses how a NaN loss is handled.
    pub const fn nan(self, nan: NanPolicy) -> Self {
        Self { nan, ..self }
    }
}

impl Default for SsdConfig {
    fn default() -> Self {
        Self::new()
    }
}

/// One image's anchors: how hard they are, and what they were matched to.
#[derive(Clone, Copy, Debug)]
pub struct Anchors<'a, F, H> {
    /// What NMS compares; may be empty without NMS.
    pub boxes: &'a [BBox<F>],
    /// The loss of each anchor: of its class for [`negatives`], of class and location for [`hard_examples`].
    pub losses: &'a [H],
    /// What each was matched to.
    pub matches: &'a [Match],
}

/// SSD's rule: of the anchors that compete, the `top_k` hardest are visited, and those large enough considered.
struct Compete<'a, F, C> {
    competes: C,
    boxes: &'a [BBox<F>],
    min_area: f64,
    /// Number of anchors that may still be visited.
    remaining: usize,
}

impl<F: Float, C: Fn(u32) -> bool> MiningRule for Compete<'_, F, C> {
    #[inline(always)]
    fn consider(&mut self, index: u32) -> Decision {
        if !(self.competes)(index) {
            return Decision::Ignore;
        }
        self.remaining = self.remaining.saturating_sub(1);
        let area =
            |bbox: &BBox<F>| if bbox.is_box(CONVENTION) { bbox.area(CONVENTION).to_f64() } else { 0.0 };
        let too_small = self.boxes.get(index as usize).is_some_and(|bbox| area(bbox) < self.min_area);
        if too_small { Decision::Reject } else { Decision::Consider }
    }

    #[inline(always)]
    fn is_full(&self) -> bool {
        self.remaining == 0
    }
}

impl<F: Float, H: RankKey> Anchors<'_, F, H> {
    /// Mines the anchors that `competes` lets take part.
    fn mine<'m, T: Storage<Coordinate = F, Key = H>, S: Simd>(
        &self,
        simd: S,
        batch_size: usize,
        config: &SsdConfig,
        storage: &'m mut T,
        competes: impl Fn(u32) -> bool,
    ) -> Result<Selection<&'m [u32]>, MineError> {
        let mining = MineConfig::new(batch_size).without_nms().nan(config.nan);
        match config.nms {
            Some(nms) => {
                LengthMismatch::check("boxes", self.losses.len(), self.boxes.len())?;
                let mining = mining.nms(NmsConfig::new(nms.iou_threshold).convention(CONVENTION));
                let SsdNms { top_k: remaining, min_area, .. } = nms;
                let mut rule = Compete { competes, boxes: self.boxes, min_area, remaining };
                mine_by(simd, &Rois::one_group(self.boxes)?, self.losses, &mining, &mut rule, storage)
            }
            None => {
                let mut rule = |index| if competes(index) { Decision::Consider } else { Decision::Ignore };
                let rois = Rois::without_boxes(self.losses.len())?;
                mine_by(simd, &rois, self.losses, &mining, &mut rule, storage)
            }
        }
    }
}

/// Mines the hard negatives of one image, in a ratio to its positives; hardest first.
///
/// All positives train, too; they are not among those returned, so none counts twice. A negative competes if
/// its overlap with ground truth is below `neg_overlap`. The storage must hold the negatives mined. O(n), and
/// O(n log n) at worst if the storage's buffer of candidates grows.
///
/// Source: Caffe-SSD's `MineHardExamples` with `MAX_NEGATIVE`. It differs in ties (its sort leaves them
/// open) and in the order of the result (ascending there).
///
/// # Errors
///
/// If the slices differ in length, a loss is NaN under [`NanPolicy::Error`], or the storage is too small.
///
/// # Examples
///
/// ```
/// use ohem_core::{ArrayStorage, Match, rules::ssd};
///
/// let losses = [0.2_f32, 3.0, 5.0, 9.0, 1.0, 2.0, 4.0, 0.5];
/// let matches = [0, -1, -1, -2, -1, 1, -1, -1].map(Match::from_signed);
/// let overlaps = [0.8_f32, 0.1, 0.6, 0.0, 0.49, 0.7, 0.5, 0.2];
/// let anchors = ssd::Anchors { boxes: &[], losses: &losses, matches: &matches };
/// let mut storage = ArrayStorage::<f32, 8>::new();
/// let hard = ssd::negatives(&anchors, &overlaps, &ssd::SsdConfig::new(), &mut storage)?;
/// assert_eq!(hard.indices(), [1, 4, 7]);
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub fn negatives<'m, T: Storage<Coordinate: Float>>(
    anchors: &Anchors<'_, T::Coordinate, T::Key>,
    overlaps: &[T::Coordinate],
    config: &SsdConfig,
    storage: &'m mut T,
) -> Result<Selection<&'m [u32]>, MineError> {
    on::negatives(Portable, anchors, overlaps, config, storage)
}

/// Mines the hardest anchors of one image, positive or not; hardest first.
///
/// Those returned train, and no others: positives that were not mined are dropped. The storage must hold
/// `sample_size`, or all anchors. O(n), and O(n log n) at worst if the storage's buffer of candidates grows.
///
/// Source: Caffe-SSD's `MineHardExamples` with `HARD_EXAMPLE`. It differs by default in that ignored anchors
/// take no part: there, they use up the budget and then vanish ([`Ignored::Compete`]).
///
/// # Errors
///
/// If the slices differ in length, a loss is NaN under [`NanPolicy::Error`], or the storage is too small.
///
/// # Examples
///
/// ```
/// use ohem_core::{ArrayStorage, Match, rules::ssd};
///
/// let (losses, matches) = ([1.0_f32, 3.0, 9.0, 2.0], [0, -1, -2, -1].map(Match::from_signed));
/// let anchors = ssd::Anchors { boxes: &[], losses: &losses, matches: &matches };
/// let mut storage = ArrayStorage::<f32, 8>::new();
/// let hard = ssd::hard_examples(&anchors, &ssd::SsdConfig::new().sample_size(2), &mut storage)?;
/// assert_eq!(hard.indices(), [1, 3]);
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub fn hard_examples<'m, T: Storage<Coordinate: Float>>(
    anchors: &Anchors<'_, T::Coordinate, T::Key>,
    config: &SsdConfig,
    storage: &'m mut T,
) -> Result<Selection<&'m [u32]>, MineError> {
    on::hard_examples(Portable, anchors, config, storage)
}

/// The same on a chosen instruction set, for [`kernel::rules::ssd`](crate::kernel::rules::ssd).
pub(crate) mod on {
    use super::*;

    /// As [`negatives`](super::negatives), on a chosen instruction set.
    pub fn negatives<'m, T: Storage<Coordinate: Float>, S: Simd>(
        simd: S,
        anchors: &Anchors<'_, T::Coordinate, T::Key>,
        overlaps: &[T::Coordinate],
        config: &SsdConfig,
        storage: &'m mut T,
    ) -> Result<Selection<&'m [u32]>, MineError> {
        let &Anchors { losses, matches, .. } = anchors;
        LengthMismatch::check("matches", losses.len(), matches.len())?;
        LengthMismatch::check("overlaps", losses.len(), overlaps.len())?;
        let neg_overlap = Float::from_f64(config.neg_overlap);
        let competes = |index| {
            match_of(matches, index).is_background()
                && overlaps.get(index as usize).is_some_and(|&overlap| overlap < neg_overlap)
        };
        let max = quota(config.neg_pos_ratio, count(matches, Match::is_object)).max(config.min_negatives);
        let competing = (0..=u32::MAX).zip(losses).filter(|&(index, _)| competes(index)).count();
        anchors.mine(simd, max.min(competing), config, storage, competes)
    }

    /// As [`hard_examples`](super::hard_examples), on a chosen instruction set.
    pub fn hard_examples<'m, T: Storage<Coordinate: Float>, S: Simd>(
        simd: S,
        anchors: &Anchors<'_, T::Coordinate, T::Key>,
        config: &SsdConfig,
        storage: &'m mut T,
    ) -> Result<Selection<&'m [u32]>, MineError> {
        let &Anchors { losses, matches, .. } = anchors;
        LengthMismatch::check("matches", losses.len(), matches.len())?;
        let competes = |index| config.ignored == Ignored::Compete || !match_of(matches, index).is_ignored();
        anchors.mine(simd, config.sample_size.min(losses.len()), config, storage, competes)
    }
}
