//! R-FCN: `BoxAnnotatorOHEM`, whose output is a label for every RoI.

use ohem_core::{NanPolicy, gather};
use ohem_testkit::adapters::{Oracle, Path, rules::Rfcn as _};
use serde::Deserialize;

use super::floats;
use crate::support::number::{Number, Precision};

#[derive(Deserialize)]
pub(crate) struct Rfcn {
    loss: Vec<Number>,
    img: Vec<u32>,
    labels: Vec<i32>,
    roi_per_img: usize,
    ignore: i32,
    out_labels: Vec<i32>,
}

pub(crate) fn annotate<F: Precision, P: Path>(peer: &Rfcn) {
    let losses = floats::<F>(&peer.loss);
    let hard = P::rfcn(&peer.img, &losses, peer.roi_per_img, NanPolicy::Error).unwrap();
    let naive = Oracle::rfcn(&peer.img, &losses, peer.roi_per_img, NanPolicy::Error).unwrap();
    assert_eq!(hard, naive, "{} {}", P::NAME, F::NAME);
    let hard: Vec<u32> = hard.into_iter().map(|roi| u32::try_from(roi).unwrap()).collect();
    let mut labels = vec![0; peer.labels.len()];
    gather::dense(&hard, &peer.labels, 1, peer.ignore, &mut labels).unwrap();
    assert_eq!(labels, peer.out_labels);
}
