//! The rule of mining and its options.

use clap::Args;
use ohem_std::rules::{MmdetConfig, SsdConfig, TensorflowConfig};
use ohem_std::{MineConfig, NanPolicy};

use super::{ConventionChoice, IgnoredChoice, RuleChoice, SuppressChoice};
use crate::failure::Failure;
use crate::rule::Rule;

/// The rule of mining and its options, as they were given.
#[derive(Debug, Args)]
pub(super) struct RuleArguments {
    /// Whose rule to mine by; the options that go with each are below [default: fast-rcnn]
    #[arg(long, value_enum)]
    rule: Option<RuleChoice>,

    /// How many RoIs to select: of all images [default: 128], by tensorflow (64) or mmdet (512) of each
    #[arg(long, value_name = "COUNT")]
    batch_size: Option<usize>,

    /// Overlap (IoU) with a harder RoI of the same image and label above which one is suppressed; by
    /// tensorflow of any label [default: 0.7]
    #[arg(long, value_name = "IOU", value_parser = overlap)]
    nms_threshold: Option<f64>,

    /// Suppress nothing: the hardest are selected, however they overlap (short for --rule no-nms)
    #[arg(long)]
    no_nms: bool,

    /// Whether a RoI that overlaps by exactly the threshold stays or goes [default: above]
    #[arg(long, value_enum)]
    suppress: Option<SuppressChoice>,

    /// Whether a box is x2 - x1 + 1 wide (pixel: PASCAL VOC) or x2 - x1 (continuous: COCO) [default: pixel]
    #[arg(long, value_enum)]
    convention: Option<ConventionChoice>,

    /// How many RoIs of each image to select (rfcn) [default: 128]
    #[arg(long, value_name = "COUNT")]
    per_image: Option<usize>,

    /// How many negatives an image may have for each positive [default: ssd 3, tensorflow and mmdet any]
    #[arg(long, value_name = "RATIO", value_parser = ratio)]
    negatives_per_positive: Option<f64>,

    /// How many negatives of an image that ratio leaves at the least (tensorflow, ssd) [default: 0]
    #[arg(long, value_name = "COUNT")]
    min_negatives: Option<usize>,

    /// What is done with RoIs whose label is below 0 (tensorflow) [default: excluded]
    #[arg(long, value_enum)]
    ignored: Option<IgnoredChoice>,

    /// Only negatives that overlap ground truth by less are selected (ssd) [default: 0.5]
    #[arg(long, value_name = "IOU", value_parser = overlap)]
    neg_overlap: Option<f64>,

    /// The column of the overlap with ground truth (ssd) [default: max_overlap or overlap]
    #[arg(long, value_name = "NAME")]
    overlap_column: Option<String>,

    /// Which part of an image's RoIs may be positive (mmdet) [default: 0.25]
    #[arg(long, value_name = "PART", value_parser = part)]
    positive_fraction: Option<f64>,
}

impl RuleArguments {
    /// The rule with its options, or their defaults.
    ///
    /// # Errors
    ///
    /// If an option was given that the rule does not use.
    pub(super) fn resolve(&self, nan: NanPolicy) -> Result<Rule, Failure> {
        let rule = self.chosen();
        self.check(rule)?;
        Ok(match rule {
            RuleChoice::FastRcnn => {
                Rule::Batch(self.batch(nan).nms_threshold(self.nms_threshold.unwrap_or(0.7)))
            }
            RuleChoice::NoNms => Rule::Batch(self.batch(nan).without_nms()),
            RuleChoice::Rfcn => Rule::Rfcn { quota: self.per_image.unwrap_or(128), nan },
            RuleChoice::Tensorflow => Rule::Tensorflow(self.tensorflow(nan)),
            RuleChoice::Ssd => Rule::Ssd(self.ssd(nan)),
            RuleChoice::Mmdet => Rule::Mmdet(self.mmdet(nan)),
        })
    }

    /// The names that the column of overlaps may have.
    pub(super) fn overlap_names(&self) -> Vec<&str> {
        self.overlap_column.as_deref().map_or_else(|| vec!["max_overlap", "overlap"], |name| vec![name])
    }

    fn chosen(&self) -> RuleChoice {
        let default = if self.no_nms { RuleChoice::NoNms } else { RuleChoice::FastRcnn };
        self.rule.unwrap_or(default)
    }

    /// Refuses what the rule would have to ignore.
    fn check(&self, rule: RuleChoice) -> Result<(), Failure> {
        let place = || format!("--rule {}", <&str>::from(rule));
        let useless = self.given().into_iter().find(|(_, given, users)| *given && !users.contains(&rule));
        if let Some((option, ..)) = useless {
            return Err(Failure::input(place(), format_args!("does not use {option}")));
        }
        let unlimited = rule == RuleChoice::Tensorflow && self.negatives_per_positive.is_none();
        if unlimited && self.min_negatives.is_some() {
            return Err(Failure::input(place(), "--min-negatives needs --negatives-per-positive"));
        }
        Ok(())
    }

    /// Each option, whether it was given, and the rules that use it.
    fn given(&self) -> [(&'static str, bool, &'static [RuleChoice]); 12] {
        use RuleChoice::{FastRcnn, Mmdet, NoNms, Rfcn, Ssd, Tensorflow};
        [
            ("--no-nms", self.no_nms, &[NoNms]),
            ("--batch-size", self.batch_size.is_some(), &[FastRcnn, NoNms, Tensorflow, Mmdet]),
            ("--nms-threshold", self.nms_threshold.is_some(), &[FastRcnn, Tensorflow]),
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

    fn batch(&self, nan: NanPolicy) -> MineConfig {
        MineConfig::fast_rcnn()
            .batch_size(self.batch_size.unwrap_or(128))
            .suppress(self.suppress.unwrap_or_default().into())
            .convention(self.convention.unwrap_or_default().into())
            .nan(nan)
    }

    fn tensorflow(&self, nan: NanPolicy) -> TensorflowConfig {
        let mut config = TensorflowConfig::new();
        config.num_hard_examples = self.batch_size.or(config.num_hard_examples);
        config.iou_threshold = self.nms_threshold.unwrap_or(config.iou_threshold);
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

/// A threshold of overlaps: any number.
fn overlap(text: &str) -> Result<f64, String> {
    number(text, |_| true).ok_or_else(|| "expected a number, like 0.7".to_owned())
}

fn ratio(text: &str) -> Result<f64, String> {
    let sound = |ratio: f64| ratio >= 0.0 && ratio.is_finite();
    number(text, sound).ok_or_else(|| "expected a number from 0 up, like 3".to_owned())
}

fn part(text: &str) -> Result<f64, String> {
    number(text, |part| (0.0..=1.0).contains(&part))
        .ok_or_else(|| "expected a number from 0 to 1, like 0.25".to_owned())
}

fn number(text: &str, sound: impl FnOnce(f64) -> bool) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    (!number.is_nan() && sound(number)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_a_number() {
        assert_eq!(overlap("0.5"), Ok(0.5));
        assert!(overlap("NaN").is_err() && overlap("half").is_err());
    }

    #[test]
    fn ratios_and_parts_have_their_ranges() {
        assert_eq!((ratio("3"), part("1")), (Ok(3.0), Ok(1.0)));
        assert!(["-1", "inf", "NaN"].iter().all(|text| ratio(text).is_err()));
        assert!(["-0.5", "1.5", "NaN"].iter().all(|text| part(text).is_err()));
    }
}
