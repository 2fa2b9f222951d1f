//! Operations on a selection.

use ohem_core::{Float, gather};

use super::{Core, Oracle, Std, narrow};
use crate::oracle;

/// One way to a minibatch.
pub trait Gather {
    /// Copies rows of a table.
    fn gather<F: Float + Default>(rois: &[usize], table: &[F], width: usize) -> Vec<F>;
}

impl Gather for Oracle {
    fn gather<F: Float + Default>(rois: &[usize], table: &[F], width: usize) -> Vec<F> {
        oracle::gather(rois, table, width)
    }
}

impl Gather for Core {
    fn gather<F: Float + Default>(rois: &[usize], table: &[F], width: usize) -> Vec<F> {
        let mut out = vec![F::nan(); rois.len() * width];
        gather::rows(&narrow(rois), table, width, &mut out).expect("the table has these rows");
        out
    }
}

impl Gather for Std {
    fn gather<F: Float + Default>(rois: &[usize], table: &[F], width: usize) -> Vec<F> {
        ohem_std::gather::rows(&narrow(rois), table, width).expect("the table has these rows")
    }
}
