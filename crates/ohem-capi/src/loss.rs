//! Losses of classification, and their gradients for the RoIs selected.

use ohem_core::Float;
use ohem_core::loss;
use ohem_core::simd::Portable;

use crate::export::export;
use crate::lend::{one, slice, slice_mut};
use crate::status::{Refusal, Status};

/// How rows of a gradient are laid out: one of `OHEM_LAYOUT_...`.
pub type Layout = u32;
/// A row for every RoI, 0 where it was not selected: for a backward pass over the whole batch.
pub const OHEM_LAYOUT_DENSE: Layout = 0;
/// A row for every index, in the order of the indices: for a backward pass over the hard ones alone.
pub const OHEM_LAYOUT_GATHERED: Layout = 1;

/// What a backward pass asks of a gradient.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct GradientSpec<F> {
    /// The RoIs selected.
    pub selected: *const u32,
    /// How many they are.
    pub count: usize,
    /// What their gradients are multiplied by: `1 / count` for the mean of their losses.
    pub scale: F,
    /// Where rows go.
    pub layout: Layout,
}

/// Views a request for a gradient of `rows` RoIs in `columns` columns, and where it is to be written.
///
/// # Safety
///
/// As [`slice`], for `backward` and what it names; as [`slice_mut`], for `out`.
pub(crate) unsafe fn gradient<'a, F: Float>(
    backward: *const GradientSpec<F>,
    rows: usize,
    columns: usize,
    out: *mut F,
) -> Result<(loss::GradientSpec<'a, F>, &'a mut [F]), Refusal> {
    // SAFETY: as promised by the caller.
    unsafe {
        let backward = one(backward, Status::PointerBackward)?;
        let selected = slice(backward.selected, backward.count, Status::PointerSelected)?;
        let core = loss::GradientSpec::new(selected).scale(backward.scale);
        let (core, rows) = match backward.layout {
            OHEM_LAYOUT_DENSE => (core, rows),
            OHEM_LAYOUT_GATHERED => (core.gathered(), backward.count),
            _ => return Err(Status::Choice.into()),
        };
        Ok((core, slice_mut(out, rows.saturating_mul(columns), Status::PointerOut)?))
    }
}

/// Losses of labelled rows of a table, and their gradients.
macro_rules! labelled {
    ($($losses:ident, $gradient:ident($($simd:ident)?);)*) => {$(
        unsafe fn $losses<F: Float>(
            table: *const F,
            length: usize,
            classes: usize,
            labels: *const u32,
            losses: *mut F,
        ) -> Result<(), Refusal> {
            // SAFETY: the caller of the C function promised it.
            let (table, labels, losses) = unsafe {
                let table = slice(table, length.saturating_mul(classes), Status::PointerTable)?;
                let labels = slice(labels, length, Status::PointerLabels)?;
                (table, labels, slice_mut(losses, length, Status::PointerOut)?)
            };
            Ok(loss::$losses(Portable, table, classes, labels, losses)?)
        }

        unsafe fn $gradient<F: Float>(
            table: *const F,
            length: usize,
            classes: usize,
            labels: *const u32,
            backward: *const GradientSpec<F>,
            out: *mut F,
        ) -> Result<(), Refusal> {
            // SAFETY: the caller of the C function promised it.
            let (table, labels, (backward, out)) = unsafe {
                let table = slice(table, length.saturating_mul(classes), Status::PointerTable)?;
                let labels = slice(labels, length, Status::PointerLabels)?;
                (table, labels, gradient(backward, length, classes, out)?)
            };
            Ok(loss::$gradient($($simd,)? table, classes, labels, &backward, out)?)
        }
    )*};
}

labelled! {
    cross_entropy, cross_entropy_gradient(Portable);
    probability_cross_entropy, probability_cross_entropy_gradient();
    sigmoid_cross_entropy, sigmoid_cross_entropy_gradient(Portable);
}

