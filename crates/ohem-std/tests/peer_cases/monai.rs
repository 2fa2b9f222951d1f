//! MONAI: `HardNegativeSampler`, as far as nothing in it is random.

use serde::Deserialize;

use super::floats;
use crate::support::number::{Number, Precision};
use crate::support::path::{Path, Reference, Rules};
use ohem_core::rules::MmdetConfig;

#[derive(Deserialize)]
pub(crate) struct Monai {
    per_image: usize,
    pos_fraction: f64,
    labels: Vec<Vec<i32>>,
    fg_probs: Vec<Number>,
    pos: Vec<Vec<u8>>,
    neg: Vec<Vec<u8>>,
}

/// The quotas are mmdetection's, and there are not so many RoIs that one would be left out.
pub(crate) fn sample<F: Precision, P: Path>(peer: &Monai) {
    let mut config = MmdetConfig::new();
    (config.num, config.pos_fraction) = (peer.per_image, peer.pos_fraction);
    config.neg_pos_ub = Some((1. - 1. / peer.pos_fraction).abs());
    let mut hardness = floats::<F>(&peer.fg_probs);
    for ((labels, pos), neg) in peer.labels.iter().zip(&peer.pos).zip(&peer.neg) {
        let others = hardness.split_off(labels.len());
        let matches: Vec<i32> = labels.iter().map(|&label| label - 1).collect();
        let (positives, negatives) = P::mmdet(&hardness, &matches, &config);
        let naive = Reference::mmdet(&hardness, &matches, &config);
        assert_eq!((&positives, &negatives), (&naive.0, &naive.1), "{} {}", P::NAME, F::NAME);
        let mask =
            |rois: &[usize]| (0..labels.len()).map(|roi| u8::from(rois.contains(&roi))).collect::<Vec<_>>();
        assert_eq!((&mask(&positives), &mask(&negatives)), (pos, neg));
        hardness = others;
    }
    assert_eq!(P::mmdet::<F>(&[], &[], &config), (vec![], vec![]));
}
