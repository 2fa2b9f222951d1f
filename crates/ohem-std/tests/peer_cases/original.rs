//! The original OHEM, executed on our cases: selection, groups, ties, NaN, and IoUs at the threshold.
//!
//! The original breaks ties by a RoI's position in a list of survivors, ohem by the RoI's index; both select
//! the same losses.

use ohem_core::{MineConfig, NanPolicy};
use ohem_testkit::adapters::{Mine as _, Oracle, Path};
use serde::Deserialize;

use super::floats;
use crate::support::number::{Number, Precision};
use crate::support::rule::{Rule, config};
use crate::support::table::{Table, Written};

#[derive(Deserialize)]
pub(crate) struct Original {
    select: Vec<Select>,
    grouped6: Case,
    threshold_equality: Vec<Case>,
    ties_across_groups: Case,
    nan_poisons_group: Case,
    grouped24: Grouped24,
}

#[derive(Deserialize)]
struct Select {
    loss: Vec<Number>,
    k: usize,
    out: Vec<usize>,
}

/// A table, and what the original selects of it at some `k`.
#[derive(Deserialize)]
struct Case {
    #[serde(flatten)]
    rois: Written,
    thr: Option<f64>,
    k1: Option<Vec<usize>>,
    k2: Option<Vec<usize>>,
    k3: Option<Vec<usize>>,
    k10: Option<Vec<usize>>,
    no_nms_k10: Option<Vec<usize>>,
    cpu_ge: Option<Vec<usize>>,
    gpu_gt: Option<Vec<usize>>,
}

#[derive(Deserialize)]
struct Grouped24 {
    #[serde(rename = "rois(img,x1,y1,x2,y2;+1 px)")]
    rois: Vec<[Number; 5]>,
    labels: Vec<i32>,
    loss: Vec<Number>,
    cases: Vec<Grouped24Case>,
    no_nms_k8: Vec<usize>,
}

#[derive(Deserialize)]
struct Grouped24Case {
    thr: f64,
    k: usize,
    cpu_ge: Vec<usize>,
    gpu_gt: Vec<usize>,
}

fn mined<F: Precision, P: Path>(table: &Table<F>, config: MineConfig) -> Vec<usize> {
    let mined = P::mine(table.batch(), &config);
    assert_eq!(mined, Oracle::mine(table.batch(), &config), "{} {}", P::NAME, F::NAME);
    mined.unwrap().selected
}

/// The losses of a selection, a NaN equal to a NaN.
fn losses<F: Precision>(all: &[F], selected: &[usize]) -> Vec<String> {
    selected.iter().map(|&roi| all[roi].into().to_string()).collect()
}

pub(crate) fn select<F: Precision, P: Path>(peer: &Original) {
    for Select { loss, k, out } in &peer.select {
        let all = floats::<F>(loss);
        let top = P::top_k(&all, *k, NanPolicy::First).unwrap();
        assert_eq!(losses(&all, &top), losses(&all, out), "{} {}", P::NAME, F::NAME);
        let ties_go_up = top
            .windows(2)
            .all(|pair| pair[0] < pair[1] || losses(&all, &pair[..1]) != losses(&all, &pair[1..]));
        assert!(ties_go_up, "{top:?}");
    }
}

pub(crate) fn groups<F: Precision, P: Path>(peer: &Original) {
    for case in [&peer.grouped6, &peer.nan_poisons_group, &peer.ties_across_groups] {
        let table = case.rois.table::<F>();
        let threshold = case.thr.unwrap_or(0.7);
        let of_rule = |rule, k| mined::<F, P>(&table, config(rule, threshold, k));
        for (k, out) in [(1, &case.k1), (2, &case.k2), (3, &case.k3), (10, &case.k10)] {
            let Some(out) = out else { continue };
            let hard = of_rule(Rule::Above, k);
            assert_eq!(losses(&table.losses, &hard), losses(&table.losses, out));
            if case.thr.is_some() {
                assert_eq!((&hard, &of_rule(Rule::AtOrAbove, k)), (out, out)); // no losses tie
            } else {
                assert!(hard.is_sorted()); // all losses tie
            }
        }
        if let Some(out) = &case.no_nms_k10 {
            assert_eq!(&of_rule(Rule::WithoutNms, 10), out);
        }
    }
    let Grouped24 { rois, labels, loss, cases, no_nms_k8 } = &peer.grouped24;
    let table = Written { rois: rois.clone(), labels: labels.clone(), loss: loss.clone() }.table::<F>();
    for case in cases {
        assert_eq!(mined::<F, P>(&table, config(Rule::AtOrAbove, case.thr, case.k)), case.cpu_ge);
        assert_eq!(mined::<F, P>(&table, config(Rule::Above, case.thr, case.k)), case.gpu_gt);
    }
    assert_eq!(&mined::<F, P>(&table, config(Rule::WithoutNms, 0., 8)), no_nms_k8);
}

/// The original's Cython NMS compares an f32 IoU with an f64 threshold; ohem first rounds the threshold.
pub(crate) fn equality<F: Precision, P: Path>(peer: &Original) {
    for case in &peer.threshold_equality {
        let (table, threshold) = (case.rois.table::<F>(), case.thr.unwrap());
        let rounded: f64 = F::from_f64(threshold).into();
        let above = mined::<F, P>(&table, config(Rule::Above, threshold, 10));
        assert_eq!(Some(&above), case.gpu_gt.as_ref());
        assert_eq!(mined::<F, P>(&table, config(Rule::AtOrAbove, threshold, 10)), [0]);
        let unrounded =
            if rounded < threshold { F::from_f64(threshold).next_up() } else { F::from_f64(threshold) };
        let at_or_above = mined::<F, P>(&table, config(Rule::AtOrAbove, unrounded.into(), 10));
        let expected = if F::IS_DOUBLE { &vec![0] } else { case.cpu_ge.as_ref().unwrap() };
        assert_eq!(&at_or_above, expected);
    }
}
