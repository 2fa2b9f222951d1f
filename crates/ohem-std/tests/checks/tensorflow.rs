//! `tf_hard_example_miner`: TensorFlow's `HardExampleMiner`.

use ohem_core::rules::{Ignored, TensorflowConfig, weighted_sum};
use ohem_testkit::adapters::{Oracle, Path, rules::Tensorflow as _};
use serde::Deserialize;

use super::Case;
use super::mining::nan;
use crate::support::number::{Number, Precision};
use crate::support::outcome::{Outcome, equal, near, same};

#[derive(Deserialize)]
pub(crate) struct Tensorflow {
    id: String,
    params: Params,
    images: Vec<Image>,
    /// Of each image, or nothing where negatives are not limited.
    num_positives: Option<Vec<usize>>,
    num_negatives: Option<Vec<usize>>,
    mined_location_loss: Option<f64>,
    mined_cls_loss: Option<f64>,
}

#[derive(Deserialize)]
struct Params {
    num_hard_examples: Option<usize>,
    iou_threshold: f64,
    loss_type: LossType,
    cls_loss_weight: Option<Number>,
    loc_loss_weight: Option<Number>,
    max_negatives_per_positive: Option<f64>,
    #[serde(default)]
    min_negatives_per_image: usize,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LossType {
    Cls,
    Loc,
    Both,
}

#[derive(Deserialize)]
struct Image {
    /// Top, left, bottom, right: with the axes swapped, which changes no IoU.
    boxes: Vec<[Number; 4]>,
    loc_losses: Vec<Number>,
    cls_losses: Vec<Number>,
    r#match: Option<Vec<i32>>,
    selected: Vec<usize>,
}

impl Case for Tensorflow {
    fn id(&self) -> &str {
        &self.id
    }

    fn check<F: Precision, P: Path>(&self) -> Outcome {
        let mut mined = Vec::new();
        for (at, image) in self.images.iter().enumerate() {
            let selected = image.check::<F, P>(&self.params).map_err(|what| format!("image {at}: {what}"))?;
            mined.push(selected);
        }
        self.counts(&mined)?;
        let sum = |column: fn(&Image) -> &[Number]| {
            let of_image = |(image, mined): (&Image, &Vec<usize>)| -> f64 {
                mined.iter().map(|&anchor| column(image)[anchor].0).sum()
            };
            self.images.iter().zip(&mined).map(of_image).sum::<f64>()
        };
        // The original adds them up in f32.
        let summed =
            |what, got, want: Option<f64>| want.map_or(Ok(()), |want| near(what, got, want, 1e-5, 0.));
        summed("mined location loss", sum(|image| &image.loc_losses), self.mined_location_loss)?;
        summed("mined class loss", sum(|image| &image.cls_losses), self.mined_cls_loss)
    }
}

impl Tensorflow {
    /// The original counts all that is not positive as negative, and nothing where it limits nothing.
    fn counts(&self, mined: &[Vec<usize>]) -> Outcome {
        let is_positive =
            |image: &Image, anchor: usize| image.r#match.as_ref().is_some_and(|matches| matches[anchor] >= 0);
        let counts = |wanted: bool| -> Vec<usize> {
            let pairs = self.images.iter().zip(mined).filter(|(image, _)| self.params.limits(image));
            let of_image = |(image, mined): (&Image, &Vec<usize>)| {
                mined.iter().filter(|&&anchor| is_positive(image, anchor) == wanted).count()
            };
            pairs.map(of_image).collect()
        };
        for (what, wanted, want) in
            [("positives", true, &self.num_positives), ("negatives", false, &self.num_negatives)]
        {
            want.as_ref().map_or(Ok(()), |want| same(what, &counts(wanted), want))?;
        }
        Ok(())
    }
}

impl Params {
    /// Without matches the original limits nothing.
    fn limits(&self, image: &Image) -> bool {
        self.max_negatives_per_positive.is_some() && image.r#match.is_some()
    }

    fn config(&self, image: &Image, ignored: Ignored) -> TensorflowConfig {
        let mut config = TensorflowConfig::new();
        config.num_hard_examples = self.num_hard_examples;
        config.iou_threshold = self.iou_threshold;
        config.max_negatives_per_positive = self.max_negatives_per_positive.filter(|_| self.limits(image));
        config.min_negatives_per_image = self.min_negatives_per_image;
        config.ignored = ignored;
        config
    }
}

/// One image's anchors in a float type.
struct Anchors<F> {
    boxes: Vec<[F; 4]>,
    losses: Vec<F>,
    matches: Vec<i32>,
}

impl<F: Precision> Anchors<F> {
    fn mined<P: Path>(&self, config: &TensorflowConfig) -> Result<Vec<usize>, String> {
        let Self { boxes, losses, matches } = self;
        let mined = P::tensorflow(boxes, losses, matches, config).map_err(nan)?;
        let naive = Oracle::tensorflow(boxes, losses, matches, config).map_err(nan)?;
        same("selected, by the oracle", &mined, &naive)?;
        Ok(mined)
    }

    fn rows(&self, rows: &[usize]) -> Self {
        Self {
            boxes: rows.iter().map(|&row| self.boxes[row]).collect(),
            losses: rows.iter().map(|&row| self.losses[row]).collect(),
            matches: rows.iter().map(|&row| self.matches[row]).collect(),
        }
    }
}

impl Image {
    /// Mines as the original does, and as ohem does by default.
    fn check<F: Precision, P: Path>(&self, params: &Params) -> Result<Vec<usize>, String> {
        let anchors = self.anchors::<F>(params)?;
        let config = |ignored| params.config(self, ignored);
        let mined = anchors.mined::<P>(&config(Ignored::Compete))?;
        same("selected", &mined, &self.selected)?;
        // Ignored anchors excluded is as if they were not there.
        let part: Vec<usize> = (0..anchors.matches.len()).filter(|&i| anchors.matches[i] >= -1).collect();
        let alone = anchors.rows(&part).mined::<P>(&config(Ignored::Compete))?;
        let alone: Vec<usize> = alone.into_iter().map(|row| part[row]).collect();
        same("selected without the ignored", &anchors.mined::<P>(&config(Ignored::Excluded))?, &alone)?;
        Ok(mined)
    }

    fn anchors<F: Precision>(&self, params: &Params) -> Result<Anchors<F>, String> {
        let length = self.boxes.len();
        equal("location losses", self.loc_losses.len(), length)?;
        equal("class losses", self.cls_losses.len(), length)?;
        Ok(Anchors {
            boxes: self.boxes.iter().map(|row| row.map(Number::narrow)).collect(),
            losses: self.keys(params).into_iter().map(|key| F::from_f64(key.into())).collect(),
            matches: self.r#match.clone().unwrap_or_else(|| vec![0; length]),
        })
    }

    /// What the original ranks by: f32, in whatever type it is mined.
    fn keys(&self, params: &Params) -> Vec<f32> {
        let floats = |column: &[Number]| column.iter().map(|loss| loss.to()).collect::<Vec<f32>>();
        let (cls, loc) = (floats(&self.cls_losses), floats(&self.loc_losses));
        let weight = |weight: Option<Number>| weight.map_or(1., Number::to);
        match params.loss_type {
            LossType::Cls => cls,
            LossType::Loc => loc,
            LossType::Both => {
                let mut keys = vec![f32::NAN; cls.len()];
                let (cls_weight, loc_weight) =
                    (weight(params.cls_loss_weight), weight(params.loc_loss_weight));
                weighted_sum(&cls, cls_weight, &loc, loc_weight, &mut keys).expect("the columns are as long");
                keys
            }
        }
    }
}
