//! The rules of mmdetection that sample negatives equal their oracles, random numbers included.

#![expect(clippy::cast_possible_truncation, reason = "quantised losses and boxes in f32 on purpose")]

use core::fmt::Debug;

use ohem_core::rules::{LibraConfig, Pick, PisaConfig, ScoredRois, libra, pisa};
use ohem_core::{ArrayStorage, BBox, Float, Match, MineError, NanLoss, NanPolicy, RankKey};
use ohem_testkit::oracle::{self, Nan, rules_mmdet};
use proptest::prelude::*;
use rand::{Rng, SeedableRng, rngs::SmallRng};

/// The most RoIs of an image: enough to partition, and not only to sort.
const MOST: usize = 90;

/// One RoI: corners, score or loss, another loss, overlap, and match.
type Roi = ([f64; 4], f64, f64, f64, i32);

fn image() -> impl Strategy<Value = Vec<Roi>> {
    let corner = || prop_oneof![9 => (0..6_u8).prop_map(f64::from), 1 => Just(f64::NAN)];
    let corners = [corner(), corner(), corner(), corner()].prop_map(|[x1, y1, width, height]| {
        // Some are points, and one of eight has no area or inverted corners.
        [x1, y1, x1 + width, if height == 5.0 { y1 - 1.0 } else { y1 + height }]
    });
    let score = prop_oneof![9 => (0..21_u8).prop_map(|score| f64::from(score) / 20.0), 9 => 0.0..1.0];
    let loss = prop_oneof![9 => (0..6_u8).prop_map(f64::from), 9 => 0.0..10.0, 1 => Just(f64::INFINITY)];
    let overlap = prop_oneof![9 => (0..9_u8).prop_map(|overlap| f64::from(overlap) / 8.0), 9 => 0.0..1.0,
        1 => prop_oneof![Just(f64::NAN), Just(-0.0), Just(-1.0)]];
    let matched = prop_oneof![2 => 0..3_i32, 6 => Just(-1), 1 => Just(-2)];
    prop::collection::vec((corners, score, loss, overlap, matched), 0..MOST)
}

/// Replaces some values by NaN, or none in half of all cases.
fn nans() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![Just(vec![]), prop::collection::vec(0..MOST, 1..4)]
}

fn a_nan() -> impl Strategy<Value = NanPolicy> {
    prop_oneof![Just(NanPolicy::Error), Just(NanPolicy::Skip), Just(NanPolicy::First)]
}

fn nan_of(nan: NanPolicy) -> Nan {
    match nan {
        NanPolicy::Error => Nan::Error,
        NanPolicy::Skip => Nan::Skip,
        NanPolicy::First => Nan::First,
    }
}

fn fraction() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(0.25), Just(0.5), Just(1.0), 0.0..1.0]
}

fn ratio() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![Just(None), (0.0..4.0).prop_map(Some)]
}

fn libra_config() -> impl Strategy<Value = LibraConfig> {
    let floor = prop_oneof![Just(-1.0), Just(0.0), Just(0.125), Just(0.5), Just(2.0), 0.0..1.0];
    let pick = prop_oneof![Just(Pick::Random), Just(Pick::Hardest)];
    let floor = (floor, fraction(), 1..7_usize);
    ((0..MOST + 9, fraction(), ratio()), floor, pick, a_nan()).prop_map(
        |((num, pos_fraction, ratio), (floor_thr, floor_fraction, num_bins), pick, nan)| {
            let config = LibraConfig::new().num(num).pos_fraction(pos_fraction).pick(pick).nan(nan);
            let config = config.floor_thr(floor_thr).floor_fraction(floor_fraction).num_bins(num_bins);
            ratio.map_or(config, |ratio| config.neg_pos_ub(ratio))
        },
    )
}

fn pisa_config() -> impl Strategy<Value = PisaConfig> {
    let thresholds = (prop_oneof![Just(0.05), fraction()], prop_oneof![Just(0.5), Just(1.1), fraction()]);
    let map = (prop_oneof![Just(0.5), 0.0..4.0], prop_oneof![Just(0.0), fraction()]);
    ((0..MOST + 9, fraction(), ratio()), thresholds, map, a_nan()).prop_map(
        |((num, pos_fraction, ratio), (score_thr, iou_thr), (k, bias), nan)| {
            let config = PisaConfig::new().num(num).pos_fraction(pos_fraction).nan(nan);
            let config = config.score_thr(score_thr).iou_thr(iou_thr).k(k).bias(bias);
            ratio.map_or(config, |ratio| config.neg_pos_ub(ratio))
        },
    )
}

fn matches_of(matches: &[i32]) -> Vec<Match> {
    matches.iter().map(|&of| Match::from_signed(of)).collect()
}

fn widened(indices: &[u32]) -> Vec<usize> {
    indices.iter().map(|&index| index as usize).collect()
}

/// The two parts of a sample.
fn parts(positives: usize, sampled: &[u32]) -> (Vec<usize>, Vec<usize>) {
    let (positives, negatives) = sampled.split_at(positives);
    (widened(positives), widened(negatives))
}

fn first_nan(index: usize) -> MineError {
    NanLoss { index: index as u32 }.into()
}

