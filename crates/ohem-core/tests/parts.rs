//! A step that comes in parts gives what it gives as a whole.

#![expect(clippy::cast_possible_truncation, reason = "small inputs")]

use ohem_core::gate::Gate;
use ohem_core::merge::{Stream, StreamError, merge, ranked};
use ohem_core::rank::select_nth;
use ohem_core::{BBox, MineConfig, Miner, NanPolicy, Ranked, Rois};
use ohem_testkit::generate::{Table, strategy};
use ohem_testkit::oracle;
use proptest::prelude::*;

const B: usize = 12;

/// The table with its RoIs sorted by image, as a step is fed.
fn by_image(table: &Table) -> Table {
    let mut order: Vec<_> = (0..table.len()).collect();
    order.sort_by_key(|&i| table.images[i]);
    Table {
        corners: order.iter().map(|&i| table.corners[i]).collect(),
        images: order.iter().map(|&i| table.images[i]).collect(),
        labels: order.iter().map(|&i| table.labels[i]).collect(),
        losses: order.iter().map(|&i| table.losses[i]).collect(),
    }
}

/// Mines rows `from..to`, and ranks the selection with its numbers in the whole.
fn part(table: &Table, config: MineConfig, from: usize, to: usize) -> Vec<Ranked<f32>> {
    let (rows, losses) = (table.boxes::<f32>(), table.losses::<f32>());
    let (images, labels) = (&table.images[from..to], &table.labels[from..to]);
    let rois = Rois::new(BBox::from_rows(&rows[from..to]), images, labels).unwrap();
    let mut miner = Miner::<f32, B>::new(config).unwrap();
    let hard = miner.mine(&rois, &losses[from..to]).unwrap();
    ranked(&hard, &losses[from..to], from as u32).collect()
}

/// Where one image ends and the next begins, both ends of the table included.
fn seams(table: &Table) -> Vec<usize> {
    let inner = (1..table.len()).filter(|&i| table.images[i] != table.images[i - 1]);
    [0].into_iter().chain(inner).chain([table.len()]).collect()
}

proptest! {
    #[test]
    fn a_stream_of_images_is_the_batch(table in strategy::table(150, true), t in strategy::threshold()) {
        let table = by_image(&table);
        let config = MineConfig::new(B).nms_threshold(t).nan(NanPolicy::First);
        let whole = part(&table, config, 0, table.len());
        let (rows, losses) = (table.boxes::<f32>(), table.losses::<f32>());
        let (mut stream, mut miner) = (Stream::<f32, B>::new(), Miner::<f32, B>::new(config).unwrap());
        for _ in 0..2 {
            stream.clear();
            for seam in seams(&table).windows(2) {
                let image = seam[0]..seam[1];
                let boxes = BBox::from_rows(&rows[image.clone()]);
                let rois = Rois::by_label(boxes, &table.labels[image.clone()]).unwrap();
                stream.push(&miner.mine(&rois, &losses[image.clone()]).unwrap(), &losses[image]).unwrap();
            }
            prop_assert_eq!(stream.hardest(), &whole[..]);
            prop_assert_eq!(stream.seen() as usize, table.len());
        }
    }

    #[test]
    fn merging_is_exact_commutative_and_associative(table in strategy::table(150, true), nan in any::<bool>()) {
        let nan = if nan { NanPolicy::First } else { NanPolicy::Skip };
        let (table, config) = (by_image(&table), MineConfig::new(B).nan(nan));
        let parts: Vec<_> = seams(&table).windows(2).map(|seam| part(&table, config, seam[0], seam[1])).collect();
        let join = |one: &[Ranked<f32>], other: &[Ranked<f32>]| {
            let mut out = [Ranked::PLACEHOLDER; B];
            let len = merge(one, other, &mut out);
            out[..len].to_vec()
        };
        let left = parts.iter().fold(Vec::new(), |all, part| join(&all, part));
        let right = parts.iter().rev().fold(Vec::new(), |all, part| join(part, &all));
        prop_assert_eq!(&left, &part(&table, config, 0, table.len()));
        prop_assert_eq!(&left, &right);
        for (one, other) in parts.iter().zip(&parts[1..]) {
            prop_assert_eq!(join(one, other), join(other, one));
        }
    }

    #[test]
    fn radix_selection_finds_every_place(table in strategy::table(100, true)) {
        let losses = table.losses::<f64>();
        let order = oracle::rank(&losses, oracle::Nan::First).unwrap();
        let ranked = || losses.iter().zip(0..).map(|(&loss, index)| Ranked::new(loss, index));
        for (place, index) in order.into_iter().enumerate() {
            prop_assert_eq!(select_nth(ranked, place).map(Ranked::index), Some(index as u32));
        }
        prop_assert_eq!(select_nth(ranked, losses.len()), None);
    }

    #[test]
    fn the_gate_counts_the_harder_ones_in_its_window(
        losses in proptest::collection::vec(prop_oneof![(0..4_u8).prop_map(f32::from), Just(f32::NAN)], 0..40),
        share in prop_oneof![0.0..=1.0_f32, Just(0.0), Just(1.0), Just(f32::NAN)],
    ) {
        let mut gate = Gate::<f32, 7>::new(share);
        for (i, &loss) in losses.iter().enumerate() {
            let window = &losses[i.saturating_sub(7)..i];
            let harder = |other: &&f32| !loss.is_nan() && (other.is_nan() || **other > loss);
            let harder = window.iter().filter(harder).count() as f32;
            prop_assert_eq!(gate.len(), window.len());
            prop_assert_eq!(gate.observe(loss), harder < share * window.len().max(1) as f32);
        }
    }
}

#[test]
fn a_stream_that_can_no_longer_be_numbered_says_so() {
    let mut stream = Stream::<i8, 4>::new();
    let rois = vec![BBox::<f32>::default(); 3];
    let mut miner = Miner::<f32, 4, i8>::new(MineConfig::new(4).without_nms()).unwrap();
    let hard = miner.mine(&Rois::one_group(&rois).unwrap(), &[1, 2, 3]).unwrap();
    stream.push(&hard, &[1, 2, 3]).unwrap();
    assert_eq!(stream.hardest().iter().map(|r| r.index()).collect::<Vec<_>>(), [2, 1, 0]);
    assert_eq!(StreamError { seen: 1, new: 2 }.to_string(), "2 RoIs after 1, more than a u32 can number");
}

#[test]
fn a_part_ranked_elsewhere_is_taken_in_and_does_not_count_as_fed() {
    let mut stream = Stream::<i8, 2>::new();
    stream.merge(&[Ranked::new(5, 40), Ranked::new(1, 41)]);
    stream.merge(&[Ranked::new(9, 7), Ranked::new(3, 8)]);
    assert_eq!((stream.hardest(), stream.seen()), (&[Ranked::new(9, 7), Ranked::new(5, 40)][..], 0));
}
