//! The index finds what a scan finds.

extern crate std;
use super::super::lookahead::AHEAD;
use super::*;
use crate::simd::Portable;
use crate::{Convention, Rois};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeSet;
use std::vec;
use std::vec::Vec;

/// Lent memory, full of stale values.
struct Lent<F> {
    heads: Vec<u32>,
    blocks: Vec<SpatialHashBlock<F>>,
}

impl<F: Float> Lent<F> {
    fn new(heads: usize, blocks: usize) -> Self {
        Self { heads: vec![3; heads], blocks: vec![SpatialHashBlock::PLACEHOLDER; blocks] }
    }

    fn index(&mut self, test: OverlapTest<F>) -> SpatialHash<'_, F, &mut [SpatialHashBlock<F>]> {
        let storage = SpatialHashStorage { heads: &mut self.heads, blocks: &mut self.blocks[..], seed: 7 };
        let mut index = SpatialHash::new(storage, test).unwrap();
        index.clear(core::iter::empty());
        index
    }
}

/// Inserts boxes one by one, and asks about each whether one inserted before overlaps it.
fn check<F: Float>(boxes: &[BBox<F>], labels: &[u32], t: f64, heads: usize) {
    let test = OverlapTest::at(F::from_f64(t), Convention::Continuous);
    let (rois, mut lent) = (Rois::by_label(boxes, labels).unwrap(), Lent::new(heads, 40 * boxes.len()));
    let mut index = lent.index(test);
    for (i, (bbox, &label)) in (0..).zip(boxes.iter().zip(labels)) {
        let overlaps = |other: &BBox<F>| other.iou(bbox, Convention::Continuous) >= test.threshold;
        let before = boxes.iter().zip(labels).take(i as usize);
        let found = before.into_iter().any(|(other, &of)| of == label && overlaps(other));
        let want = index.test.ordinary_area(bbox, index.bounds.shape(bbox)).map(|_| found);
        let group = Group { image: 0, label };
        for found in [
            index.overlap::<Portable, _>(bbox, group, &test, &rois),
            index.overlap::<Scalar, _>(bbox, group, &test, &rois),
        ] {
            // A chain that is too long is not searched to its end.
            let may_be_long = heads == 1 || t < 0.5;
            assert!(found == want || found.is_none() && may_be_long, "box {i} of {heads}: {found:?}");
        }
        assert!(index.insert(i, bbox, group), "room for box {i}");
    }
}

/// Inserts some of the boxes, looks all of them up in batches, and compares each with the search for one.
fn check_batch<F: Float, S: Simd>(boxes: &[BBox<F>], labels: &[u32], t: f64, inserted: usize) {
    let test = OverlapTest::at(F::from_f64(t), Convention::Continuous);
    let (rois, mut lent) = (Rois::by_label(boxes, labels).unwrap(), Lent::new(512, 40 * boxes.len()));
    let mut index = lent.index(test);
    for (i, (bbox, &label)) in (0..).zip(boxes.iter().zip(labels)).take(inserted) {
        assert!(index.insert(i, bbox, Group { image: 0, label }));
    }
    let ranked: Vec<_> = (0..).take(boxes.len()).map(|i| Ranked::new(0.0_f32, i)).collect();
    let (mut suppressed, mut free) = (0, 0);
    for next in ranked.chunks(AHEAD) {
        let found = SpatialIndex::look_up_batch::<S, _, _>(&index, next, &rois);
        for (at, roi) in next.iter().map(|ranked| ranked.index() as usize).enumerate() {
            let group = Group { image: 0, label: labels[roi] };
            let want = index.overlap::<Portable, _>(&boxes[roi], group, &test, &rois);
            let bits = (found.suppressed >> at & 1, found.free >> at & 1);
            match bits {
                (0, 0) => {}
                (1, 0) => assert_eq!(want, Some(true), "RoI {roi}"),
                (0, 1) => assert_ne!(want, Some(true), "RoI {roi}"),
                _ => panic!("RoI {roi} is suppressed, and is not"),
            }
            (suppressed, free) = (suppressed + bits.0, free + bits.1);
            assert!(index.is_as_searched(found.chains[at]) || bits.1 == 0);
        }
        assert_eq!(
            found.suppressed | found.free,
            (found.suppressed | found.free) & u64::MAX >> (AHEAD - next.len())
        );
    }
    let both = suppressed + free;
    assert!(suppressed > 10 && free > 0 && both > 200, "{suppressed} are suppressed, and {free} are not");
}

