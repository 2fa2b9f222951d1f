extern crate std;
use super::*;
use crate::ArrayStorage;
use rand::{SeedableRng, rngs::SmallRng};
use std::vec;
use std::vec::Vec;

const NONE: u32 = u32::MAX;

/// Clusters (3, 6, 1), (5, 0) and (4), two negatives of low scores, a positive, and an ignored RoI like 3.
const BOXES: [[f64; 4]; 10] = [
    [100.0, 0.0, 110.0, 9.0],
    [0.0, 0.0, 10.0, 5.0], // IoU 0.5 with 3
    [0.0, 0.0, 10.0, 10.0],
    [0.0, 0.0, 10.0, 10.0],
    [200.0, 0.0, 210.0, 10.0],
    [100.0, 0.0, 110.0, 10.0],
    [0.0, 0.0, 10.0, 8.0],
    [0.0, 0.0, 10.0, 10.0],
    [0.0, 0.0, 10.0, 10.0],
    [0.0, 0.0, 10.0, 10.0],
];
const SCORES: [f64; 10] = [0.55, 0.7, 0.01, 0.9, 0.3, 0.6, 0.8, 0.05, 0.95, 0.99];
const MATCHES: [i32; 10] = [-1, -1, -1, -1, -1, -1, -1, -1, 4, -2];
const ALL: PisaConfig = PisaConfig::new().pos_fraction(0.0).k(1.0);

#[derive(Clone, Debug)]
struct Image {
    boxes: [[f64; 4]; 10],
    scores: [f64; 10],
    losses: [f64; 10],
    matches: [i32; 10],
}

const IMAGE: Image = Image { boxes: BOXES, scores: SCORES, losses: [1.0; 10], matches: MATCHES };

#[derive(Clone, Debug, PartialEq)]
struct Sampled {
    positives: usize,
    rois: Vec<u32>,
    weights: Vec<f64>,
    ranks: Vec<u32>,
}

impl Image {
    fn sample(&self, config: &PisaConfig, seed: u64) -> Result<Sampled, MineError> {
        let matches = self.matches.map(Match::from_signed);
        let Self { boxes, scores, losses, .. } = self;
        let rois = ScoredRois { boxes: BBox::from_rows(boxes), scores, losses, matches: &matches };
        let (mut storage, mut generator) = (ArrayStorage::<f64, 9>::new(), SmallRng::seed_from_u64(seed));
        let (mut ranks, mut weights) = (vec![7; 10], vec![-1.0; 9]);
        let (positives, sampled) =
            pisa(&rois, config, &mut generator, &mut ranks, &mut weights, &mut storage)?;
        let rois = sampled.indices().to_vec();
        assert!(weights.split_off(rois.len()).iter().all(|&rest| rest == -1.0), "the rest is left alone");
        Ok(Sampled { positives, rois, weights, ranks })
    }

    fn order(&self, config: &PisaConfig) -> Vec<u32> {
        self.sample(config, 0).unwrap().rois
    }

    fn weights(&self, config: &PisaConfig) -> Vec<f64> {
        self.sample(config, 0).unwrap().weights
    }
}

#[track_caller]
fn assert_near(got: &[f64], want: &[f64]) {
    let near = |(got, want): (&f64, &f64)| (got - want).abs() <= 1e-12;
    assert!(got.len() == want.len() && got.iter().zip(want).all(near), "{got:?} instead of {want:?}");
}

#[test]
fn heads_of_clusters_rank_first_and_then_the_next_of_each() {
    let sampled = IMAGE.sample(&ALL.num(6), 0).unwrap();
    assert_eq!(sampled.rois, [3, 5, 4, 6, 0, 1]);
    assert_eq!(sampled.ranks, [1, 2, NONE, 0, 0, 0, 1, NONE, NONE, NONE]);
    for num in 0..6 {
        assert_eq!(IMAGE.order(&ALL.num(num)), sampled.rois[..num]);
    }
    // RoI 1 overlaps RoI 6 as well, but RoI 6 heads no cluster.
    assert_eq!(IMAGE.order(&ALL.num(6).iou_thr(0.51)), [3, 1, 5, 4, 6, 0]);
    assert_eq!(IMAGE.order(&ALL.num(6).iou_thr(1.1)), [3, 6, 1, 5, 0, 4], "every RoI is its cluster");
}

#[test]
fn every_box_overlaps_by_0_but_an_invalid_box_belongs_to_no_other() {
    let mut image = IMAGE;
    image.boxes[5] = [110.0, 0.0, 100.0, 10.0];
    assert_eq!(image.sample(&ALL.num(6).iou_thr(0.0), 0).unwrap().ranks[..7], [3, 2, NONE, 0, 4, 0, 1]);
    assert_eq!(image.order(&ALL.num(6).iou_thr(0.0)), [3, 5, 6, 1, 0, 4]);
}

