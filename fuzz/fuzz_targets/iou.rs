//! Overlaps are the reference's to the bit: as a matrix, row by row, of columns, of pairs, on every tier.

#![no_main]

use arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use ohem_core::simd::Simd;
use ohem_core::{BBox, Convention, Float, iou};
use ohem_fuzz::{everywhere, naive, options, read};
use ohem_std::simd::Work;
use ohem_testkit::generate::{Table, nasty};

#[derive(Debug)]
struct Case {
    convention: Convention,
    double: bool,
    /// So many of the table are rows of the matrix, the others columns.
    rows: usize,
    table: Table,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        let (double, convention, share) = (o.arbitrary()?, read::convention(o)?, o.arbitrary::<u8>()?);
        let table = nasty::table(u, 90, false)?;
        Ok(Self { convention, double, rows: usize::from(share) % (table.len() + 1), table })
    }
}

/// The matrix as such, by rows, and by rows of columns.
#[derive(Clone, Copy)]
struct Overlaps<'a, F> {
    rows: &'a [BBox<F>],
    columns: &'a [BBox<F>],
    convention: Convention,
}

impl<F: Float> Work for Overlaps<'_, F> {
    type Output = [Vec<F>; 3];

    fn on<S: Simd>(self, simd: S) -> [Vec<F>; 3] {
        let Self { rows, columns, convention } = self;
        let mut out = [(); 3].map(|()| vec![F::nan(); rows.len() * columns.len()]);
        let [matrix, by_row, of_columns] = &mut out;
        iou::matrix(simd, rows, columns, convention, matrix).unwrap();
        let mut floats = vec![F::nan(); iou::Columns::<F>::floats(columns.len())];
        let laid_out = iou::Columns::new(columns, convention, &mut floats).unwrap();
        let places = by_row.chunks_mut(columns.len().max(1)).zip(of_columns.chunks_mut(columns.len().max(1)));
        for (bbox, (row, other)) in rows.iter().zip(places) {
            iou::row(simd, bbox, columns, convention, row).unwrap();
            laid_out.row(simd, bbox, other).unwrap();
        }
        out
    }
}

fn check<F: Float>(case: &Case) {
    let (convention, all) = (case.convention, case.table.boxes::<F>());
    let (rows, columns) = all.split_at(case.rows);
    let want = ohem_testkit::oracle::iou_matrix(rows, columns, naive::convention(convention));
    let (rows, columns) = (BBox::from_rows(rows), BBox::from_rows(columns));
    let pairs = rows.iter().flat_map(|row| columns.iter().map(|other| row.iou(other, convention)));
    assert_eq!(pairs.collect::<Vec<_>>(), want);
    everywhere(Overlaps { rows, columns, convention }, &[(); 3].map(|()| want.clone()));
}

fuzz_target!(|case: Case| if case.double { check::<f64>(&case) } else { check::<f32>(&case) });