fn libra_is_its_oracle<F: Float, H: RankKey>(
    overlaps: &[F],
    losses: &[H],
    matches: &[i32],
    config: &LibraConfig,
    seed: u64,
) {
    let (mut storage, mut generator) = (ArrayStorage::<F, MOST, H>::new(), SmallRng::seed_from_u64(seed));
    let sampled = libra(overlaps, losses, &matches_of(matches), config, &mut generator, &mut storage);
    let sampled = sampled.map(|(positives, sampled)| parts(positives, sampled.indices()));

    let mut generator = SmallRng::seed_from_u64(seed);
    let mut matches = matches.to_vec();
    let want = match config.pick {
        Pick::Random => Ok(oracle_libra(overlaps, &matches, config, &mut |rois, count| {
            oracle::draw(rois, count, &mut || generator.next_u32())
        })),
        Pick::Hardest => oracle::rank(losses, nan_of(config.nan)).map_err(first_nan).map(|order| {
            // A loss that is skipped is a RoI that is ignored.
            (0..matches.len()).filter(|i| !order.contains(i)).for_each(|i| matches[i] = -2);
            oracle_libra(overlaps, &matches, config, &mut |rois, count| {
                order.iter().copied().filter(|i| rois.contains(i)).take(count).collect()
            })
        }),
    };
    assert_eq!(sampled, want);
}

fn oracle_libra<F: Float>(
    overlaps: &[F],
    matches: &[i32],
    config: &LibraConfig,
    choose: &mut dyn FnMut(&[usize], usize) -> Vec<usize>,
) -> (Vec<usize>, Vec<usize>) {
    let LibraConfig { num, pos_fraction, neg_pos_ub, floor_thr, floor_fraction, num_bins, .. } = *config;
    rules_mmdet::libra(
        overlaps,
        matches,
        num,
        pos_fraction,
        neg_pos_ub,
        floor_thr,
        floor_fraction,
        num_bins,
        choose,
    )
}

fn pisa_is_its_oracle<F: Float + Debug>(
    corners: &[[F; 4]],
    [scores, losses]: [&[F]; 2],
    matches: &[i32],
    config: &PisaConfig,
    seed: u64,
    tolerance: f64,
) {
    let (mut storage, mut generator) = (ArrayStorage::<F, MOST>::new(), SmallRng::seed_from_u64(seed));
    let (mut ranks, mut weights) = (vec![7; matches.len()], vec![F::nan(); matches.len()]);
    let of = matches_of(matches);
    let rois = ScoredRois { boxes: BBox::from_rows(corners), scores, losses, matches: &of };
    let sampled = pisa(&rois, config, &mut generator, &mut ranks, &mut weights, &mut storage);
    let sampled = sampled.map(|(positives, sampled)| parts(positives, sampled.indices()));

    let mut generator = SmallRng::seed_from_u64(seed);
    let PisaConfig { num, pos_fraction, neg_pos_ub, k, bias, score_thr, iou_thr, nan, .. } = *config;
    let want = rules_mmdet::pisa(
        corners,
        scores,
        losses,
        matches,
        num,
        pos_fraction,
        neg_pos_ub,
        k,
        bias,
        score_thr,
        iou_thr,
        nan_of(nan),
        &mut || generator.next_u32(),
    );
    let want = match want {
        Ok(want) => want,
        Err(first) => return assert_eq!(sampled, Err(first_nan(first))),
    };
    assert_eq!(sampled, Ok((want.positives.clone(), want.negatives)));
    assert_eq!(
        ranks,
        want.places.iter().map(|place| place.map_or(u32::MAX, |place| place as u32)).collect::<Vec<_>>()
    );
    let want: Vec<f64> = vec![1.0; want.positives.len()].into_iter().chain(want.weights).collect();
    for (got, want) in weights.iter().map(|&weight| RankKey::to_f64(weight)).zip(want) {
        assert!((got - want).abs() <= tolerance * want || got.is_nan() && want.is_nan(), "{got} not {want}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn iou_balanced_negatives_are_those_of_the_oracle(
        image in image(), nans in nans(), config in libra_config(), seed: u64,
    ) {
        let single: Vec<f32> = image.iter().map(|roi| roi.3 as f32).collect();
        let double: Vec<f64> = image.iter().map(|roi| roi.3).collect();
        let matches: Vec<i32> = image.iter().map(|roi| roi.4).collect();
        let mut losses: Vec<f64> = image.iter().map(|roi| roi.2).collect();
        let quantised: Vec<i8> = losses.iter().map(|&loss| loss as i8).collect();
        nans.iter().for_each(|&i| losses.get_mut(i).into_iter().for_each(|loss| *loss = f64::NAN));
        libra_is_its_oracle(&single, &losses, &matches, &config, seed);
        libra_is_its_oracle(&double, &losses, &matches, &config, seed);
        libra_is_its_oracle(&double, &quantised, &matches, &config, seed);
    }

    #[test]
    fn score_hlr_is_that_of_the_oracle(
        image in image(), nans in nans(), of_scores: bool, config in pisa_config(), seed: u64,
    ) {
        let matches: Vec<i32> = image.iter().map(|roi| roi.4).collect();
        let corners: Vec<[f64; 4]> = image.iter().map(|roi| roi.0).collect();
        let mut scores: Vec<f64> = image.iter().map(|roi| roi.1).collect();
        let mut losses: Vec<f64> = image.iter().map(|roi| roi.2).collect();
        let with_nans = if of_scores { &mut scores } else { &mut losses };
        nans.iter().for_each(|&i| with_nans.get_mut(i).into_iter().for_each(|value| *value = f64::NAN));
        pisa_is_its_oracle(&corners, [&scores, &losses], &matches, &config, seed, 1e-12);
        let single = |values: &[f64]| values.iter().map(|&value| value as f32).collect::<Vec<f32>>();
        let corners: Vec<[f32; 4]> = corners.iter().map(|row| row.map(|corner| corner as f32)).collect();
        let (scores, losses) = (single(&scores), single(&losses));
        pisa_is_its_oracle(&corners, [&scores, &losses], &matches, &config, seed, 1e-5);
    }
}
