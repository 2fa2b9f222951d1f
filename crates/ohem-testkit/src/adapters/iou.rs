//! Overlaps.

use ohem_core::iou::{self, BoxColumns};
use ohem_core::kernel::{self, Simd};
use ohem_core::{BBox, Convention, Float};
use ohem_std::simd::Work;

use super::{Core, Oracle, Std, words};
use crate::compare::assert_same;
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
    /// Pair by pair; as a matrix and row by row, it must be the same.
    fn iou<F: Float>(a: &[[F; 4]], b: &[[F; 4]], convention: Convention) -> Vec<F> {
        let (a, b) = (BBox::from_rows(a), BBox::from_rows(b));
        let pairs: Vec<F> = a.iter().flat_map(|a| b.iter().map(|b| a.iou(b, convention))).collect();
        let mut out = vec![F::nan(); pairs.len()];
        iou::matrix(a, b, convention, &mut out).expect(FITS);
        assert_same(&out, &pairs);
        let columns = laid_out(b, convention);
        for ((bbox, pairs), out) in a.iter().zip(pairs.chunks(width(b))).zip(out.chunks_mut(width(b))) {
            iou::row(bbox, b, convention, out).expect(FITS);
            assert_same(out, pairs);
            iou::row_of_columns(&columns, bbox, out).expect(FITS);
            assert_same(out, pairs);
        }
        pairs
    }
}

impl Iou for Std {
    fn iou<F: Float>(a: &[[F; 4]], b: &[[F; 4]], convention: Convention) -> Vec<F> {
        let (a, b) = (BBox::from_rows(a), BBox::from_rows(b));
        let matrix = ohem_std::iou::matrix(a, b, convention).expect(FITS);
        let columns = ohem_std::iou::BoxColumns::new(b, convention);
        for (bbox, row) in a.iter().zip(matrix.chunks(width(b))) {
            assert_same(&ohem_std::iou::row(bbox, b, convention), row);
            assert_same(&ohem_std::iou::row_of_columns(&columns, bbox), row);
        }
        matrix
    }
}

const FITS: &str = "memory for each pair";

/// The length of a row, in chunks of which a matrix can be cut.
fn width<F>(columns: &[BBox<F>]) -> usize {
    columns.len().max(1)
}

fn laid_out<F: Float>(boxes: &[BBox<F>], convention: Convention) -> BoxColumns<Vec<F>> {
    let floats = vec![F::nan(); BoxColumns::floats(boxes.len())];
    BoxColumns::new(boxes, convention, floats).expect("floats for each box")
}

/// The overlaps of all pairs three times: as a matrix, row by row, and row by row of boxes in columns.
#[derive(Clone, Copy, Debug)]
pub struct Overlaps<'a, F> {
    /// A row of the matrix each.
    pub rows: &'a [[F; 4]],
    /// A column of the matrix each.
    pub columns: &'a [[F; 4]],
    /// Whether the right and bottom edge belong to the box.
    pub convention: Convention,
}

impl<F: Float> Work for Overlaps<'_, F> {
    type Output = [Vec<F>; 3];

    fn on<S: Simd>(self, simd: S) -> [Vec<F>; 3] {
        let (rows, columns) = (BBox::from_rows(self.rows), BBox::from_rows(self.columns));
        let mut out = [(); 3].map(|()| vec![F::nan(); rows.len() * columns.len()]);
        let [all, by_row, of_columns] = &mut out;
        kernel::iou::matrix(simd, rows, columns, self.convention, all).expect(FITS);
        let laid_out = laid_out(columns, self.convention);
        let chunks = by_row.chunks_mut(width(columns)).zip(of_columns.chunks_mut(width(columns)));
        for (bbox, (out, other)) in rows.iter().zip(chunks) {
            kernel::iou::row(simd, bbox, columns, self.convention, out).expect(FITS);
            kernel::iou::row_of_columns(simd, &laid_out, bbox, other).expect(FITS);
        }
        out
    }
}
