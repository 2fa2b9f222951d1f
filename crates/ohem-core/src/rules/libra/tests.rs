extern crate std;
use super::*;
use crate::ArrayStorage;
use rand::{SeedableRng, rngs::SmallRng};
use std::vec;
use std::vec::Vec;

/// A positive whose overlap makes three bins of 0.25, and negatives: 1, 2 and 7 are in the first, 3 and 4 in the
/// second, 5 in the third, 6 in none. The last RoI is ignored.
const OVERLAPS: [f64; 9] = [0.75, 0.125, 0.125, 0.25, 0.375, 0.5, 0.75, 0.0, 0.375];
const LOSSES: [f32; 9] = [7.0, 1.0, 2.0, 3.0, 4.0, 5.0, 9.0, 8.0, 99.0];
const MATCHES: [i32; 9] = [0, -1, -1, -1, -1, -1, -1, -1, -2];

const HARDEST: LibraConfig = LibraConfig::new().pick(Pick::Hardest).pos_fraction(0.0);

fn sampled(
    overlaps: &[f64],
    losses: &[f32],
    matches: &[i32],
    config: &LibraConfig,
    seed: u64,
) -> Result<(usize, Vec<u32>), MineError> {
    let matches: Vec<_> = matches.iter().map(|&of| Match::from_signed(of)).collect();
    let (mut storage, mut generator) = (ArrayStorage::<f64, 8, f32>::new(), SmallRng::seed_from_u64(seed));
    let (positives, sampled) = libra(overlaps, losses, &matches, config, &mut generator, &mut storage)?;
    assert_eq!((sampled.total(), sampled.visited()), (overlaps.len(), sampled.len()));
    Ok((positives, sampled.indices().to_vec()))
}

/// Samples the hardest of the RoIs above.
fn hardest(config: &LibraConfig) -> Vec<u32> {
    sampled(&OVERLAPS, &LOSSES, &MATCHES, config, 0).unwrap().1
}

#[test]
fn bins_give_evenly_and_what_they_lack_comes_from_any() {
    assert_eq!(hardest(&HARDEST.num(0)), []);
    assert_eq!(hardest(&HARDEST.num(2)), [6, 7], "less than one a bin: the hardest of all");
    assert_eq!(hardest(&HARDEST.num(3)), [7, 4, 5], "an overlap at an edge is in the upper bin");
    assert_eq!(hardest(&HARDEST.num(6)), [7, 2, 4, 3, 5, 6]);
    assert_eq!(hardest(&HARDEST.num(9)), [7, 2, 1, 4, 3, 5, 6], "all, and none that is ignored");
    assert_eq!(hardest(&HARDEST.num(3).num_bins(1)), [6, 7, 5], "one bin: no balance");
    assert_eq!(hardest(&HARDEST.num(3).num_bins(usize::MAX)), [6, 7, 5]);
}

#[test]
fn a_floor_splits_off_negatives_that_are_not_balanced() {
    let zero = HARDEST.floor_thr(0.0);
    assert_eq!(hardest(&zero.num(3)), [2, 4, 5], "7 overlaps nothing");
    assert_eq!(
        hardest(&zero.num(4).floor_fraction(0.5)),
        [6, 5, 7, 4],
        "one below the floor, where two are wanted"
    );
    assert_eq!(hardest(&zero.num(7)), [2, 1, 4, 3, 5, 6, 7], "below the floor, for want of others");
    let quarter = HARDEST.floor_thr(0.25).num_bins(2).num(4);
    assert_eq!(hardest(&quarter), [4, 3, 5, 6], "an overlap at the floor is above it");
    assert_eq!(hardest(&quarter.floor_fraction(0.5)), [4, 5, 7, 2]);
    assert_eq!(hardest(&quarter.floor_fraction(1.0)), [7, 2, 1, 6], "too few below: the rest");
    assert_eq!(hardest(&quarter.floor_thr(0.8)), [6, 7, 5, 4], "none above: the hardest below");
    let below_zero = HARDEST.floor_thr(-1.0).floor_fraction(0.5).num(4);
    assert_eq!(hardest(&below_zero), [6, 7, 5, 4], "no floor: the rest is any negative");
}

#[test]
fn positives_are_sampled_first_and_limit_negatives() {
    let config = HARDEST.num(4).pos_fraction(0.5);
    let matches = [0, 1, -1, 2, -1, -1, -1, -1, -2];
    let mined = |config: &LibraConfig| sampled(&OVERLAPS, &LOSSES, &matches, config, 0).unwrap();
    assert_eq!(mined(&config), (2, vec![0, 3, 6, 7]));
    assert_eq!(mined(&config.neg_pos_ub(0.5)), (2, vec![0, 3, 6]));
    assert_eq!(mined(&config.neg_pos_ub(0.5).pos_fraction(0.0).num(9)), (0, vec![]));
    let only_positives = sampled(&[0.9, 0.8], &[1.0, 2.0], &[1, -2], &HARDEST.pos_fraction(0.5), 0);
    assert_eq!(only_positives, Ok((1, vec![0])), "no negatives");
    assert_eq!(sampled(&[], &[], &[], &HARDEST, 0), Ok((0, vec![])));
}

