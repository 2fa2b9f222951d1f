//! The index finds what a scan finds.

extern crate std;
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
    floats: Vec<F>,
    links: Vec<u32>,
}

impl<F: Float> Lent<F> {
    fn new(heads: usize, blocks: usize) -> Self {
        let floats = vec![F::one(); blocks * BLOCK_FLOATS];
        Self { heads: vec![3; heads], floats, links: vec![3; blocks * BLOCK_LINKS] }
    }

    fn index(&mut self, test: OverlapTest<F>) -> SpatialHash<'_, F> {
        let storage =
            SpatialHashStorage { heads: &mut self.heads, floats: &mut self.floats, links: &mut self.links };
        let mut index = SpatialHash::new(storage, test).unwrap();
        index.clear();
        index
    }
}

/// Inserts boxes one by one, and asks about each whether one inserted before overlaps it.
fn check<F: Float>(boxes: &[BBox<F>], labels: &[u32], t: f64, heads: usize) {
    let test = OverlapTest::new(F::from_f64(t), Convention::Continuous);
    let (rois, mut lent) = (Rois::by_label(boxes, labels).unwrap(), Lent::new(heads, boxes.len()));
    let mut index = lent.index(test);
    for (i, (bbox, &label)) in (0..).zip(boxes.iter().zip(labels)) {
        let overlaps = |other: &BBox<F>| other.iou(bbox, Convention::Continuous) >= test.threshold;
        let before = boxes.iter().zip(labels).take(i as usize);
        let found = before.into_iter().any(|(other, &of)| of == label && overlaps(other));
        let want = index.bounds.sides(bbox).map(|_| found);
        let group = Group { image: 0, label };
        assert_eq!(index.overlap::<Portable, _>(bbox, group, &test, &rois), want, "box {i} of {heads}");
        assert_eq!(index.overlap::<Scalar, _>(bbox, group, &test, &rois), want, "box {i} of {heads}");
        assert!(index.insert(i, bbox, group), "room for box {i}");
    }
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

#[test]
fn an_oversized_box_is_found() {
    let long = |part: f64| BBox::from([0.0, 0.0, f32::LONG * f32::from_f64(part), 1.0]);
    check(&[long(1.2), long(0.9), long(0.1), long(1.3)], &[1, 1, 1, 2], 0.7, 16);
}

#[test]
fn a_block_holds_eight_boxes() {
    let bbox = BBox::new(0.0, 0.0, 9.0, 9.0);
    let (group, mut lent) = (Group::default(), Lent::<f32>::new(1, 2));
    let mut index = lent.index(OverlapTest::new(0.7, Convention::Pixel));
    let found_room: Vec<_> = (0..17).map(|i| index.insert(i, &bbox, group)).collect();
    assert_eq!((found_room[..16] == [true; 16], found_room[16]), (true, false));
}

#[test]
fn cells_and_groups_seldom_share_a_chain() {
    let mut lent = Lent::<f32>::new(1024, 0);
    let index = lent.index(OverlapTest::new(0.7, Convention::Continuous));
    let corners = (0..16_u16).flat_map(|x| (0..16_u16).map(move |y| [x, y].map(|at| f32::from(at) * 40.0)));
    let chains: BTreeSet<_> = corners
        .flat_map(|[x, y]| [0, 1].into_iter().flat_map(move |image| [3, 4].map(|label| (x, y, image, label))))
        .map(|(x, y, image, label)| {
            let [x, y] = [x, y].map(|at| index.bounds.cell(at, 10.0));
            index.chain(hash(Group { image, label }), x, y)
        })
        .collect();
    // A table of 1,024 that 1,024 are put into at random is filled to 63 %.
    assert!(chains.len() > 550, "{} chains", chains.len());
    assert!(chains.iter().all(|&chain| chain < 1024));
    assert_ne!(hash(Group { image: 1, label: 0 }), hash(Group { image: 1, label: 1 << 16 }));
}

#[test]
fn memory_for_an_index_is_used_if_it_pays_off() {
    let index = |t, heads| {
        let mut lent = Lent::<f32>::new(heads, 4);
        let Lent { heads, floats, links } = &mut lent;
        super::super::IndexStorage::index(
            SpatialHashStorage { heads, floats, links },
            OverlapTest::new(t, Convention::Continuous),
        )
        .map(|index| index.heads.len())
    };
    assert_eq!([index(0.5, 0), index(0.1, 8), index(0.5, 1), index(0.5, 13)], [None, None, Some(1), Some(8)]);
}

#[test]
fn a_head_says_which_block_it_is_and_whether_another_follows() {
    let last = ChainHead::new(3, ChainHead::NONE).unwrap();
    let first = ChainHead::new(5, last).unwrap();
    assert_eq!((last.block(), last.is_last(), last.is_none()), (3, true, false));
    assert_eq!((first.block(), first.is_last(), first.is_none()), (5, false, false));
    assert!(ChainHead::NONE.is_none());
    let most = (1 << 31) - 1;
    assert_eq!(ChainHead::new(most, ChainHead::NONE).map(ChainHead::block), Some(most));
    assert!(ChainHead::new(most, last).is_none(), "it would be `NONE`");
    assert!(ChainHead::new(most + 1, ChainHead::NONE).is_none());
}
