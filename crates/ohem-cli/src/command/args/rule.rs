//! The mining rule and its options.

use clap::Args;
use ohem_std::rules::ssd::SsdConfig;
use ohem_std::rules::{MmdetConfig, TensorflowConfig};
use ohem_std::{MineConfig, NanPolicy, NmsConfig};

use super::choices::{ConventionChoice, IgnoredChoice, RuleChoice, SuppressChoice};
use crate::command::failure::Failure;
use crate::command::rule::RuleConfig;

/// The mining rule and its options, as given.
#[derive(Debug, Args)]
pub(crate) struct RuleArgs {
    /// Mining rule; its options are listed below [default: fast-rcnn]
    #[arg(long, value_enum)]
    rule: Option<RuleChoice>,

    /// Number of RoIs to select: of all images [default: 128], or of each (tensorflow 64, mmdet 512)
    #[arg(long, value_name = "COUNT")]
    batch_size: Option<usize>,

    /// IoU with a harder RoI above which a RoI is suppressed. Only RoIs of the same image and label are
    /// compared; with tensorflow, RoIs of the same image [default: 0.7]
    #[arg(long, alias = "nms-threshold", value_name = "IOU", value_parser = overlap)]
    iou_threshold: Option<f64>,

    /// Suppress nothing (short for --rule no-nms)
    #[arg(long)]
    no_nms: bool,

    /// Whether an IoU equal to the threshold suppresses [default: above]
    #[arg(long, value_enum)]
    suppress: Option<SuppressChoice>,

    /// Whether the right and bottom edge belong to a box [default: continuous]
    #[arg(long, value_enum)]
    convention: Option<ConventionChoice>,

    /// Number of RoIs to select of each image (rfcn) [default: 128]
    #[arg(long, value_name = "COUNT")]
    per_image: Option<usize>,

    /// Maximum number of negatives per positive in an image [default: ssd 3, tensorflow and mmdet no limit]
    #[arg(long, value_name = "RATIO", value_parser = ratio)]
    negatives_per_positive: Option<f64>,

    /// Number of negatives per image that the ratio never removes (tensorflow, ssd) [default: 0]
    #[arg(long, value_name = "COUNT")]
    min_negatives: Option<usize>,

    /// How to handle RoIs whose label is below 0 (tensorflow) [default: excluded]
    #[arg(long, value_enum)]
    ignored: Option<IgnoredChoice>,

    /// Select only negatives whose overlap with ground truth is below this (ssd) [default: 0.5]
    #[arg(long, value_name = "IOU", value_parser = overlap)]
    neg_overlap: Option<f64>,

    /// Column with the overlap with ground truth (ssd) [default: max_overlap or overlap]
    #[arg(long, value_name = "NAME")]
    overlap_column: Option<String>,

    /// Maximum fraction of an image's batch that may be positive (mmdet) [default: 0.25]
    #[arg(long, value_name = "FRACTION", value_parser = fraction)]
    positive_fraction: Option<f64>,
}

impl RuleArgs {
    /// The rule with its options; those not given have the rule's defaults.
    ///
    /// # Errors
    ///
    /// If an option was given that the rule does not use.
    pub(crate) fn resolve(&self, nan: NanPolicy) -> Result<RuleConfig, Failure> {
        let rule = self.chosen();
        self.check(rule)?;
        Ok(match rule {
            RuleChoice::FastRcnn => self.batch(nan, Some(self.iou_threshold.unwrap_or(0.7))),
            RuleChoice::NoNms => self.batch(nan, None),
            RuleChoice::Rfcn => RuleConfig::Rfcn { quota: self.per_image.unwrap_or(128), nan },
            RuleChoice::Tensorflow => RuleConfig::Tensorflow(self.tensorflow(nan)),
            RuleChoice::Ssd => RuleConfig::Ssd(self.ssd(nan)),
            RuleChoice::Mmdet => RuleConfig::Mmdet(self.mmdet(nan)),
        })
    }

    /// The accepted names for the column of overlaps.
    pub(crate) fn overlap_names(&self) -> Vec<&str> {
        self.overlap_column.as_deref().map_or_else(|| vec!["max_overlap", "overlap"], |name| vec![name])
    }

    fn chosen(&self) -> RuleChoice {
        let default = if self.no_nms { RuleChoice::NoNms } else { RuleChoice::FastRcnn };
        self.rule.unwrap_or(default)
    }

    /// Refuses options that the rule would have to ignore.
    fn check(&self, rule: RuleChoice) -> Result<(), Failure> {
        let at = || format!("--rule {}", <&str>::from(rule));
        let useless = self.given().into_iter().find(|(_, given, users)| *given && !users.contains(&rule));
        if let Some((option, ..)) = useless {
            return Err(Failure::input(at(), format_args!("does not use {option}")));
        }
        let unlimited = rule == RuleChoice::Tensorflow && self.negatives_per_positive.is_none();
        if unlimited && self.min_negatives.is_some() {
            return Err(Failure::input(at(), "--min-negatives needs --negatives-per-positive"));
        }
        Ok(())
    }