unsafe fn binary_cross_entropy<F: Float>(
    logits: *const F,
    targets: *const F,
    length: usize,
    losses: *mut F,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (logits, targets, losses) = unsafe {
        let logits = slice(logits, length, Status::PointerTable)?;
        let targets = slice(targets, length, Status::PointerTargets)?;
        (logits, targets, slice_mut(losses, length, Status::PointerOut)?)
    };
    Ok(loss::binary_cross_entropy(Portable, logits, targets, losses)?)
}

unsafe fn binary_cross_entropy_gradient<F: Float>(
    logits: *const F,
    targets: *const F,
    length: usize,
    backward: *const GradientSpec<F>,
    out: *mut F,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (logits, targets, (backward, out)) = unsafe {
        let logits = slice(logits, length, Status::PointerTable)?;
        let targets = slice(targets, length, Status::PointerTargets)?;
        (logits, targets, gradient(backward, length, 1, out)?)
    };
    Ok(loss::binary_cross_entropy_gradient(logits, targets, &backward, out)?)
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        #[doc = concat!("Losses in `", stringify!($float), "`.")]
        pub mod $float {
            use super::*;

            export! { concat!("_", stringify!($float));
                /// Writes the softmax cross-entropy of every RoI's row of `classes` logits.
                ///
                /// A NaN logit makes the loss NaN, and so do a `+inf` or all `-inf`.
                fn cross_entropy(
                    logits: *const $float,
                    length: usize,
                    classes: usize,
                    labels: *const u32,
                    losses: *mut $float,
                );

                /// Writes the gradient of the softmax cross-entropy by the logits: softmax less 1 at the label.
                ///
                /// `out` has `classes` columns, and rows as the layout says.
                fn cross_entropy_gradient(
                    logits: *const $float,
                    length: usize,
                    classes: usize,
                    labels: *const u32,
                    backward: *const GradientSpec<$float>,
                    out: *mut $float,
                );

                /// Writes the cross-entropy of every RoI's row of probabilities, as the reference has it:
                /// `-ln(max(p[label], 2.220446049250313e-16))`.
                fn probability_cross_entropy(
                    probabilities: *const $float,
                    length: usize,
                    classes: usize,
                    labels: *const u32,
                    losses: *mut $float,
                );

                /// Writes the gradient of the cross-entropy by the logits that the probabilities were made of.
                ///
                /// `out` has `classes` columns, and rows as the layout says.
                fn probability_cross_entropy_gradient(
                    probabilities: *const $float,
                    length: usize,
                    classes: usize,
                    labels: *const u32,
                    backward: *const GradientSpec<$float>,
                    out: *mut $float,
                );

                /// Writes the sigmoid cross-entropy of every RoI's row of `classes` logits, the sum of its columns.
                ///
                /// Label 0 is background; label `k` has its target of 1 in column `k - 1`.
                fn sigmoid_cross_entropy(
                    logits: *const $float,
                    length: usize,
                    classes: usize,
                    labels: *const u32,
                    losses: *mut $float,
                );

                /// Writes the gradient of the sigmoid cross-entropy by the logits: sigmoid less target.
                ///
                /// `out` has `classes` columns, and rows as the layout says.
                fn sigmoid_cross_entropy_gradient(
                    logits: *const $float,
                    length: usize,
                    classes: usize,
                    labels: *const u32,
                    backward: *const GradientSpec<$float>,
                    out: *mut $float,
                );

                /// Writes the binary cross-entropy of each logit with a target from 0 to 1.
                fn binary_cross_entropy(
                    logits: *const $float,
                    targets: *const $float,
                    length: usize,
                    losses: *mut $float,
                );

                /// Writes the gradient of the binary cross-entropy by the logits: sigmoid less target.
                ///
                /// `out` has a place for each logit, or for each one selected, as the layout says.
                fn binary_cross_entropy_gradient(
                    logits: *const $float,
                    targets: *const $float,
                    length: usize,
                    backward: *const GradientSpec<$float>,
                    out: *mut $float,
                );
            }
        }
    )*};
}

instances!(f32 f64);