#[test]
fn equal_scores_rank_by_index() {
    let image = Image { scores: [0.5; 10], ..IMAGE };
    let sampled = image.sample(&ALL.num(8), 0).unwrap();
    // RoI 1 is a head now: 2, 3 and 7 overlap it by exactly 0.5, and 6 by 0.625.
    assert_eq!(sampled.rois, [0, 1, 4, 2, 5, 3, 6, 7]);
    assert_eq!(sampled.ranks[..8], [0, 0, 1, 2, 0, 1, 3, 4]);
}

#[test]
fn others_follow_at_random_if_too_few_are_ranked() {
    let mut seen = [false; 10];
    for seed in 0..20 {
        let rois = IMAGE.sample(&ALL.num(7), seed).unwrap().rois;
        assert_eq!(rois[..6], [3, 5, 4, 6, 0, 1]);
        assert!([2, 7].contains(&rois[6]), "a score at the threshold is not ranked");
        seen[rois[6] as usize] = true;
    }
    assert!(seen[2] && seen[7]);
    assert_eq!(IMAGE.order(&ALL.num(99)).len(), 8, "and no more than there are");
    assert_eq!(IMAGE.order(&ALL.num(7).score_thr(0.049))[6], 7, "the last of the cluster of 3");
}

#[test]
fn weights_fall_with_the_rank_and_preserve_the_loss() {
    // m is 6, the number ranked: 6/6, 5/6, 4/6, 3/6, times 4 / 3.
    assert_near(&IMAGE.weights(&ALL.num(4)), &[4.0 / 3.0, 10.0 / 9.0, 8.0 / 9.0, 2.0 / 3.0]);
    // m is 8, the number selected: 8/8 to 3/8, twice more 3/8, times 8 / (39 / 8).
    let want = [8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 3.0, 3.0].map(|weight| weight / 8.0 * 64.0 / 39.0);
    assert_near(&IMAGE.weights(&ALL.num(99)), &want);

    let mut image = IMAGE;
    (image.losses[3], image.losses[5]) = (2.0, 1.0);
    let squared = ALL.num(2).k(2.0).bias(0.5); // 1 and (1/2 + 5/12)^2, times 3 / (2 + 121/144)
    assert_near(&image.weights(&squared), &[432.0 / 409.0, 363.0 / 409.0]);
    let root = PisaConfig::new().pos_fraction(0.0).num(2); // 1 and sqrt(5/6)
    let scale = 3.0 / (2.0 + (5.0_f64 / 6.0).sqrt());
    assert_near(&image.weights(&root), &[scale, (5.0_f64 / 6.0).sqrt() * scale]);
    assert_eq!(image.weights(&ALL.num(8).k(0.0)), [1.0; 8]);
    assert_eq!(image.weights(&ALL.num(8).bias(1.0)), [1.0; 8]);
}

#[test]
fn weights_are_not_scaled_without_ranks_or_losses() {
    let unranked = ALL.num(3).score_thr(1.0);
    assert_eq!(IMAGE.weights(&unranked), [1.0; 3]);
    assert_eq!(Image { losses: [f64::INFINITY; 10], ..IMAGE }.weights(&unranked), [1.0; 3]);
    assert_near(&Image { losses: [0.0; 10], ..IMAGE }.weights(&ALL.num(2)), &[1.0, 5.0 / 6.0]);
}

#[test]
fn positives_lead_with_weight_1_and_limit_negatives() {
    let config = ALL.num(4).pos_fraction(0.25);
    let sampled = IMAGE.sample(&config, 0).unwrap();
    assert_eq!((sampled.positives, sampled.rois), (1, vec![8, 3, 5, 4]));
    assert_near(&sampled.weights, &[1.0, 6.0 / 5.0, 1.0, 4.0 / 5.0]);
    assert_eq!(IMAGE.order(&config.neg_pos_ub(2.0)), [8, 3, 5]);
    let image = Image { matches: [0, -2, -2, -2, -2, -2, -2, -2, 1, -2], ..IMAGE };
    let sampled = image.sample(&ALL.num(4).pos_fraction(1.0), 0).unwrap();
    assert_eq!((sampled.positives, sampled.weights, sampled.ranks), (2, vec![1.0; 2], vec![NONE; 10]));
    assert_eq!(image.sample(&ALL.num(4), 0).unwrap().rois, [], "no negatives");
}