    /// Each option, whether it was given, and the rules that use it.
    fn given(&self) -> [(&'static str, bool, &'static [RuleChoice]); 12] {
        use RuleChoice::{FastRcnn, Mmdet, NoNms, Rfcn, Ssd, Tensorflow};
        [
            ("--no-nms", self.no_nms, &[NoNms]),
            ("--batch-size", self.batch_size.is_some(), &[FastRcnn, NoNms, Tensorflow, Mmdet]),
            ("--iou-threshold", self.iou_threshold.is_some(), &[FastRcnn, Tensorflow]),
            ("--suppress", self.suppress.is_some(), &[FastRcnn, NoNms]),
            ("--convention", self.convention.is_some(), &[FastRcnn, NoNms]),
            ("--per-image", self.per_image.is_some(), &[Rfcn]),
            ("--negatives-per-positive", self.negatives_per_positive.is_some(), &[Tensorflow, Ssd, Mmdet]),
            ("--min-negatives", self.min_negatives.is_some(), &[Tensorflow, Ssd]),
            ("--ignored", self.ignored.is_some(), &[Tensorflow]),
            ("--neg-overlap", self.neg_overlap.is_some(), &[Ssd]),
            ("--overlap-column", self.overlap_column.is_some(), &[Ssd]),
            ("--positive-fraction", self.positive_fraction.is_some(), &[Mmdet]),
        ]
    }

    fn batch(&self, nan: NanPolicy, iou_threshold: Option<f64>) -> RuleConfig {
        let suppress = self.suppress.unwrap_or_default().into();
        let convention = self.convention.unwrap_or_default().into();
        let nms = |threshold| NmsConfig::new(threshold).suppress(suppress).convention(convention);
        let config = MineConfig::new(self.batch_size.unwrap_or(128)).nan(nan);
        let config = iou_threshold.map_or(config.without_nms(), |threshold| config.nms(nms(threshold)));
        RuleConfig::Batch { config, suppress, convention }
    }

    fn tensorflow(&self, nan: NanPolicy) -> TensorflowConfig {
        let mut config = TensorflowConfig::new();
        config.num_hard_examples = self.batch_size.or(config.num_hard_examples);
        config.iou_threshold = self.iou_threshold.unwrap_or(config.iou_threshold);
        config.max_negatives_per_positive = self.negatives_per_positive;
        config.min_negatives_per_image = self.min_negatives.unwrap_or_default();
        config.ignored = self.ignored.unwrap_or_default().into();
        config.nan = nan;
        config
    }

    fn ssd(&self, nan: NanPolicy) -> SsdConfig {
        let mut config = SsdConfig::new();
        config.neg_pos_ratio = self.negatives_per_positive.unwrap_or(config.neg_pos_ratio);
        config.neg_overlap = self.neg_overlap.unwrap_or(config.neg_overlap);
        config.min_negatives = self.min_negatives.unwrap_or_default();
        config.nan = nan;
        config
    }

    fn mmdet(&self, nan: NanPolicy) -> MmdetConfig {
        let mut config = MmdetConfig::new();
        config.num = self.batch_size.unwrap_or(config.num);
        config.pos_fraction = self.positive_fraction.unwrap_or(config.pos_fraction);
        config.neg_pos_ub = self.negatives_per_positive;
        config.nan = nan;
        config
    }
}

/// Parses an IoU threshold.
fn overlap(text: &str) -> Result<f64, String> {
    number(text, |iou| (0.0..=1.0).contains(&iou))
        .ok_or_else(|| "expected a number from 0 to 1, like 0.7".to_owned())
}

fn ratio(text: &str) -> Result<f64, String> {
    let valid = |ratio: f64| ratio >= 0.0 && ratio.is_finite();
    number(text, valid).ok_or_else(|| "expected a number of at least 0, like 3".to_owned())
}

fn fraction(text: &str) -> Result<f64, String> {
    number(text, |fraction| (0.0..=1.0).contains(&fraction))
        .ok_or_else(|| "expected a number from 0 to 1, like 0.25".to_owned())
}

fn number(text: &str, valid: impl FnOnce(f64) -> bool) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    (!number.is_nan() && valid(number)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_a_number() {
        assert_eq!(["0", "0.5", "1"].map(overlap), [0.0, 0.5, 1.0].map(Ok));
        assert!(["NaN", "half", "70", "-0.1", "1.001"].iter().all(|text| overlap(text).is_err()));
    }

    #[test]
    fn ratios_and_fractions_have_their_ranges() {
        assert_eq!((ratio("3"), fraction("1")), (Ok(3.0), Ok(1.0)));
        assert!(["-1", "inf", "NaN"].iter().all(|text| ratio(text).is_err()));
        assert!(["-0.5", "1.5", "NaN"].iter().all(|text| fraction(text).is_err()));
    }
}
