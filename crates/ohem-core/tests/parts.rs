//! A step that comes in parts gives what it gives as a whole.

use ohem_core::merge::Stream;
use ohem_core::{BBox, MineConfig, Miner, NanPolicy, NmsConfig, Ranked, Rois};
use ohem_testkit::adapters::{gate, rank};
use ohem_testkit::generate::strategy;
use ohem_testkit::{check, oracle};
use proptest::prelude::*;

const B: usize = 12;

proptest! {
    #[test]
    fn a_step_of_images_is_the_batch(
        table in strategy::table(150, true),
        t in strategy::threshold(),
        batch_size in 0..=B,
        suppresses in any::<bool>(),
        nan in prop_oneof![Just(NanPolicy::First), Just(NanPolicy::Skip)],
    ) {
        let config = MineConfig::new(batch_size).nan(nan);
        let config = if suppresses { config.nms(NmsConfig::new(t)) } else { config };
        check::merge::by_image::<f32>(&table, &config);
        check::merge::by_image::<f64>(&table, &config);
    }

    #[test]
    fn radix_selection_finds_every_place(table in strategy::table(100, true)) {
        let losses = table.losses::<f64>();
        let order = oracle::rank(&losses, oracle::Nan::First).unwrap();
        for place in 0..=losses.len() {
            prop_assert_eq!(rank::nth(&losses, place), order.get(place).copied());
        }
    }

    #[test]
    fn the_gate_counts_the_harder_ones_in_its_window(
        losses in proptest::collection::vec(prop_oneof![(0..4_u8).prop_map(f32::from), Just(f32::NAN)], 0..40),
        share in prop_oneof![0.0..=1.0_f32, Just(0.0), Just(1.0), Just(f32::NAN)],
    ) {
        let (passed, remembered): (Vec<_>, Vec<_>) = gate::observed::<f32, 7>(share, &losses).into_iter().unzip();
        prop_assert_eq!(passed, oracle::gate(&losses, share, 7));
        prop_assert_eq!(remembered, (1..=losses.len()).map(|seen| seen.min(7)).collect::<Vec<_>>());
    }
}

#[test]
fn a_stream_ranks_what_was_mined_of_each_part() {
    let mut stream = Stream::<i8, 4>::new();
    let rois = vec![BBox::<f32>::default(); 3];
    let mut miner = Miner::<f32, 4, i8>::new(MineConfig::new(4).without_nms()).unwrap();
    let hard = miner.mine(&Rois::one_group(&rois).unwrap(), &[1, 2, 3]).unwrap();
    stream.push(&hard, &[1, 2, 3]).unwrap();
    assert_eq!(stream.hardest().iter().map(|r| r.index()).collect::<Vec<_>>(), [2, 1, 0]);
    stream.push(&hard, &[1, 2, 3]).unwrap();
    assert_eq!(stream.hardest().iter().map(|r| r.index()).collect::<Vec<_>>(), [2, 5, 1, 4]);
    assert_eq!(stream.seen(), 6);
}

#[test]
fn a_part_ranked_elsewhere_is_taken_in_and_does_not_count_as_fed() {
    let mut stream = Stream::<i8, 2>::new();
    stream.merge(&[Ranked::new(5, 40), Ranked::new(1, 41)]);
    stream.merge(&[Ranked::new(9, 7), Ranked::new(3, 8)]);
    assert_eq!((stream.hardest(), stream.seen()), (&[Ranked::new(9, 7), Ranked::new(5, 40)][..], 0));
}
