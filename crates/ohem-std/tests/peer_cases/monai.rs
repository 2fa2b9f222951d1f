//! MONAI: `HardNegativeSampler`, as far as nothing in it is random.

use ohem_core::Float;
use ohem_core::rules::{MmdetConfig, MonaiConfig};
use ohem_testkit::adapters::rules::{Mmdet as _, Monai as _};
use ohem_testkit::adapters::{Core, Oracle, Path, Std};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use serde::Deserialize;

use super::floats;
use crate::support::number::{Number, Precision};

#[derive(Deserialize)]
pub(crate) struct Monai {
    per_image: usize,
    pos_fraction: f64,
    min_neg: usize,
    pool_size: f64,
    labels: Vec<Vec<i32>>,
    fg_probs: Vec<Number>,
    pos: Vec<Vec<u8>>,
    neg: Vec<Vec<u8>>,
}

/// One image: how hard its RoIs are, what they were matched to, and which are sampled.
struct Image<'a, F> {
    hardness: Vec<F>,
    matches: Vec<i32>,
    pos: &'a [u8],
    neg: &'a [u8],
}

impl Monai {
    fn images<F: Precision>(&self) -> Vec<Image<'_, F>> {
        let mut hardness = floats::<F>(&self.fg_probs).into_iter();
        let mut image = |labels: &[i32], pos, neg| Image {
            hardness: hardness.by_ref().take(labels.len()).collect(),
            matches: labels.iter().map(|&label| label - 1).collect(),
            pos,
            neg,
        };
        let samples = self.labels.iter().zip(&self.pos).zip(&self.neg);
        samples.map(|((labels, pos), neg)| image(labels, pos.as_slice(), neg.as_slice())).collect()
    }
}

fn mask(rois: &[usize], length: usize) -> Vec<u8> {
    (0..length).map(|roi| u8::from(rois.contains(&roi))).collect()
}

/// The quotas are mmdetection's, and there are not so many RoIs that one would be left out.
pub(crate) fn quotas<F: Precision, P: Path>(peer: &Monai) {
    let mut config = MmdetConfig::new();
    (config.num, config.pos_fraction) = (peer.per_image, peer.pos_fraction);
    config.neg_pos_ub = Some((1. - 1. / peer.pos_fraction).abs());
    for Image { hardness, matches, pos, neg } in peer.images::<F>() {
        let (positives, negatives) = P::mmdet(&hardness, &matches, &config).unwrap();
        let naive = Oracle::mmdet(&hardness, &matches, &config).unwrap();
        assert_eq!((&positives, &negatives), (&naive.0, &naive.1), "{} {}", P::NAME, F::NAME);
        assert_eq!((&mask(&positives, pos.len())[..], &mask(&negatives, neg.len())[..]), (pos, neg));
    }
    assert_eq!(P::mmdet::<F>(&[], &[], &config), Ok((vec![], vec![])));
}

/// Whatever is drawn, it is these.
pub(crate) fn pool<F: Precision>(peer: &Monai) {
    let mut config = MonaiConfig::new(peer.per_image);
    (config.positive_fraction, config.min_negatives) = (peer.pos_fraction, peer.min_neg);
    config.pool_size = peer.pool_size;
    for seed in 0..8 {
        for Image { hardness, matches, pos, neg } in peer.images::<F>() {
            let (positives, negatives) = drawn(&hardness, &matches, &config, seed);
            assert_eq!((&mask(&positives, pos.len())[..], &mask(&negatives, neg.len())[..]), (pos, neg));
        }
        assert_eq!(drawn::<F>(&[], &[], &config, seed), (vec![], vec![]));
    }
}

/// Draws in fixed arrays and in Vecs, which must give the same.
fn drawn<F: Float>(
    hardness: &[F],
    matches: &[i32],
    config: &MonaiConfig,
    seed: u64,
) -> (Vec<usize>, Vec<usize>) {
    let generator = &SmallRng::seed_from_u64(seed);
    let drawn = Core::monai(hardness, matches, config, generator);
    assert_eq!(Std::monai(hardness, matches, config, generator), drawn);
    drawn.unwrap()
}
