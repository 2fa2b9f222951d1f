//! Overlaps of all pairs, and of one box with many.

use ohem_core::iou::BoxColumns;
use ohem_core::kernel::{Simd, iou};
use ohem_std::simd::{Work, run};
use ohem_std::{BBox, Convention};
use ohem_testkit::generate::scene::Scene;
use ohem_testkit::oracle;
use powerboxesrs::iou::iou_distance_slice;

use crate::by_hand;
use crate::contest::{Answers, Contest};
use crate::packed::Pack;
use crate::plan::Plan;
use crate::row::{Case, Row};

pub(crate) fn run_all<F: Pack>(plan: &Plan) -> Vec<Row> {
    let matrix = matrix::<F>(plan, plan.choose(500, 2_000));
    [matrix, tile::<F>(plan), row::<F>(plan), columns::<F>(plan)].concat()
}

/// Each of `n` boxes with each of as many, into a fresh `Vec`.
fn matrix<F: Pack>(plan: &Plan, n: usize) -> Vec<Row> {
    let (rows, columns) =
        (&Scene::Uniform.table(n, 1).boxes::<F>(), &Scene::Uniform.table(n, 2).boxes::<F>());
    let case = Case { job: "iou_matrix", n, dtype: plan.dtype::<F>(), scene: format!("uniform, x {n}") };
    let in_columns = by_hand::columns(columns);
    Contest::new(case, |out: &mut Vec<F>| {
        *out = ohem_std::iou::matrix(BBox::from_rows(rows), BBox::from_rows(columns), Convention::Continuous)
            .expect("the matrix fits the memory");
    })
    .peer("by hand, columns", usize::MAX, Answers::Same, move |out| {
        *out = vec![F::zero(); n * n];
        for (&row, out) in rows.iter().zip(out.chunks_mut(n)) {
            by_hand::iou_row(row, &in_columns, out);
        }
    })
    .peer("powerboxes iou_distance", usize::MAX, distances(), move |out| {
        distance(rows.as_flattened(), columns.as_flattened(), (n, n), out);
    })
    .peer("reference", usize::MAX, Answers::Same, move |out| {
        *out = oracle::iou_matrix(rows, columns, oracle::Convention::Continuous);
    })
    .run(plan.budget)
}

/// 64 boxes with 64 others, in memory that is lent: 4,096 pairs, all of it in L1.
fn tile<F: Pack>(plan: &Plan) -> Vec<Row> {
    let n = 64;
    let (rows, columns) =
        (&Scene::Uniform.table(n, 1).boxes::<F>(), &Scene::Uniform.table(n, 2).boxes::<F>());
    let case =
        Case { job: "iou_tile", n, dtype: plan.dtype::<F>(), scene: "uniform, x 64, in L1".to_owned() };
    let in_columns = by_hand::columns(columns);
    Contest::new(case, |out: &mut Vec<F>| {
        out.resize(n * n, F::zero());
        run(Overlaps { rows: BBox::from_rows(rows), columns: BBox::from_rows(columns), out });
    })
    .peer("by hand, columns", usize::MAX, Answers::Same, move |out| {
        out.resize(n * n, F::zero());
        for (&row, out) in rows.iter().zip(out.chunks_mut(n)) {
            by_hand::iou_row(row, &in_columns, out);
        }
    })
    .run(plan.budget)
}

/// One box with 1,024 others, in memory that is lent: ohem turns the others into columns each time.
fn row<F: Pack>(plan: &Plan) -> Vec<Row> {
    let n = 1_024;
    let (others, one) =
        (&Scene::Uniform.table(n, 1).boxes::<F>(), [400.0, 400.0, 600.0, 600.0].map(F::from_f64));
    let case = Case { job: "iou_row", n, dtype: plan.dtype::<F>(), scene: "uniform, in L1".to_owned() };
    Contest::new(case, |out: &mut Vec<F>| {
        out.resize(n, F::zero());
        run(Overlaps { rows: &[one.into()], columns: BBox::from_rows(others), out });
    })
    .peer("powerboxes iou_distance", usize::MAX, distances(), move |out| {
        distance(&one, others.as_flattened(), (1, n), out);
    })
    .peer("reference", usize::MAX, Answers::Same, move |out| {
        *out = oracle::iou_matrix(&[one], others, oracle::Convention::Continuous);
    })
    .run(plan.budget)
}

/// One box with 1,024 others that lie in columns already.
fn columns<F: Pack>(plan: &Plan) -> Vec<Row> {
    let n = 1_024;
    let (others, one) =
        (&Scene::Uniform.table(n, 1).boxes::<F>(), [400.0, 400.0, 600.0, 600.0].map(F::from_f64));
    let (boxes, floats) = (BBox::from_rows(others), vec![F::zero(); BoxColumns::floats(n)]);
    let columns = BoxColumns::new(boxes, Convention::Continuous, floats).expect("floats for all");
    let case = Case { job: "iou_columns", n, dtype: plan.dtype::<F>(), scene: "uniform, in L1".to_owned() };
    let in_columns = by_hand::columns(others);
    Contest::new(case, |out: &mut Vec<F>| {
        out.resize(n, F::zero());
        run(InColumns { columns: &columns, one: one.into(), out });
    })
    .peer("by hand, columns", usize::MAX, Answers::Same, move |out| {
        out.resize(n, F::zero());
        by_hand::iou_row(one, &in_columns, out);
    })
    .run(plan.budget)
}

/// A row of overlaps with boxes in columns, on the tier that is chosen.
struct InColumns<'a, F> {
    columns: &'a BoxColumns<Vec<F>>,
    one: BBox<F>,
    out: &'a mut [F],
}

impl<F: Pack> Work for InColumns<'_, F> {
    type Output = ();

    fn on<S: Simd>(self, simd: S) {
        iou::row_of_columns(simd, self.columns, &self.one, self.out).expect("an overlap for each");
    }
}

/// Core's kernel, on the tier that is chosen.
struct Overlaps<'a, F> {
    rows: &'a [BBox<F>],
    columns: &'a [BBox<F>],
    out: &'a mut [F],
}

impl<F: Pack> Work for Overlaps<'_, F> {
    type Output = ();

    fn on<S: Simd>(self, simd: S) {
        let Self { rows, columns, out } = self;
        iou::matrix(simd, rows, columns, Convention::Continuous, out).expect("an overlap for each pair");
    }
}

/// Powerboxes' distance, always in `f64`; every 64th is kept for comparison, so that the copy costs nothing.
fn distance<F: Pack>(rows: &[F], columns: &[F], (n, m): (usize, usize), out: &mut Vec<F>) {
    let distances = iou_distance_slice(rows, columns, n, m);
    out.clear();
    out.extend(distances.iter().step_by(64).map(|&distance| F::from_f64(1.0 - distance)));
}

/// Powerboxes gives 1 - IoU, in `f64`.
fn distances<F: Pack>() -> Answers<Vec<F>> {
    Answers::Differ("1 - IoU, in f64", |ours, theirs| {
        let off =
            ours.iter().step_by(64).zip(theirs).map(|(&ours, &theirs)| num_traits::Float::abs(ours - theirs));
        let off = off.fold(0.0, |most: f64, off| most.max(off.into()));
        assert!(off < 1e-6, "an overlap is off by {off}");
        format!("off by up to {off:.0e}")
    })
}
