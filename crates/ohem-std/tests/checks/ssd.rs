//! `ssd_negative_mining`: Caffe-SSD's `MineHardExamples`.

use ohem_core::rules::Ignored;
use ohem_core::rules::ssd::{SsdConfig, SsdNms};
use ohem_testkit::adapters::{
    Core, Losses as _, Oracle, Path,
    rules::{Anchors, Ssd as _},
};
use serde::Deserialize;

use super::Case;
use super::mining::nan;
use crate::support::number::{Number, Precision};
use crate::support::outcome::{Outcome, equal, near, same};

#[derive(Deserialize)]
pub(crate) struct Ssd {
    id: String,
    #[serde(flatten)]
    params: Params,
    images: Vec<Image>,
    expected: Totals,
}

#[derive(Deserialize)]
struct Params {
    mining_type: MiningType,
    num_classes: Option<usize>,
    #[serde(default)]
    background_label_id: u32,
    neg_pos_ratio: f64,
    neg_overlap: f64,
    sample_size: usize,
    nms_threshold: Option<f64>,
    nms_top_k: Option<i64>,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum MiningType {
    MaxNegative,
    HardExample,
}

#[derive(Deserialize)]
struct Totals {
    num_matches: Option<usize>,
    num_negs: Option<usize>,
}

#[derive(Deserialize)]
struct Image {
    r#match: Vec<i32>,
    match_overlap: Vec<Number>,
    gt_labels: Option<Vec<u32>>,
    /// Either the losses of the classes, or what they are computed of.
    conf_loss: Option<Vec<Number>>,
    conf_logits: Option<Vec<Vec<Number>>>,
    conf_loss_ref_f64: Option<Vec<Number>>,
    loc_loss: Option<Vec<Number>>,
    nms_boxes: Option<Vec<[Number; 4]>>,
    expected: Expected,
}

#[derive(Deserialize)]
struct Expected {
    neg_indices: Vec<usize>,
    num_pos_kept: Option<usize>,
    match_after: Option<Vec<i32>>,
}

/// An image's negatives and remaining matches after mining.
struct Mined {
    negatives: Vec<usize>,
    matches: Vec<i32>,
}

impl Mined {
    fn positives(&self) -> usize {
        self.matches.iter().filter(|&&matched| matched >= 0).count()
    }
}

impl Case for Ssd {
    fn id(&self) -> &str {
        &self.id
    }

    fn check<F: Precision, P: Path>(&self) -> Outcome {
        let (mut positives, mut negatives) = (0, 0);
        for (at, image) in self.images.iter().enumerate() {
            let mined = image.check::<F, P>(&self.params).map_err(|what| format!("image {at}: {what}"))?;
            positives += mined.positives();
            negatives += mined.negatives.len();
        }
        equal("all matches", positives, self.expected.num_matches.unwrap_or(positives))?;
        equal("all negatives", negatives, self.expected.num_negs.unwrap_or(negatives))
    }
}

impl Params {
    fn config(&self) -> SsdConfig {
        let config = SsdConfig::new().neg_pos_ratio(self.neg_pos_ratio).neg_overlap(self.neg_overlap);
        let config = config.sample_size(self.sample_size).ignored(Ignored::Compete);
        let Some(threshold) = self.nms_threshold.filter(|&threshold| threshold > 0.) else { return config };
        // -1 means unlimited.
        let top_k = self.nms_top_k.and_then(|top_k| top_k.try_into().ok()).unwrap_or(usize::MAX);
        config.nms(SsdNms::new(threshold).top_k(top_k).min_area(1e-5))
    }
}

impl Image {
    fn check<F: Precision, P: Path>(&self, params: &Params) -> Result<Mined, String> {
        let mined = self.mined::<F, P>(params)?;
        same("negatives", &mined.negatives, &self.expected.neg_indices)?;
        let kept = mined.positives();
        equal("positives kept", kept, self.expected.num_pos_kept.unwrap_or(kept))?;
        if let Some(match_after) = &self.expected.match_after {
            same("matches", &mined.matches, match_after)?;
        }
        Ok(mined)
    }

