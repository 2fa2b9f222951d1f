//! ONNX `NonMaxSuppression`: the operator's own node tests.

use ohem_core::{NanPolicy, NmsConfig};
use ohem_testkit::adapters::Path;
use serde::Deserialize;

use super::{corners, floats, kept};
use crate::support::number::{Number, Precision};
use crate::support::table::Table;

#[derive(Deserialize)]
pub(crate) struct Onnx {
    boxes: Vec<[Number; 4]>,
    scores: Vec<Number>,
    cases: Vec<OnnxCase>,
}

#[derive(Deserialize)]
struct OnnxCase {
    boxes: Option<Vec<[Number; 4]>>,
    boxes_cxcywh: Option<Vec<[Number; 4]>>,
    scores: Option<Vec<Number>>,
    max: usize,
    iou: Option<f64>,
    score: Option<f64>,
    out: Option<Vec<usize>>,
    out_per_group: Option<Vec<usize>>,
}

/// Scores must exceed a threshold, corners may have any order, and each class keeps a limited number.
pub(crate) fn nms<F: Precision, P: Path>(peer: &Onnx) {
    for case in &peer.cases {
        let boxes: Vec<[F; 4]> = match &case.boxes_cxcywh {
            Some(centres) => corners(centres).into_iter().map(from_centre).collect(),
            None => corners(case.boxes.as_ref().unwrap_or(&peer.boxes)).into_iter().map(in_order).collect(),
        };
        let scores = floats::<F>(case.scores.as_ref().unwrap_or(&peer.scores));
        let passing = |roi: &usize| case.score.is_none_or(|least| scores[*roi].into() > least);
        let among: Vec<usize> = (0..boxes.len()).filter(passing).collect();
        let threshold = case.iou.unwrap_or(0.5);
        if let Some(out) = &case.out {
            let mut kept = kept::<F, P>(&boxes, &scores, &among, threshold);
            kept.truncate(case.max);
            assert_eq!(&kept, out, "{} {}", P::NAME, F::NAME);
        }
        for group in case.out_per_group.iter().flat_map(|_| 0..2) {
            let twice = Table {
                boxes: [&boxes[..], &boxes].concat(),
                images: vec![0; 2 * boxes.len()],
                labels: (0..2).flat_map(|label| vec![label; boxes.len()]).collect(),
                losses: [&scores[..], &scores].concat(),
            };
            let kept = P::batched_nms(
                &twice.boxes,
                &twice.losses,
                &twice.group_numbers(),
                &NmsConfig::new(threshold),
                NanPolicy::Error,
            )
            .unwrap();
            let of_group =
                kept.iter().filter(|&&roi| roi / boxes.len() == group).map(|roi| roi % boxes.len());
            assert_eq!(of_group.take(case.max).collect::<Vec<_>>(), *case.out_per_group.as_ref().unwrap());
        }
    }
}

fn in_order<F: Precision>([x1, y1, x2, y2]: [F; 4]) -> [F; 4] {
    [x1.min(x2), y1.min(y2), x1.max(x2), y1.max(y2)]
}

fn from_centre<F: Precision>([x, y, width, height]: [F; 4]) -> [F; 4] {
    let two = F::one() + F::one();
    [x - width / two, y - height / two, x + width / two, y + height / two]
}
