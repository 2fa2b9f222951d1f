//! TensorFlow: the unit tests of `HardExampleMiner`, and its way with ignored anchors.

use ohem_core::rules::{Ignored, TensorflowConfig, weighted_sum};
use ohem_testkit::adapters::{Oracle, Path, rules::Tensorflow as _};
use serde::Deserialize;

use super::{corners, floats};
use crate::support::number::{Number, Precision};

#[derive(Deserialize)]
pub(crate) struct Tensorflow {
    cases: Vec<Case>,
    ignored_anchor_quirk: Quirk,
}

/// Two images with the same boxes, or one.
#[derive(Deserialize)]
struct Case {
    loc: OneOrMore<Number>,
    cls: OneOrMore<Number>,
    boxes: Vec<[Number; 4]>,
    r#match: Option<Vec<i32>>,
    num_hard: Option<usize>,
    iou: f64,
    loss_type: String,
    w: Option<[Number; 2]>,
    max_neg_per_pos: Option<f64>,
    #[serde(default)]
    min_neg: usize,
    expect_loc: f64,
    expect_cls: f64,
    idx: OneOrMore<usize>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore<T> {
    One(Vec<T>),
    More(Vec<Vec<T>>),
}

impl<T> OneOrMore<T> {
    fn rows(&self) -> Vec<&[T]> {
        match self {
            Self::One(row) => vec![row],
            Self::More(rows) => rows.iter().map(Vec::as_slice).collect(),
        }
    }
}

#[derive(Deserialize)]
struct Quirk {
    r#match: Vec<i32>,
    iou: f64,
    ratio0: Vec<usize>,
    ratio1: Vec<usize>,
    doc_example: DocExample,
}

#[derive(Deserialize)]
struct DocExample {
    indices: Vec<usize>,
    pos: Vec<usize>,
    neg: Vec<usize>,
    ratio: f64,
    out: Vec<usize>,
}

fn mined<F: Precision, P: Path>(
    boxes: &[[F; 4]],
    losses: &[F],
    matches: &[i32],
    config: &TensorflowConfig,
) -> Vec<usize> {
    let mined = P::tensorflow(boxes, losses, matches, config).unwrap();
    let naive = Oracle::tensorflow(boxes, losses, matches, config).unwrap();
    assert_eq!(mined, naive, "{} {}", P::NAME, F::NAME);
    mined
}

impl Case {
    fn config(&self) -> TensorflowConfig {
        let mut config = TensorflowConfig::new();
        config.num_hard_examples = self.num_hard;
        config.iou_threshold = self.iou;
        config.max_negatives_per_positive = self.max_neg_per_pos;
        config.min_negatives_per_image = self.min_neg;
        config
    }

    fn losses<F: Precision>(&self, cls: &[Number], loc: &[Number]) -> Vec<F> {
        let (cls, loc) = (floats::<F>(cls), floats::<F>(loc));
        match self.loss_type.as_str() {
            "cls" => cls,
            "loc" => loc,
            "both" => {
                let [cls_weight, loc_weight] = self.w.unwrap().map(Number::to);
                let mut losses = vec![F::nan(); cls.len()];
                weighted_sum(&cls, cls_weight, &loc, loc_weight, &mut losses).unwrap();
                losses
            }
            other => panic!("{other}: no type of loss"),
        }
    }
}

/// No anchor is ignored here, so the original's way with those makes no difference.
pub(crate) fn miner<F: Precision, P: Path>(peer: &Tensorflow) {
    for case in &peer.cases {
        let boxes = corners::<F>(&case.boxes);
        let matches = case.r#match.clone().unwrap_or_else(|| vec![0; boxes.len()]);
        let (mut sum_of_loc, mut sum_of_cls) = (0., 0.);
        let rows = case.loc.rows().into_iter().zip(case.cls.rows()).zip(case.idx.rows());
        for ((loc, cls), idx) in rows {
            let losses = case.losses::<F>(cls, loc);
            for ignored in [Ignored::Excluded, Ignored::Compete] {
                let mut config = case.config();
                config.ignored = ignored;
                assert_eq!(mined::<F, P>(&boxes, &losses, &matches, &config), idx);
            }
            sum_of_loc += idx.iter().map(|&anchor| loc[anchor].0).sum::<f64>();
            sum_of_cls += idx.iter().map(|&anchor| cls[anchor].0).sum::<f64>();
        }
        assert_eq!((sum_of_loc, sum_of_cls), (case.expect_loc, case.expect_cls));
    }
}

/// Ignored anchors stay in the original until the negatives have run over; by default they take no part.
pub(crate) fn ignored<F: Precision, P: Path>(peer: &Tensorflow) {
    let quirk = &peer.ignored_anchor_quirk;
    let case = peer.cases.iter().find(|case| case.boxes.len() == quirk.r#match.len()).unwrap();
    let (boxes, losses) = (corners::<F>(&case.boxes), floats::<F>(case.cls.rows()[0]));
    let is_ignored = |anchor: &usize| quirk.r#match[*anchor] < -1;
    for (ratio, out) in [(0., &quirk.ratio0), (1., &quirk.ratio1)] {
        let mut config = TensorflowConfig::new();
        (config.num_hard_examples, config.iou_threshold) = (None, quirk.iou);
        config.max_negatives_per_positive = Some(ratio);
        let without: Vec<usize> = mined::<F, P>(&boxes, &losses, &quirk.r#match, &config);
        assert_eq!(without, out.iter().copied().filter(|anchor| !is_ignored(anchor)).collect::<Vec<_>>());
        config.ignored = Ignored::Compete;
        assert_eq!(&mined::<F, P>(&boxes, &losses, &quirk.r#match, &config), out);
    }
}

/// The example in the documentation of the limit: what NMS has kept, hardest first.
pub(crate) fn documented<F: Precision, P: Path>(peer: &Tensorflow) {
    let DocExample { indices, pos, neg, ratio, out } = &peer.ignored_anchor_quirk.doc_example;
    let anchors = indices.iter().max().unwrap() + 1;
    let (mut losses, mut matches) = (vec![F::zero(); anchors], vec![-2; anchors]);
    for (&anchor, hardness) in indices.iter().rev().zip(1_u8..) {
        losses[anchor] = F::from_f64(hardness.into());
    }
    pos.iter().for_each(|&anchor| matches[anchor] = 0);
    neg.iter().for_each(|&anchor| matches[anchor] = -1);
    let boxes = vec![[F::zero(); 4]; anchors];
    let mut config = TensorflowConfig::ssd();
    (config.num_hard_examples, config.max_negatives_per_positive) = (Some(indices.len()), Some(*ratio));
    assert_eq!(&mined::<F, P>(&boxes, &losses, &matches, &config), out);
}
