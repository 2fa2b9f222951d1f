//! Losses of classification, and their gradients for selected RoIs.

use ohem_core::{Float, loss};

use crate::config::{InvalidKey, OHEM_INVALID_KEY_ERROR, invalid_key};
use crate::export::export;
use crate::lend::{one, slice, slice_mut};
use crate::status::{Refusal, Status};

/// The classes of a table of scores: its columns, and how a label names one of them.
///
/// Softmax has a column for the background: label `n` has column `n`. Sigmoid has none: label `n` has column `n`
/// below the background's label, and `n - 1` above. `OHEM_BACKGROUND` is the background whatever its label, and
/// the loss and gradient of `OHEM_IGNORED` are 0.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classes {
    /// Number of columns of the table.
    pub count: usize,
    /// Label of the background: 0 in the original, the number of objects' classes where it is the last.
    pub background: u32,
    /// How a label that names no class is handled.
    pub invalid_labels: InvalidKey,
}

/// Returns the classes of a table of `count` columns; label 0 is the background, and an invalid label an error.
#[unsafe(export_name = "ohem_classes_new")]
pub extern "C" fn classes_new(count: usize) -> Classes {
    Classes { count, background: 0, invalid_labels: OHEM_INVALID_KEY_ERROR }
}

impl Classes {
    /// Converts the classes to core's type.
    fn checked(self) -> Result<loss::Classes, Refusal> {
        let invalid_labels = invalid_key(self.invalid_labels)?;
        Ok(loss::Classes::new(self.count).background(self.background).invalid_labels(invalid_labels))
    }
}

/// The rows of a gradient: one of `OHEM_LAYOUT_...`.
pub type Layout = u32;
/// A row for every RoI, 0 for those not selected: for a backward pass over the whole batch.
pub const OHEM_LAYOUT_DENSE: Layout = 0;
/// A row for every index, in the order of the indices: for a backward pass over the selected RoIs alone.
pub const OHEM_LAYOUT_GATHERED: Layout = 1;

/// What a backward pass asks of a gradient: for which RoIs, times which scale, in which rows.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct GradientSpec<F> {
    /// Indices of the selected RoIs.
    pub selected: *const u32,
    /// Number of selected RoIs.
    pub count: usize,
    /// Factor of their gradients: `1 / count` for the mean of their losses.
    pub scale: F,
    /// The rows of the output.
    pub layout: Layout,
}

/// Views a request for a gradient of `rows` RoIs in `columns` columns, and its output.
///
/// # Safety
///
/// As [`slice`], for `spec` and the array that it names; as [`slice_mut`], for `out`.
pub(crate) unsafe fn gradient<'a, F: Float>(
    spec: *const GradientSpec<F>,
    rows: usize,
    columns: usize,
    out: *mut F,
) -> Result<(loss::GradientSpec<'a, F>, &'a mut [F]), Refusal> {
    // SAFETY: as promised by the caller.
    unsafe {
        let spec = one(spec, Status::PointerSpec)?;
        let selected = slice(spec.selected, spec.count, Status::PointerIndices)?;
        let (layout, rows) = match spec.layout {
            OHEM_LAYOUT_DENSE => (loss::Layout::Dense, rows),
            OHEM_LAYOUT_GATHERED => (loss::Layout::Gathered, spec.count),
            _ => return Err(Status::Choice.into()),
        };
        let core = loss::GradientSpec::new(selected).scale(spec.scale).layout(layout);
        Ok((core, slice_mut(out, rows.saturating_mul(columns), Status::PointerOut)?))
    }
}

/// Losses of the labelled rows of a table, and their gradients.
macro_rules! labelled {
    ($($losses:ident, $gradient:ident;)*) => {$(
        unsafe fn $losses<F: Float>(
            table: *const F,
            length: usize,
            classes: Classes,
            labels: *const u32,
            losses: *mut F,
        ) -> Result<(), Refusal> {
            // SAFETY: the caller of the C function promised it.
            let (table, labels, losses) = unsafe {
                let table = slice(table, length.saturating_mul(classes.count), Status::PointerTable)?;
                let labels = slice(labels, length, Status::PointerLabels)?;
                (table, labels, slice_mut(losses, length, Status::PointerOut)?)
            };
            Ok(loss::$losses(table, classes.checked()?, labels, losses)?)
        }

        unsafe fn $gradient<F: Float>(
            table: *const F,
            length: usize,
            classes: Classes,
            labels: *const u32,
            spec: *const GradientSpec<F>,
            out: *mut F,
        ) -> Result<(), Refusal> {
            // SAFETY: the caller of the C function promised it.
            let (table, labels, (spec, out)) = unsafe {
                let table = slice(table, length.saturating_mul(classes.count), Status::PointerTable)?;
                let labels = slice(labels, length, Status::PointerLabels)?;
                (table, labels, gradient(spec, length, classes.count, out)?)
            };
            Ok(loss::$gradient(table, classes.checked()?, labels, &spec, out)?)
        }
    )*};
}