#[test]
fn a_nan_of_a_negative_is_named_skipped_or_first() {
    let mut image = IMAGE;
    (image.scores[8], image.losses[8], image.scores[9], image.losses[9]) =
        (f64::NAN, f64::NAN, f64::NAN, f64::NAN);
    assert_eq!(image.order(&ALL.num(6)), [3, 5, 4, 6, 0, 1], "of no other");
    image.scores[4] = -f64::NAN;
    assert_eq!(image.sample(&ALL, 0), Err(NanLoss { index: 4 }.into()));
    assert_eq!(image.order(&ALL.num(5).nan(NanPolicy::Skip)), [3, 5, 6, 0, 1]);
    assert_eq!(image.order(&ALL.num(3).nan(NanPolicy::First)), [4, 3, 5]);
    let mut image = IMAGE;
    image.losses[6] = f64::NAN;
    assert_eq!(image.sample(&ALL, 0), Err(NanLoss { index: 6 }.into()));
    assert_eq!(image.order(&ALL.num(5).nan(NanPolicy::Skip)), [3, 5, 4, 1, 0]);
    assert!(image.weights(&ALL.num(4).nan(NanPolicy::First)).iter().all(|weight| weight.is_nan()));
    assert!(image.weights(&ALL.num(3).nan(NanPolicy::First)).iter().all(|weight| !weight.is_nan()));
}

#[test]
fn bad_settings_are_refused_by_their_names() {
    let refused = |config: PisaConfig| IMAGE.sample(&config, 0).unwrap_err();
    let setting = |name, expected| ConfigError::Setting { name, expected }.into();
    for k in [-0.5, f64::INFINITY, f64::NAN] {
        assert_eq!(refused(ALL.k(k)), setting("k", "finite, and at least 0"));
    }
    for bias in [-0.1, 1.1, f64::NAN] {
        assert_eq!(refused(ALL.bias(bias)), setting("bias", "from 0 to 1"));
    }
    assert_eq!(refused(ALL.score_thr(f64::NAN)), setting("score_thr", "a number, not NaN"));
    assert_eq!(refused(ALL.iou_thr(f64::NAN)), setting("iou_thr", "a number, not NaN"));
}

#[test]
fn bad_lengths_and_small_memory_are_refused_by_name() {
    let matches = MATCHES.map(Match::from_signed);
    let good =
        ScoredRois { boxes: BBox::from_rows(&BOXES), scores: &SCORES, losses: &SCORES, matches: &matches };
    let refused = |rois: ScoredRois<'_, f64>, ranks: usize, weights: usize| {
        let mut storage = ArrayStorage::<f64, 8>::new();
        let mut generator = SmallRng::seed_from_u64(0);
        let (mut ranks, mut weights) = (vec![0; ranks], vec![0.0; weights]);
        let sampled = pisa(&rois, &ALL.num(4), &mut generator, &mut ranks, &mut weights, &mut storage);
        sampled.map(|(_, sampled)| sampled.len())
    };
    let length = |what| Err::<usize, MineError>(LengthMismatch { what, expected: 10, actual: 9 }.into());
    let capacity = |what, needed, capacity| {
        Err::<usize, MineError>(ConfigError::Capacity { what, needed, capacity }.into())
    };
    assert_eq!(refused(good, 10, 4), Ok(4));
    assert_eq!(refused(ScoredRois { boxes: &good.boxes[1..], ..good }, 10, 4), length("boxes"));
    assert_eq!(refused(ScoredRois { scores: &SCORES[1..], ..good }, 10, 4), length("scores"));
    assert_eq!(refused(ScoredRois { losses: &SCORES[1..], ..good }, 10, 4), length("losses"));
    assert_eq!(refused(good, 9, 4), length("ranks"));
    assert_eq!(refused(good, 10, 3), capacity("weights", 4, 3));
    let matches = [Match::BACKGROUND; 10];
    assert_eq!(refused(ScoredRois { matches: &matches, ..good }, 10, 4), capacity("selected RoIs", 10, 8));
    let matches = [Match::object(0); 10];
    assert_eq!(refused(ScoredRois { matches: &matches, ..good }, 10, 4), capacity("selected RoIs", 10, 8));
}

#[test]
fn each_setting_changes_what_it_names_and_nothing_else() {
    let config = PisaConfig::default().num(1).pos_fraction(0.5).neg_pos_ub(3.0).k(2.0).bias(0.1);
    let config = config.score_thr(0.2).iou_thr(0.3).nan(NanPolicy::Skip);
    let want = PisaConfig {
        num: 1,
        pos_fraction: 0.5,
        neg_pos_ub: Some(3.0),
        k: 2.0,
        bias: 0.1,
        score_thr: 0.2,
        iou_thr: 0.3,
        nan: NanPolicy::Skip,
    };
    assert_eq!(config, want);
}
