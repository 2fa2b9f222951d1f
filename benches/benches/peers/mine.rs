//! The minibatch of a training step: 128 hard RoIs of two images, and the rows of three tables for them.

use core::cell::RefCell;
use std::collections::BTreeMap;

use ohem_benches::{Input, maximum};
use ohem_core::gather;
use ohem_std::{MineConfig, Miner, NmsConfig};
use ohem_testkit::generate::scene::{Labels, Scene};
use ohem_testkit::oracle;
use powerboxesrs::nms::rtree_nms_slice;

use crate::by_hand;
use crate::contest::{Answers, Contest, ties};
use crate::packed::Pack;
use crate::plan::Plan;
use crate::row::{Case, Row};

/// How many RoIs a step trains on.
const BATCH: usize = 128;
/// From this IoU a RoI is suppressed.
const THRESHOLD: f64 = 0.7;
/// Targets, inside and outside weights: four columns for each of 21 classes.
const WIDTH: usize = 84;

pub(crate) fn run<F: Pack>(plan: &Plan) -> Vec<Row> {
    let sizes: &[usize] = plan.choose(&[300, 2_000, 20_000], &[300, 2_000, 20_000, 100_000]);
    let labels = [(Labels::Voc, "voc"), (Labels::Uniform(21), "21 labels")];
    let cases = labels.into_iter().flat_map(|labels| sizes.iter().map(move |&n| (labels, n)));
    cases.flat_map(|(labels, n)| contest::<F>(plan, labels, n)).collect()
}

/// What a step trains on.
#[derive(Default, PartialEq)]
struct Minibatch {
    indices: Vec<u32>,
    blobs: [Vec<f32>; 3],
}

impl AsRef<[u32]> for Minibatch {
    fn as_ref(&self) -> &[u32] {
        &self.indices
    }
}

impl Minibatch {
    /// Copies the rows of `indices`.
    fn gather(&mut self, tables: &[Vec<f32>; 3]) {
        for (blob, table) in self.blobs.iter_mut().zip(tables) {
            blob.clear();
            for &index in &self.indices {
                blob.extend_from_slice(&table[index as usize * WIDTH..][..WIDTH]);
            }
        }
    }
}

fn contest<F: Pack>(plan: &Plan, (labels, name): (Labels, &str), n: usize) -> Vec<Row> {
    let input = &Input::<F>::from(Scene::Clustered.batch(2, n, labels, 1));
    let tables = &[1_u16, 2, 3].map(|table| vec![f32::from(table); 2 * n * WIDTH]);
    let case = Case {
        job: "mine",
        n: 2 * n,
        dtype: plan.dtype::<F>(),
        scene: format!("clustered, {name}, with gather"),
    };
    let (rois, miner) = (input.rois(), RefCell::new(miner()));
    let by_hand = by_hand::mine(input, BATCH, THRESHOLD);
    let scores: &Vec<f64> = &input.losses.iter().map(|&loss| loss.into()).collect();
    Contest::new(case, |out: &mut Minibatch| {
        let mut miner = miner.borrow_mut();
        let hard = miner.mine(&rois, &input.losses).expect("no NaN");
        out.indices.clear();
        out.indices.extend_from_slice(hard.indices());
        for (blob, table) in out.blobs.iter_mut().zip(tables) {
            blob.resize(out.indices.len() * WIDTH, 0.0);
            gather::rows(&out.indices, table, WIDTH, blob).expect("there is room");
        }
    })
    .peer("by hand, early exit", usize::MAX, Answers::Same, move |out| {
        by_hand(&mut out.indices);
        out.gather(tables);
    })
    .peer("powerboxes rtree_nms, by group", plan.choose(4_000, 40_000), ties(), move |out| {
        by_group(input, scores, &mut out.indices);
        out.gather(tables);
    })
    .peer("reference", plan.choose(4_000, 40_000), Answers::Same, move |out| {
        naive(input, &mut out.indices);
        out.gather(tables);
    })
    .run(plan.budget)
}

/// Mining by itself up to a million RoIs, beside the least that has to be done with their losses.
pub(crate) fn without_gather(plan: &Plan) -> Vec<Row> {
    let sizes: &[usize] = plan.choose(&[500, 5_000, 500_000], &[500, 5_000, 50_000, 500_000]);
    sizes.iter().flat_map(|&n| contest_without_gather(plan, n)).collect()
}

fn contest_without_gather(plan: &Plan, n: usize) -> Vec<Row> {
    let input = &Input::<f32>::from(Scene::Clustered.batch(2, n, Labels::Voc, 1));
    let case = Case { job: "mine", n: 2 * n, dtype: "f32", scene: "clustered, voc".to_owned() };
    let (rois, miner) = (input.rois(), RefCell::new(miner()));
    let scores: &Vec<f64> = &input.losses.iter().map(|&loss| loss.into()).collect();
    Contest::new(case, |out: &mut Vec<u32>| {
        let mut miner = miner.borrow_mut();
        out.clear();
        out.extend_from_slice(miner.mine(&rois, &input.losses).expect("no NaN").indices());
    })
    .peer("by hand, early exit", usize::MAX, Answers::Same, by_hand::mine(input, BATCH, THRESHOLD))
    .peer("powerboxes rtree_nms, by group", plan.choose(10_000, 100_000), ties(), |out| {
        by_group(input, scores, out);
    })
    .peer("reference", plan.choose(1_000, 10_000), Answers::Same, |out| naive(input, out))
    .peer("SIMD maximum of the losses", usize::MAX, Answers::Other, |_| {
        core::hint::black_box(maximum(&input.losses));
    })
    .run(plan.budget)
}

fn miner<F: Pack>() -> Miner<F> {
    Miner::new(MineConfig::new(BATCH).nms(NmsConfig::new(THRESHOLD))).expect("a sound configuration")
}

fn naive<F: Pack>(input: &Input<F>, out: &mut Vec<u32>) {
    let Input { boxes, images, labels, losses } = input;
    let nms = Some((F::from_f64(THRESHOLD), oracle::Suppress::Above));
    let (convention, nan) = (oracle::Convention::Continuous, oracle::Nan::Error);
    let mined = oracle::mine(boxes, images, labels, losses, BATCH, nms, convention, nan).expect("no NaN");
    out.clear();
    out.extend(mined.selected.into_iter().map(|index| u32::try_from(index).expect("fewer RoIs")));
}

/// Mines like the oracle, but with the suppression of powerboxes: group by group, then one sort, then one cut.
fn by_group<F: Pack>(input: &Input<F>, scores: &[f64], out: &mut Vec<u32>) {
    let mut groups: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
    for ((index, &image), &label) in (0..).zip(&input.images).zip(&input.labels) {
        groups.entry((image, label)).or_default().push(index);
    }
    let mut survivors = Vec::new();
    for rows in groups.values() {
        let boxes: Vec<[F; 4]> = rows.iter().map(|&row| input.boxes[row as usize]).collect();
        let scores: Vec<f64> = rows.iter().map(|&row| scores[row as usize]).collect();
        let kept = rtree_nms_slice(boxes.as_flattened(), &scores, THRESHOLD, 0.0);
        survivors
            .extend(kept.into_iter().map(|kept| rows[kept]).map(|row| input.losses[row as usize].key(row)));
    }
    survivors.sort_unstable();
    out.clear();
    out.extend(survivors.into_iter().take(BATCH).map(F::index));
}
