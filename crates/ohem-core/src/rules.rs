//! The mining rules of other frameworks, each named after where it comes from, all over one engine.
//!
//! | rule | ranked over | selected | stops at |
//! |---|---|---|---|
//! | [`mine`](crate::mine()) | the batch | a RoI that no harder one of its (image, label) overlaps | `B` |
//! | [`rfcn`](rfcn()) | the batch | a RoI whose image's quota is not full | all quotas full |
//! | [`PerImage`] with NMS | the batch | the same, if no harder one of its group overlaps it | all quotas full |
//! | [`tensorflow`](tensorflow()) | an image | an anchor that no harder one overlaps, then negatives by a ratio | `num_hard` |
//! | [`ssd::negatives`] | an image | negatives below an overlap | a ratio of the positives |
//! | [`ssd::hard_examples`] | an image | every anchor | `sample_size` |
//! | [`mmdet`](mmdet()) | an image's positives, its negatives | every RoI of each | a quota each |
//! | [`libra`](libra()) | an image's negatives | evenly from bins of overlap, at random or hardest | a quota |
//! | [`pisa`](pisa()) | an image's negatives | by rank within their cluster, then by score; with weights | a quota |
//! | [`monai`](monai()) | an image's negatives | at random from the hardest | a ratio of the positives |
//! | [`segmentation`] | pixels | harder than a threshold, or among the hardest `min_kept` | neither holds |
//!
//! Rules of an image take one image's RoIs; call them once for each. They work in any
//! [`Storage`](crate::Storage), which they can share with each other from step to step.
//!
//! In a storage that does not grow, a rule scans the losses as often as [`rank::hardest_first`](crate::rank::hardest_first)
//! states: once if the window is large enough.
//!
//! If a framework's own code is wrong, the default here is right, and the framework's behaviour is a choice by
//! name. Ties are broken as everywhere in this crate: the lower index first.
//!
//! Anchors come matched to ground truth: a [`Match`] is an object (a positive), background (a negative), or
//! ignored. [`Match::from_signed`] reads the numbers that TensorFlow, Caffe and torchvision use.

use crate::error::MineError;
use crate::mine::{Decision, visit};
use crate::rank::CandidateBuffer;
use crate::rois::NoBoxes;
use crate::simd::Simd;
use crate::storage::Lent;
use crate::{Match, MineConfig, NanPolicy, RankKey, Rois};

pub(crate) mod libra;
pub(crate) mod mmdet;
pub(crate) mod monai;
pub(crate) mod pisa;
pub(crate) mod rfcn;
mod sampler;
pub mod segmentation;
pub mod ssd;
pub(crate) mod tensorflow;

pub use libra::{LibraConfig, Pick, libra};
pub use mmdet::{MmdetConfig, mmdet};
pub use monai::{MonaiConfig, monai};
pub use pisa::{PisaConfig, ScoredRois, pisa};
pub use rfcn::{PerImage, rfcn};
pub use tensorflow::{TensorflowConfig, tensorflow, weighted_sum};

/// How ignored anchors are handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Ignored {
    /// They take no part.
    #[default]
    Excluded,
    /// They compete like any other, as in the original framework, and use up its budget.
    Compete,
}

/// Number of matches that are such.
fn count(matches: &[Match], is_such: impl Fn(Match) -> bool) -> usize {
    matches.iter().filter(|&&of| is_such(of)).count()
}

/// The match of an anchor; ignored if it does not exist.
#[inline(always)]
fn match_of(matches: &[Match], index: u32) -> Match {
    matches.get(index as usize).copied().unwrap_or(Match::IGNORED)
}

/// Anchors of an image of which positives and negatives are mined apart.
struct MatchedLosses<'a, H> {
    losses: &'a [H],
    matches: &'a [Match],
    nan: NanPolicy,
}

impl<H: RankKey> MatchedLosses<'_, H> {
    /// Selects the hardest anchors whose match is such, at most `max`; returns their number.
    fn hardest<C: CandidateBuffer<H>, S: Simd>(
        &self,
        simd: S,
        is_such: impl Fn(Match) -> bool + Copy,
        max: usize,
        candidates: C,
        selected: &mut [u32],
    ) -> Result<usize, MineError> {
        let mut rule = |index| {
            if is_such(match_of(self.matches, index)) { Decision::Consider } else { Decision::Ignore }
        };
        let batch_size = max.min(count(self.matches, is_such));
        let config = MineConfig::new(batch_size).without_nms().nan(self.nan);
        config.check(selected.len())?;
        let rois = Rois::from_boxes(NoBoxes::<f32>::new(self.losses.len()))?;
        let lent = Lent { candidates, columns: &mut [], index: (), selected };
        visit(simd, &rois, self.losses, config.resolve(), &mut rule, lent).map(|hard| hard.len())
    }
}

/// Number of negatives that the ratio to the positives allows, multiplied in `f32` as the originals do.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the originals compute in f32"
)]
fn quota(ratio: f64, positives: usize) -> usize {
    whole(f64::from(ratio as f32 * positives as f32))
}

/// Drops the fraction; 0 for a number that is negative or NaN.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast that saturates is meant")]
fn whole(number: f64) -> usize {
    number as usize
}
