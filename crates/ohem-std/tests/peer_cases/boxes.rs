//! mmcv, torchvision and powerboxes: NMS and IoU of plain boxes.

use ohem_core::Convention;
use ohem_testkit::adapters::Path;
use serde::Deserialize;

use super::{close, corners, floats, kept};
use crate::support::number::{Number, Precision};

/// Suppresses among all the boxes.
fn keep<F: Precision, P: Path>(boxes: &[[Number; 4]], scores: &[Number], threshold: f64) -> Vec<usize> {
    kept::<F, P>(&corners(boxes), &floats(scores), &(0..boxes.len()).collect::<Vec<_>>(), threshold)
}

#[derive(Deserialize)]
pub(crate) struct Mmcv {
    boxes: Vec<[Number; 4]>,
    scores: Vec<Number>,
    #[serde(rename = "nms .3 offset0")]
    nms: Vec<usize>,
    #[serde(rename = "doc nms")]
    doc: MmcvDoc,
}

#[derive(Deserialize)]
struct MmcvDoc {
    boxes: Vec<[Number; 4]>,
    scores: Vec<Number>,
    thr: f64,
    count: usize,
    executed_idx: Vec<usize>,
}

pub(crate) fn mmcv<F: Precision, P: Path>(peer: &Mmcv) {
    assert_eq!(keep::<F, P>(&peer.boxes, &peer.scores, 0.3), peer.nms);
    let doc = keep::<F, P>(&peer.doc.boxes, &peer.doc.scores, peer.doc.thr);
    assert_eq!((doc.len(), &doc), (peer.doc.count, &peer.doc.executed_idx));
}

#[derive(Deserialize)]
pub(crate) struct Torchvision {
    #[serde(rename = "A")]
    boxes: Vec<[Number; 4]>,
    iou: Vec<Vec<f64>>,
    float: TorchvisionFloat,
}

#[derive(Deserialize)]
struct TorchvisionFloat {
    boxes: Vec<[Number; 4]>,
    iou: Vec<Vec<f64>>,
    scores: Vec<Number>,
    #[serde(rename = "nms .2")]
    nms: Vec<usize>,
}

/// Published to six digits.
pub(crate) fn torchvision<F: Precision, P: Path>(peer: &Torchvision) {
    for (boxes, rows) in [(&peer.boxes, &peer.iou), (&peer.float.boxes, &peer.float.iou)] {
        let (boxes, columns) = (corners::<F>(boxes), rows[0].len());
        let got = P::iou(&boxes, &boxes[..columns], Convention::Continuous);
        assert_eq!(got.len(), rows.len() * columns);
        got.into_iter().zip(rows.iter().flatten()).for_each(|(got, &want)| close("IoU", got, want, 1e-6));
    }
    assert_eq!(keep::<F, P>(&peer.float.boxes, &peer.float.scores, 0.2), peer.float.nms);
}

#[derive(Deserialize)]
pub(crate) struct Powerboxes {
    nms: PowerboxesNms,
    iou_distance: Vec<Distance>,
}

#[derive(Deserialize)]
struct PowerboxesNms {
    boxes: Vec<[Number; 4]>,
    scores: Vec<Number>,
    iou: f64,
    out: Vec<usize>,
}

#[derive(Deserialize)]
struct Distance {
    a: [Number; 4],
    b: [Number; 4],
    d: f64,
}

/// A distance is 1 - IoU.
pub(crate) fn powerboxes<F: Precision, P: Path>(peer: &Powerboxes) {
    assert_eq!(keep::<F, P>(&peer.nms.boxes, &peer.nms.scores, peer.nms.iou), peer.nms.out);
    for Distance { a, b, d } in &peer.iou_distance {
        let iou = P::iou(&corners::<F>(&[*a]), &corners(&[*b]), Convention::Continuous);
        close("distance", F::one() - iou[0], *d, 1e-12);
    }
}
