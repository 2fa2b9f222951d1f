//! The mining rules that the command knows.

use core::fmt::Write;

use ohem_std::rules::ssd::SsdConfig;
use ohem_std::rules::{Ignored, MmdetConfig, TensorflowConfig};
use ohem_std::{Convention, MineConfig, NanPolicy, Suppress};

use crate::command::numbers::count;

/// A mining rule with its options.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum RuleConfig {
    /// The hardest of all images together, with or without suppression.
    Batch {
        /// The batch size and the suppression.
        config: MineConfig,
        /// Whether an IoU that equals the threshold suppresses, also if there is no threshold.
        suppress: Suppress,
        /// Whether right and bottom edges belong to boxes, also if nothing is suppressed.
        convention: Convention,
    },
    /// The hardest of each image.
    Rfcn {
        /// Number of RoIs to select of each image.
        quota: usize,
        /// How a loss that is NaN is handled.
        nan: NanPolicy,
    },
    /// NMS in each image, then negatives by a ratio.
    Tensorflow(TensorflowConfig),
    /// All positives of each image, and negatives by a ratio.
    Ssd(SsdConfig),
    /// A quota of positives and of negatives of each image.
    Mmdet(MmdetConfig),
}

impl RuleConfig {
    /// The rule's name on the command line.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Batch { config, .. } if config.nms.is_none() => "no-nms",
            Self::Batch { .. } => "fast-rcnn",
            Self::Rfcn { .. } => "rfcn",
            Self::Tensorflow(_) => "tensorflow",
            Self::Ssd(_) => "ssd",
            Self::Mmdet(_) => "mmdet",
        }
    }

    /// How a loss that is NaN is handled.
    pub(crate) fn nan(&self) -> NanPolicy {
        match self {
            Self::Batch { config, .. } => config.nan,
            Self::Rfcn { nan, .. } => *nan,
            Self::Tensorflow(config) => config.nan,
            Self::Ssd(config) => config.nan,
            Self::Mmdet(config) => config.nan,
        }
    }

    /// Whether right and bottom edges belong to boxes, for overlaps or, without NMS, for drawing.
    pub(crate) fn convention(&self) -> Convention {
        match self {
            Self::Batch { convention, .. } => *convention,
            _ => Convention::Continuous,
        }
    }

    /// Whether the rule mines each image separately.
    pub(crate) fn is_by_image(&self) -> bool {
        !matches!(self, Self::Batch { .. })
    }

    /// Whether the rule distinguishes positives, negatives and ignored RoIs.
    pub(crate) fn is_by_matches(&self) -> bool {
        matches!(self, Self::Tensorflow(_) | Self::Ssd(_) | Self::Mmdet(_))
    }

    /// The word for RoIs that were neither selected nor suppressed.
    pub(crate) fn rest(&self) -> &'static str {
        if self.is_by_matches() { "not selected" } else { "easier" }
    }

    /// What suppresses a RoI, in words; `None` if the rule suppresses nothing.
    pub(crate) fn suppresses(&self) -> Option<String> {
        match self {
            Self::Batch { config, .. } => config.nms.map(|nms| {
                let sign = if nms.suppress == Suppress::Above { ">" } else { ">=" };
                format!("(IoU {sign} {} with a harder RoI of the group)", nms.iou_threshold)
            }),
            Self::Tensorflow(config) => {
                Some(format!("(IoU > {} with a harder RoI of the image)", config.iou_threshold))
            }
            _ => None,
        }
    }

    /// A rule that mines each image, in words; `None` for the others.
    pub(crate) fn words(&self) -> Option<String> {
        let words = match self {
            Self::Batch { .. } => return None,
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
    let mut words = format!("{kept} per image by NMS at IoU > {}", config.iou_threshold);
    if let Some(ratio) = config.max_negatives_per_positive {
        let _ = write!(words, ", then {ratio} negatives per positive");
        words += &at_least(config.min_negatives_per_image);
    }
    words + if config.ignored == Ignored::Compete { "; ignored RoIs compete" } else { "" }
}

fn ssd(config: &SsdConfig) -> String {
    let (ratio, overlap) = (config.neg_pos_ratio, config.neg_overlap);
    format!("all positives, and {ratio} negatives per positive of overlap < {overlap}")
        + &at_least(config.min_negatives)
}

fn mmdet(config: &MmdetConfig) -> String {
    let mut words =
        format!("{} per image, up to {} of them positive", count(config.num), config.pos_fraction);
    if let Some(ratio) = config.neg_pos_ub {
        let _ = write!(words, ", up to {ratio} negatives per positive");
    }
    words
}

fn at_least(negatives: usize) -> String {
    if negatives == 0 { String::new() } else { format!(" (at least {} per image)", count(negatives)) }
}
