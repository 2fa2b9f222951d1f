//! The rules of mining.

use core::fmt::Write;

use ohem_std::rules::{Ignored, MmdetConfig, SsdConfig, TensorflowConfig};
use ohem_std::{Convention, MineConfig, NanPolicy, Suppress};

use crate::figures::count;

/// A rule of mining, with its options.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Rule {
    /// The hardest of all images together, with or without suppression.
    Batch(MineConfig),
    /// The hardest of each image.
    Rfcn {
        /// How many of each image.
        quota: usize,
        /// What is done with a loss that is NaN.
        nan: NanPolicy,
    },
    /// NMS over each image, then negatives by a ratio.
    Tensorflow(TensorflowConfig),
    /// All positives of each image, and negatives by a ratio.
    Ssd(SsdConfig),
    /// A quota of positives and one of negatives of each image.
    Mmdet(MmdetConfig),
}

impl Rule {
    /// Its name on the command line.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Batch(config) if config.nms_threshold.is_none() => "no-nms",
            Self::Batch(_) => "fast-rcnn",
            Self::Rfcn { .. } => "rfcn",
            Self::Tensorflow(_) => "tensorflow",
            Self::Ssd(_) => "ssd",
            Self::Mmdet(_) => "mmdet",
        }
    }

    /// What is done with a loss that is NaN.
    pub(crate) fn nan(&self) -> NanPolicy {
        match self {
            Self::Batch(config) => config.nan,
            Self::Rfcn { nan, .. } => *nan,
            Self::Tensorflow(config) => config.nan,
            Self::Ssd(config) => config.nan,
            Self::Mmdet(config) => config.nan,
        }
    }

    /// How wide a box is, to compare it or only to draw it.
    pub(crate) fn convention(&self) -> Convention {
        match self {
            Self::Batch(config) => config.convention,
            Self::Tensorflow(_) | Self::Ssd(_) => Convention::Continuous,
            Self::Rfcn { .. } | Self::Mmdet(_) => Convention::Pixel,
        }
    }

    /// Whether it mines each image by itself.
    pub(crate) fn is_by_image(&self) -> bool {
        !matches!(self, Self::Batch(_))
    }

    /// Whether it tells positives, negatives and ignored ones apart.
    pub(crate) fn is_by_matches(&self) -> bool {
        matches!(self, Self::Tensorflow(_) | Self::Ssd(_) | Self::Mmdet(_))
    }

    /// What is said of a RoI that was neither selected nor suppressed.
    pub(crate) fn rest(&self) -> &'static str {
        if self.is_by_matches() { "not selected" } else { "easier" }
    }

    /// What suppresses a RoI, in words; nothing if there is no suppression.
    pub(crate) fn suppresses(&self) -> Option<String> {
        match self {
            Self::Batch(config) => {
                let sign = if config.suppress == Suppress::Above { ">" } else { ">=" };
                config.nms_threshold.map(|iou| format!("(IoU {sign} {iou} with a harder one of the group)"))
            }
            Self::Tensorflow(config) => {
                Some(format!("(IoU > {} with a harder one of the image)", config.iou_threshold))
            }
            _ => None,
        }
    }

    /// The rule of a whole image, in words; nothing if it is none.
    pub(crate) fn words(&self) -> Option<String> {
        let words = match self {
            Self::Batch(_) => return None,
            Self::Rfcn { quota, .. } => format!("the hardest {} of each image", count(*quota)),
            Self::Tensorflow(config) => tensorflow(config),
            Self::Ssd(config) => ssd(config),
            Self::Mmdet(config) => mmdet(config),
        };
        Some(format!("{}: {words}", self.name()))
    }
}

fn tensorflow(config: &TensorflowConfig) -> String {
    let kept = config.num_hard_examples.map_or_else(|| "all".to_owned(), count);
    let mut words = format!("{kept} an image by NMS at IoU > {}", config.iou_threshold);
    if let Some(ratio) = config.max_negatives_per_positive {
        let _ = write!(words, ", then {ratio} negatives a positive");
        words += &at_least(config.min_negatives_per_image);
    }
    words + if config.ignored == Ignored::Compete { "; ignored ones compete" } else { "" }
}

fn ssd(config: &SsdConfig) -> String {
    let (ratio, overlap) = (config.neg_pos_ratio, config.neg_overlap);
    format!("all positives, and {ratio} negatives a positive of overlap < {overlap}")
        + &at_least(config.min_negatives)
}

fn mmdet(config: &MmdetConfig) -> String {
    let mut words =
        format!("{} an image, positives up to {} of them", count(config.num), config.pos_fraction);
    if let Some(ratio) = config.neg_pos_ub {
        let _ = write!(words, ", negatives up to {ratio} a positive");
    }
    words
}

fn at_least(negatives: usize) -> String {
    if negatives == 0 { String::new() } else { format!(" (at least {} an image)", count(negatives)) }
}