#[test]
fn overlaps_in_one_bin_or_in_none_are_picked_from_as_a_whole() {
    let (losses, matches) = ([1.0, 2.0, 3.0, 4.0, 5.0], [0, -1, -1, -1, -1]);
    let mined = |overlaps: [f64; 5]| sampled(&overlaps, &losses, &matches, &HARDEST.num(3), 0).unwrap().1;
    assert_eq!(mined([0.75, 0.125, 0.125, 0.125, 0.125]), [4, 3, 2]);
    assert_eq!(mined([0.125; 5]), [4, 3, 2], "the highest overlap is in no bin");
    assert_eq!(mined([0.0; 5]), [4, 3, 2], "bins have no width");
    assert_eq!(
        mined([0.75, f64::NAN, 0.125, 0.125, -1.0]),
        [3, 2, 4],
        "those neither above nor below come last"
    );
    assert_eq!(mined([f64::NAN; 5]), [4, 3, 2]);
}

#[test]
fn random_picks_take_as_many_of_each_bin_and_each_as_often() {
    let config = LibraConfig::new().num(4);
    let mut times = [0_u32; 9];
    for seed in 0..600 {
        let (positives, sampled) = sampled(&OVERLAPS, &[], &MATCHES, &config, seed).unwrap();
        assert_eq!((positives, sampled.len()), (1, 4));
        assert!(sampled[0] == 0 && [1, 2, 7].contains(&sampled[1]) && [3, 4].contains(&sampled[2]));
        assert_eq!(sampled[3], 5);
        sampled.iter().for_each(|&roi| times[roi as usize] += 1);
    }
    assert!([1, 2, 7].iter().all(|&roi| (150..250).contains(&times[roi])), "{times:?}");
    assert!([3, 4].iter().all(|&roi| (250..350).contains(&times[roi])), "{times:?}");
    let all = sampled(&OVERLAPS, &[f32::NAN; 9], &MATCHES, &config.num(100), 1).unwrap();
    assert_eq!((all.0, all.1.len()), (1, 8), "losses are not read");
}

#[test]
fn a_nan_loss_is_named_skipped_or_hardest() {
    let mut losses = LOSSES;
    (losses[3], losses[5]) = (f32::NAN, -f32::NAN);
    let mined = |nan| sampled(&OVERLAPS, &losses, &MATCHES, &HARDEST.num(3).nan(nan), 0);
    assert_eq!(mined(NanPolicy::Error), Err(NanLoss { index: 3 }.into()));
    assert_eq!(mined(NanPolicy::Skip), Ok((0, vec![7, 4, 6])));
    assert_eq!(mined(NanPolicy::First), Ok((0, vec![7, 3, 5])));
}

#[test]
fn bad_input_is_refused_by_the_name_of_what_is_wrong() {
    let refused = |config: LibraConfig| sampled(&OVERLAPS, &LOSSES, &MATCHES, &config, 0).unwrap_err();
    let setting = |name, expected| ConfigError::Setting { name, expected }.into();
    assert_eq!(refused(HARDEST.floor_fraction(1.5)), setting("floor_fraction", "from 0 to 1"));
    assert_eq!(refused(HARDEST.floor_fraction(f64::NAN)), setting("floor_fraction", "from 0 to 1"));
    assert_eq!(refused(HARDEST.num_bins(0)), setting("num_bins", "at least 1"));
    assert_eq!(refused(HARDEST.floor_thr(f64::NAN)), setting("floor_thr", "a number, not NaN"));

    let length = |what, actual| LengthMismatch { what, expected: 9, actual }.into();
    let mined = |losses: &[f32], matches: &[i32], config| sampled(&OVERLAPS, losses, matches, &config, 0);
    assert_eq!(mined(&LOSSES, &MATCHES[1..], HARDEST), Err(length("matches", 8)));
    assert_eq!(mined(&[], &MATCHES, HARDEST), Err(length("losses", 0)));
    assert_eq!(mined(&[1.0], &MATCHES, LibraConfig::new()), Err(length("losses", 1)));

    let capacity = ConfigError::Capacity { what: "selected RoIs", needed: 9, capacity: 8 }.into();
    assert_eq!(mined(&LOSSES, &[-1; 9], HARDEST.num(1)), Err(capacity), "all negatives must fit");
    assert_eq!(mined(&LOSSES, &[0; 9], HARDEST.num(1)), Err(capacity), "and all positives");
    let behind = ConfigError::Capacity { what: "selected RoIs", needed: 8, capacity: 7 }.into();
    assert_eq!(
        mined(&LOSSES, &[0, -1, -1, -1, -1, -1, -1, -1, -1], HARDEST.num(4).pos_fraction(0.25)),
        Err(behind)
    );
}

#[test]
fn each_setting_changes_what_it_names_and_nothing_else() {
    let config = LibraConfig::default().num(1).pos_fraction(0.5).neg_pos_ub(3.0).floor_thr(0.1);
    let config = config.floor_fraction(0.2).num_bins(5).pick(Pick::Hardest).nan(NanPolicy::Skip);
    let want = LibraConfig {
        num: 1,
        pos_fraction: 0.5,
        neg_pos_ub: Some(3.0),
        floor_thr: 0.1,
        floor_fraction: 0.2,
        num_bins: 5,
        pick: Pick::Hardest,
        nan: NanPolicy::Skip,
    };
    assert_eq!(config, want);
}