labelled! {
    cross_entropy, cross_entropy_gradient;
    probability_cross_entropy, probability_cross_entropy_gradient;
    sigmoid_cross_entropy, sigmoid_cross_entropy_gradient;
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
    Ok(loss::binary_cross_entropy(logits, targets, losses)?)
}

unsafe fn binary_cross_entropy_gradient<F: Float>(
    logits: *const F,
    targets: *const F,
    length: usize,
    spec: *const GradientSpec<F>,
    out: *mut F,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (logits, targets, (spec, out)) = unsafe {
        let logits = slice(logits, length, Status::PointerTable)?;
        let targets = slice(targets, length, Status::PointerTargets)?;
        (logits, targets, gradient(spec, length, 1, out)?)
    };
    Ok(loss::binary_cross_entropy_gradient(logits, targets, &spec, out)?)
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        #[doc = concat!("Losses in `", stringify!($float), "`.")]
        pub mod $float {
            use super::*;

            export! { concat!("_", stringify!($float));
                /// Writes the softmax cross-entropy of every RoI's row of logits.
                ///
                /// `logits` has `classes.count` columns. A row with a NaN, a `+inf` or nothing but `-inf` has a
                /// loss of NaN.
                fn cross_entropy(
                    logits: *const $float,
                    length: usize,
                    classes: Classes,
                    labels: *const u32,
                    losses: *mut $float,
                );

                /// Writes the gradient of the softmax cross-entropy by the logits: the softmax, less 1 at the label.
                ///
                /// `out` has `classes.count` columns; the layout says which rows.
                fn cross_entropy_gradient(
                    logits: *const $float,
                    length: usize,
                    classes: Classes,
                    labels: *const u32,
                    spec: *const GradientSpec<$float>,
                    out: *mut $float,
                );

                /// Writes the cross-entropy of every RoI's row of probabilities, as the original computes it:
                /// `-ln(max(p[label], 2.220446049250313e-16))`.
                fn probability_cross_entropy(
                    probabilities: *const $float,
                    length: usize,
                    classes: Classes,
                    labels: *const u32,
                    losses: *mut $float,
                );

                /// Writes the gradient by the logits from which a softmax made the probabilities.
                ///
                /// `out` has `classes.count` columns; the layout says which rows.
                fn probability_cross_entropy_gradient(
                    probabilities: *const $float,
                    length: usize,
                    classes: Classes,
                    labels: *const u32,
                    spec: *const GradientSpec<$float>,
                    out: *mut $float,
                );

                /// Writes the sigmoid cross-entropy of every RoI's row of logits: the sum of its columns.
                ///
                /// `logits` has `classes.count` columns, none of them for the background.
                fn sigmoid_cross_entropy(
                    logits: *const $float,
                    length: usize,
                    classes: Classes,
                    labels: *const u32,
                    losses: *mut $float,
                );

                /// Writes the gradient of the sigmoid cross-entropy by the logits: the sigmoid less the target.
                ///
                /// `out` has `classes.count` columns; the layout says which rows.
                fn sigmoid_cross_entropy_gradient(
                    logits: *const $float,
                    length: usize,
                    classes: Classes,
                    labels: *const u32,
                    spec: *const GradientSpec<$float>,
                    out: *mut $float,
                );

                /// Writes the binary cross-entropy of each logit with a target from 0 to 1.
                fn binary_cross_entropy(
                    logits: *const $float,
                    targets: *const $float,
                    length: usize,
                    losses: *mut $float,
                );

                /// Writes the gradient of the binary cross-entropy by the logits: the sigmoid less the target.
                ///
                /// `out` has a value for each logit, or for each selected one, as the layout says.
                fn binary_cross_entropy_gradient(
                    logits: *const $float,
                    targets: *const $float,
                    length: usize,
                    spec: *const GradientSpec<$float>,
                    out: *mut $float,
                );
            }
        }
    )*};
}

instances!(f32 f64);