#[test]
fn a_batch_finds_what_looking_up_each_does() {
    let rng = &mut SmallRng::seed_from_u64(8);
    for t in [0.5, 0.7] {
        let boxes = [(); 500].map(|()| {
            let [x, y] = [(); 2].map(|()| rng.random_range(-150.0..150.0));
            let [width, height] = [(); 2].map(|()| rng.random_range(20.0..90.0));
            [x, y, x + width, y + height]
        });
        let labels = [(); 500].map(|()| rng.random_range(0..3));
        for inserted in [100, 300] {
            let single: Vec<_> =
                boxes.iter().map(|&corners| BBox::from(corners.map(f32::from_f64))).collect();
            let double: Vec<_> = boxes.iter().map(|&corners| BBox::from(corners)).collect();
            check_batch::<f32, Portable>(&single, &labels, t, inserted);
            check_batch::<f32, Scalar>(&single, &labels, t, inserted);
            check_batch::<f64, Portable>(&double, &labels, t, inserted);
        }
    }
}

/// Nothing is known of a RoI without a box or a group, and of none that may overlap a box outside of all chains.
#[test]
fn of_some_rois_nothing_is_known() {
    let far = |x: f32| BBox::new(x, 0.0, x + 9.0, 9.0);
    let huge = BBox::new(0.0, 0.0, f32::MAX_AREA * 2.0, 1.0);
    let boxes =
        [far(0.0), far(0.0), far(50.0), huge, BBox::new(0.25, 0.0, 0.0, 9.0), far(f32::NAN), far(0.0)];
    let labels = [0_i64, 0, 0, 0, 0, 0, -1];
    let (rois, mut lent) = (Rois::by_label(&boxes, &labels).unwrap(), Lent::new(16, 64));
    let mut index = lent.index(OverlapTest::at(0.7, Convention::Pixel));
    assert!(index.insert(0, &boxes[0], Group::default()));
    let next: Vec<_> = (0..7).map(|roi| Ranked::new(1.0_f32, roi)).collect();
    let found = SpatialIndex::look_up_batch::<Portable, _, _>(&index, &next, &rois);
    assert_eq!((found.suppressed, found.free), (0b11, 0b100));
    assert!(index.is_as_searched(found.chains[2]));
    assert!(index.insert(3, &huge, Group::default()));
    assert!(!index.is_as_searched(found.chains[2]));
    let found = SpatialIndex::look_up_batch::<Portable, _, _>(&index, &next, &rois);
    assert_eq!((found.suppressed, found.free), (0b11, 0));
}

fn check_crowd<F: Float>() {
    let rng = &mut SmallRng::seed_from_u64(7);
    for t in [0.3, 0.7] {
        let boxes = [(); 250].map(|()| {
            let [x, y] = [(); 2].map(|()| rng.random_range(-200.0..200.0));
            let [width, height] = [(); 2].map(|()| rng.random_range(20.0..90.0));
            BBox::from([x, y, x + width, y + height].map(F::from_f64))
        });
        let labels = [(); 250].map(|()| rng.random_range(0..3));
        for heads in [512, 1] {
            check(&boxes, &labels, t, heads);
        }
    }
}

#[test]
fn inserted_boxes_are_found_and_no_others() {
    check_crowd::<f32>();
    check_crowd::<f64>();
}

