//! The mining rules of other frameworks, each a preset over the same machinery.
//!
//! | rule | ranked over | admitted | stops at |
//! |---|---|---|---|
//! | [`mine`](crate::mine::mine()) | the batch | what no harder one of its (image, label) overlaps | `B` |
//! | [`per_image`](per_image()) (R-FCN) | the batch | while its image's quota is not full | all quotas full |
//! | [`tensorflow`](tensorflow()) | an image | what no harder one overlaps, then negatives by a ratio | `num_hard` |
//! | [`ssd::negatives`] | an image | negatives below an overlap | a ratio of the positives |
//! | [`ssd::hard_examples`] | an image | all | `sample_size` |
//! | [`mmdet`](mmdet()) | an image's positives, its negatives | all of each | a quota each |
//! | [`pool`](pool()) (MONAI) | an image's negatives | at random out of the hardest | a ratio of the positives |
//! | [`segmentation`] | pixels | harder than a threshold, or among the hardest `min_kept` | both false |
//!
//! Rules of an image take one image's RoIs; call them once for each.
//!
//! Where a framework's own code is wrong, the default here is right, and its behaviour is a choice by its
//! name. Ties are broken here as everywhere: the lower index first.
//!
//! # Matches
//!
//! Anchors come matched to ground truth as in TensorFlow and Caffe: `match >= 0` names a ground-truth box (a
//! positive), `-1` is a negative, anything less is ignored.

use core::fmt;

use crate::mine::{Decision, Memory, Rule, mine_by};
use crate::rank::{CandidateBuffer, RankError};
use crate::simd::Simd;
use crate::{MineConfig, MineError, NanPolicy, RankKey, Rois, RoisError};

pub mod mmdet;
pub mod per_image;
pub mod pool;
pub mod segmentation;
pub mod ssd;
pub mod tensorflow;

pub use mmdet::{MmdetConfig, mmdet};
pub use per_image::per_image;
pub use pool::{PoolConfig, pool};
pub use tensorflow::{TensorflowConfig, tensorflow};

/// What is done with anchors that the matching ignored (`match < -1`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ignored {
    /// They take no part.
    #[default]
    Excluded,
    /// They compete like any other, as in the original, where they use up the budget.
    Compete,
}

/// What an anchor was matched to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Matched {
    Positive,
    Negative,
    Ignored,
}

impl Matched {
    /// Reads the match of an anchor; one that does not exist is ignored.
    #[inline(always)]
    fn of(matches: &[i32], index: u32) -> Self {
        match matches.get(index as usize) {
            Some(0..) => Self::Positive,
            Some(-1) => Self::Negative,
            _ => Self::Ignored,
        }
    }

    /// How many anchors were matched so.
    fn count(self, matches: &[i32]) -> usize {
        (0..=u32::MAX).zip(matches).filter(|&(index, _)| Self::of(matches, index) == self).count()
    }
}

/// RoIs of an image of which positives and negatives are mined apart.
struct Matches<'a, H> {
    losses: &'a [H],
    matches: &'a [i32],
    nan: NanPolicy,
}

impl<H: RankKey> Matches<'_, H> {
    /// Selects the hardest of those matched so, up to a number; returns how many.
    fn hardest<W: CandidateBuffer<H>, S: Simd>(
        &self,
        simd: S,
        wanted: Matched,
        most: usize,
        window: W,
        selected: &mut [u32],
    ) -> Result<usize, MineError> {
        let turn = |index| {
            if Matched::of(self.matches, index) == wanted { Decision::Consider } else { Decision::Ignore }
        };
        let most = most.min(wanted.count(self.matches));
        let config = MineConfig::new(most).without_nms().nan(self.nan);
        let memory = Memory::<f32, _>::without_nms(window, selected);
        let (rois, rule) = (Rois::boxless(self.losses.len()), Rule { max_visited: usize::MAX, turn });
        mine_by(simd, &rois, self.losses, &config, memory, rule).map(|hard| hard.len())
    }
}

/// As many negatives as the ratio to some positives allows, multiplied in `f32` as the originals do.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the originals compute in f32"
)]
fn quota(ratio: f64, positives: usize) -> usize {
    whole(f64::from(ratio as f32 * positives as f32))
}

/// Drops the fraction; 0 for what is negative or NaN.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast that saturates is meant")]
fn whole(number: f64) -> usize {
    number as usize
}

/// Why a rule could not be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuleError {
    /// There are not as many matches, overlaps, images or the like as losses.
    Column {
        /// What there are not enough or too many of.
        name: &'static str,
        /// How many of those there are.
        values: usize,
        /// How many losses there are.
        losses: usize,
    },
    /// An image has no quota: its number is too high.
    Image {
        /// Which RoI is of that image.
        index: usize,
        /// The image.
        image: u32,
        /// How many images there is memory for.
        images: usize,
    },
    /// There are too many boxes.
    Rois(RoisError),
    /// The losses could not be mined.
    Mine(MineError),
}

impl RuleError {
    /// Checks the length of a column.
    fn check(name: &'static str, values: usize, losses: usize) -> Result<(), Self> {
        if values == losses { Ok(()) } else { Err(Self::Column { name, values, losses }) }
    }
}

impl From<MineError> for RuleError {
    fn from(error: MineError) -> Self {
        Self::Mine(error)
    }
}

impl From<RankError> for RuleError {
    fn from(error: RankError) -> Self {
        Self::Mine(error.into())
    }
}

impl From<RoisError> for RuleError {
    fn from(error: RoisError) -> Self {
        Self::Rois(error)
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column { name, values, losses } => write!(f, "{losses} losses, but {values} {name}"),
            Self::Image { index, image, images } => {
                write!(f, "RoI {index} is of image {image}, but there is memory for {images} images")
            }
            Self::Rois(error) => error.fmt(f),
            Self::Mine(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for RuleError {}
