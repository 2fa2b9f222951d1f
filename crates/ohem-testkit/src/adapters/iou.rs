//! Overlaps.

use ohem_core::iou::{Columns, matrix, row};
use ohem_core::simd::Simd;
use ohem_core::{BBox, Convention, Float};
use ohem_std::simd::Work;

use super::{Core, Oracle, Std, words};
use crate::oracle;

/// One way to overlaps.
pub trait Iou {
    /// Computes the IoU of all pairs, row by row of `a`.
    fn iou<F: Float>(a: &[[F; 4]], b: &[[F; 4]], convention: Convention) -> Vec<F>;
}

impl Iou for Oracle {
    fn iou<F: Float>(a: &[[F; 4]], b: &[[F; 4]], convention: Convention) -> Vec<F> {
        oracle::iou_matrix(a, b, words::convention(convention))
    }
}

impl Iou for Core {
    /// Pair by pair.
    fn iou<F: Float>(a: &[[F; 4]], b: &[[F; 4]], convention: Convention) -> Vec<F> {
        let (a, b) = (BBox::from_rows(a), BBox::from_rows(b));
        a.iter().flat_map(|a| b.iter().map(|b| a.iou(b, convention))).collect()
    }
}

impl Iou for Std {
    fn iou<F: Float>(a: &[[F; 4]], b: &[[F; 4]], convention: Convention) -> Vec<F> {
        ohem_std::iou_matrix(BBox::from_rows(a), BBox::from_rows(b), convention)
    }
}

/// The overlaps of all pairs three times: as a matrix, row by row, and row by row of boxes in columns.
#[derive(Clone, Copy, Debug)]
pub struct Overlaps<'a, F> {
    /// A row of the matrix each.
    pub rows: &'a [[F; 4]],
    /// A column of the matrix each.
    pub columns: &'a [[F; 4]],
    /// How wide a box is.
    pub convention: Convention,
}

impl<F: Float> Work for Overlaps<'_, F> {
    type Output = [Vec<F>; 3];

    fn on<S: Simd>(self, simd: S) -> [Vec<F>; 3] {
        let (rows, columns) = (BBox::from_rows(self.rows), BBox::from_rows(self.columns));
        let mut out = [(); 3].map(|()| vec![F::nan(); rows.len() * columns.len()]);
        let [all, by_row, of_columns] = &mut out;
        matrix(simd, rows, columns, self.convention, all).expect("a place for each pair");
        let mut floats = vec![F::nan(); Columns::<F>::floats(columns.len())];
        let laid_out = Columns::new(columns, self.convention, &mut floats).expect("floats for each box");
        let width = columns.len().max(1);
        let places = by_row.chunks_mut(width).zip(of_columns.chunks_mut(width));
        for (bbox, (out, other)) in rows.iter().zip(places) {
            row(simd, bbox, columns, self.convention, out).expect("a place for each box");
            laid_out.row(simd, bbox, other).expect("a place for each box");
        }
        out
    }
}
