//! Suppression of all boxes of a scene at IoU 0.7.

use ohem_benches::Input;
use ohem_std::{NmsConfig, nms};
use ohem_testkit::generate::scene::{Labels, Scene};
use ohem_testkit::oracle;
use powerboxesrs::nms::{nms_slice, rtree_nms_slice};

use crate::by_hand;
use crate::contest::{Answers, Contest, ties};
use crate::packed::{self, Pack};
use crate::plan::Plan;
use crate::row::{Case, Row};

/// From this IoU a box is suppressed.
const THRESHOLD: f64 = 0.7;

pub(crate) fn run<F: Pack>(plan: &Plan) -> Vec<Row> {
    let clustered: &[usize] =
        plan.choose(&[1_000, 2_000, 10_000, 50_000], &[1_000, 2_000, 10_000, 50_000, 200_000, 1_000_000]);
    let uniform: &[usize] = plan.choose(&[2_000, 10_000], &[1_000, 2_000, 10_000, 50_000]);
    let grid = uniform;
    let cases = [(Scene::Clustered, clustered), (Scene::Uniform, uniform), (Scene::Grid, grid)];
    let cases = cases.into_iter().flat_map(|(scene, sizes)| sizes.iter().map(move |&n| (scene, n)));
    cases.flat_map(|(scene, n)| contest::<F>(plan, scene, n)).collect()
}

fn contest<F: Pack>(plan: &Plan, scene: Scene, n: usize) -> Vec<Row> {
    let input = &Input::<F>::from(scene.batch(1, n, Labels::Uniform(1), 1));
    let case = Case { job: "nms", n, dtype: plan.dtype::<F>(), scene: format!("{scene:?}").to_lowercase() };
    let config = NmsConfig::new(THRESHOLD);
    let flat = input.boxes.as_flattened();
    let scores: Vec<f64> = input.losses.iter().map(|&loss| loss.into()).collect();
    let scores = &scores;
    Contest::new(case, |out: &mut Vec<u32>| {
        *out = nms(input.boxes(), &input.losses, &config).expect("no NaN");
    })
    .peer("by hand, columns", plan.choose(50_000, 200_000), Answers::Same, by_hand::nms(input, THRESHOLD))
    .peer("powerboxes nms", plan.choose(2_000, 10_000), ties(), move |out| {
        indices(nms_slice(flat, scores, THRESHOLD, 0.0), out);
    })
    .peer("powerboxes rtree_nms", plan.choose(2_000, 50_000), ties(), move |out| {
        indices(rtree_nms_slice(flat, scores, THRESHOLD, 0.0), out);
    })
    .peer("reference", plan.choose(2_000, 10_000), Answers::Same, move |out| indices(naive(input), out))
    .peer(
        "sorting the scores",
        usize::MAX,
        Answers::Other,
        packed::select(&input.losses, n, |keys, _| {
            keys.sort_unstable();
        }),
    )
    .run(plan.budget)
}

fn naive<F: Pack>(input: &Input<F>) -> Vec<usize> {
    let groups = vec![(0, 0); input.boxes.len()];
    let (suppress, convention) = (oracle::Suppress::Above, oracle::Convention::Continuous);
    let threshold = F::from_f64(THRESHOLD);
    let nan = oracle::Nan::Error;
    oracle::nms(&input.boxes, &groups, &input.losses, threshold, suppress, convention, nan).expect("no NaN")
}

/// Writes indices as ohem does.
fn indices(from: Vec<usize>, out: &mut Vec<u32>) {
    out.clear();
    out.extend(from.into_iter().map(|index| u32::try_from(index).expect("fewer boxes")));
}