    /// Mines an image; like the original, skips an image without ground truth.
    fn mined<F: Precision, P: Path>(&self, params: &Params) -> Result<Mined, String> {
        let matches = self.r#match.clone();
        if self.gt_labels.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Mined { negatives: Vec::new(), matches });
        }
        let boxes: Vec<[F; 4]> = self.nms_boxes.iter().flatten().map(|row| row.map(Number::narrow)).collect();
        let losses = self.losses::<F>(params)?;
        let anchors = Anchors { boxes: &boxes, losses: &losses, matches: &matches };
        match params.mining_type {
            MiningType::MaxNegative => {
                let negatives = self.negatives::<F, P>(&anchors, &params.config())?;
                Ok(Mined { negatives, matches })
            }
            MiningType::HardExample => hard_examples::<F, P>(&anchors, &params.config()),
        }
    }

    fn negatives<F: Precision, P: Path>(
        &self,
        anchors: &Anchors<'_, F>,
        config: &SsdConfig,
    ) -> Result<Vec<usize>, String> {
        let overlaps: Vec<F> = self.match_overlap.iter().map(|overlap| overlap.to()).collect();
        let mut hard = P::ssd_negatives(anchors, &overlaps, config).map_err(nan)?;
        let naive = Oracle::ssd_negatives(anchors, &overlaps, config).map_err(nan)?;
        same("negatives, by the oracle", &hard, &naive)?;
        hard.sort_unstable();
        Ok(hard)
    }

    /// What the original ranks by: f32, in whatever type it is mined.
    fn losses<F: Precision>(&self, params: &Params) -> Result<Vec<F>, String> {
        let conf = self.class_losses(params)?;
        let losses = match &self.loc_loss {
            Some(loc) if params.mining_type == MiningType::HardExample => {
                equal("location losses", loc.len(), conf.len())?;
                conf.iter().zip(loc).map(|(conf, loc)| conf + loc.to::<f32>()).collect()
            }
            _ => conf,
        };
        Ok(losses.into_iter().map(|loss| F::from_f64(loss.into())).collect())
    }

    fn class_losses(&self, params: &Params) -> Result<Vec<f32>, String> {
        if let Some(logits) = &self.conf_logits {
            self.check_class_losses::<f32>(logits, params)?;
            self.check_class_losses::<f64>(logits, params)?;
        }
        let losses = self.conf_loss.as_ref().or(self.conf_loss_ref_f64.as_ref());
        Ok(losses.ok_or("it has no class losses")?.iter().map(|loss| loss.to()).collect())
    }

    /// Computes the losses of the classes from logits; the original bounds probabilities from below.
    fn check_class_losses<F: Precision>(&self, logits: &[Vec<Number>], params: &Params) -> Outcome {
        let labels: Vec<u32> = self.r#match.iter().map(|&matched| self.label(matched, params)).collect();
        let classes = params.num_classes.or(logits.first().map(Vec::len)).unwrap_or_default();
        let flat: Vec<F> = logits.iter().flatten().map(|logit| logit.narrow()).collect();
        let losses = Core::softmax(&flat, classes, &labels);
        let most = -f64::from(f32::MIN_POSITIVE).ln();
        for (got, want) in losses.iter().zip(self.conf_loss_ref_f64.iter().flatten()) {
            let (tolerance, got) = (if F::IS_DOUBLE { 1e-9 } else { 1e-5 }, (*got).into().min(most));
            near("class loss", got, want.0, tolerance, 0.)?;
        }
        Ok(())
    }

    /// The class of what an anchor was matched to.
    fn label(&self, matched: i32, params: &Params) -> u32 {
        let labels = self.gt_labels.as_deref().unwrap_or_default();
        let label = usize::try_from(matched).ok().and_then(|matched| labels.get(matched));
        label.copied().unwrap_or(params.background_label_id)
    }
}

/// Positives that were not mined become -1; the ignored stay, mined or not.
fn hard_examples<F: Precision, P: Path>(
    anchors: &Anchors<'_, F>,
    config: &SsdConfig,
) -> Result<Mined, String> {
    let hard = P::ssd_hard_examples(anchors, config).map_err(nan)?;
    let naive = Oracle::ssd_hard_examples(anchors, config).map_err(nan)?;
    same("hard examples, by the oracle", &hard, &naive)?;
    let mut matches: Vec<i32> = anchors.matches.iter().map(|&matched| matched.min(-1)).collect();
    let mut negatives = Vec::new();
    for anchor in hard {
        matches[anchor] = anchors.matches[anchor];
        negatives.extend((matches[anchor] == -1).then_some(anchor));
    }
    negatives.sort_unstable();
    Ok(Mined { negatives, matches })
}