/// Boxes near the ends of the float's range are left to a scan, and so are the boxes that may overlap them.
#[test]
fn an_extreme_box_is_left_to_a_scan() {
    let long = |part: f64| BBox::from([0.0, 0.0, f32::MAX_AREA * f32::from_f64(part), 1.0]);
    let boxes = [long(2.0), long(0.9), long(0.1), long(1e-9)];
    let (rois, mut lent) = (Rois::one_group(&boxes).unwrap(), Lent::new(16, 64));
    let test = OverlapTest::at(0.7, Convention::Continuous);
    let mut index = lent.index(test);
    let found = |index: &SpatialHash<'_, f32, &mut [SpatialHashBlock<f32>]>| {
        boxes.each_ref().map(|bbox| index.overlap::<Portable, _>(bbox, Group::default(), &test, &rois))
    };
    assert_eq!(found(&index), [None, Some(false), Some(false), Some(false)]);
    assert!(index.insert(0, &boxes[0], Group::default()));
    assert_eq!(found(&index), [None, None, Some(false), Some(false)]);
    assert!(index.insert(2, &boxes[2], Group::default()));
    assert_eq!(found(&index), [None, None, Some(true), Some(false)]);
}

#[test]
fn a_block_holds_sixteen_boxes() {
    let bbox = BBox::new(0.0, 0.0, 9.0, 9.0);
    let (group, mut lent) = (Group::default(), Lent::<f32>::new(1, 2));
    let mut index = lent.index(OverlapTest::at(0.7, Convention::Pixel));
    let found_room = (0..40).take_while(|&i| index.insert(i, &bbox, group)).count();
    let entries = lent.blocks.iter().flat_map(|block| (0..BLOCK).map(|lane| block.index(lane)));
    let written = entries.filter(|&index| index <= u32::try_from(found_room).unwrap()).count();
    assert_eq!(written, 2 * BLOCK, "both blocks are full");
    assert!((1..=16).contains(&found_room), "{found_room} boxes");
}

#[test]
fn cells_and_groups_seldom_share_a_chain() {
    for seed in [0, 1, u64::MAX] {
        let hasher = ChainHasher::new(seed, 10);
        let near = (0..16).flat_map(|x| (0..16).map(move |y| (x, y)));
        let chains: BTreeSet<_> = near
            .flat_map(|(x, y)| {
                [0, 1].into_iter().flat_map(move |image| [3, 4].map(|label| (x, y, image, label)))
            })
            .map(|(x, y, image, label)| {
                hasher.chain(Group { image, label }, Cell { classes: (126, 126), x, y })
            })
            .collect();
        // A table of 1,024 that 1,024 are put into at random is filled to 63 %.
        assert!(chains.len() > 550, "{} chains", chains.len());
        assert!(chains.iter().all(|&chain| chain < 1024));
    }
}

/// Image `i` with label `i` rotated by 16 bits: one group of many to a hash that adds or rotates.
#[test]
fn groups_made_to_collide_do_not() {
    let hasher = ChainHasher::new(0, 12);
    let cell = Cell { classes: (126, 126), x: 5, y: -3 };
    for other in
        [|i: u32| i.rotate_left(16), |i: u32| i.wrapping_neg(), |i: u32| i ^ 0xFFFF, |i: u32| i << 12]
    {
        let chains: BTreeSet<_> =
            (0..4096).map(|i| hasher.chain(Group { image: i, label: other(i) }, cell)).collect();
        assert!(chains.len() > 2300, "{} chains for 4,096 groups", chains.len());
    }
}

#[test]
fn memory_for_an_index_is_used_if_it_pays_off() {
    let index = |t, heads| {
        let mut lent = Lent::<f32>::new(heads, 4);
        let Lent { heads, blocks } = &mut lent;
        super::super::IndexStorage::index(
            SpatialHashStorage { heads, blocks: &mut blocks[..], seed: 0 },
            OverlapTest::at(t, Convention::Continuous),
        )
        .map(|index| index.heads.len())
    };
    assert_eq!([index(0.5, 0), index(0.1, 8), index(0.5, 1), index(0.5, 13)], [None, None, Some(1), Some(8)]);
}

#[test]
fn a_head_is_an_entry_and_knows_the_next() {
    let entry = ChainHead(3 * 16 + 4);
    assert_eq!((entry.block(), entry.next().unwrap().0), (3, entry.0 + 1));
    assert!(ChainHead(4 * 16 - 1).next().is_none(), "the block is full");
    assert!(ChainHead::NONE.next().is_none());
}
