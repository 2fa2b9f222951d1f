//! Smooth-L1 loss of box regression, and its gradient.

use ohem_core::Float;
use ohem_core::loss::{self, BoxWeights};

use crate::config::{InvalidKey, invalid_key};
use crate::export::export;
use crate::lend::{one, slice, slice_mut};
use crate::loss::{GradientSpec, gradient};
use crate::status::{Refusal, Status};

/// Predicted deltas of boxes, their targets, and the weights of both.
///
/// A table has 4 columns or, if each class has its own, 4 for each class: label `n` has the columns from `4 n`.
/// Background and ignored RoIs have no loss, and need no columns.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Regression<F> {
    /// The label of each RoI: a class, `OHEM_BACKGROUND` or `OHEM_IGNORED`.
    pub labels: *const u32,
    /// Number of RoIs.
    pub length: usize,
    /// The predicted deltas.
    pub deltas: *const F,
    /// Number of their columns.
    pub delta_columns: usize,
    /// The targets.
    pub targets: *const F,
    /// Number of columns of the targets and of the weights.
    pub target_columns: usize,
    /// Weights of differences; a column of weight 0 is left out. `NULL` if all are 1.
    pub inside: *const F,
    /// Weights of losses; `NULL` if all are 1.
    pub outside: *const F,
    /// The `|x|` at which the loss turns from a square into a line: 1 in the original, 0 for the L1 loss. Not negative.
    pub beta: F,
    /// Label of the background: 0 in the original.
    pub background: u32,
    /// How a label that has no columns is handled.
    pub invalid_labels: InvalidKey,
}

unsafe fn view<'a, F: Float>(regression: *const Regression<F>) -> Result<loss::Regression<'a, F>, Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let lent = one(regression, Status::PointerRegression)?;
        let table = |table, columns, bad| slice(table, lent.length.saturating_mul(columns), bad);
        let weights = |weights: *const F| match weights.is_null() {
            true => Ok(BoxWeights::Same([F::one(); 4])),
            false => table(weights, lent.target_columns, Status::PointerWeights).map(BoxWeights::Each),
        };
        let labels = slice(lent.labels, lent.length, Status::PointerLabels)?;
        let deltas = table(lent.deltas, lent.delta_columns, Status::PointerTable)?;
        let targets = table(lent.targets, lent.target_columns, Status::PointerTargets)?;
        let core = loss::Regression::new(labels, deltas, targets)?
            .beta(lent.beta)
            .background(lent.background)
            .invalid_labels(invalid_key(lent.invalid_labels)?);
        Ok(core.weights(weights(lent.inside)?, weights(lent.outside)?)?)
    }
}

unsafe fn regression_losses<F: Float>(
    regression: *const Regression<F>,
    losses: *mut F,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (regression, losses) = unsafe { with_losses(regression, losses)? };
    Ok(loss::regression_losses(&regression, losses)?)
}

unsafe fn add_regression<F: Float>(regression: *const Regression<F>, losses: *mut F) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (regression, losses) = unsafe { with_losses(regression, losses)? };
    Ok(loss::add_regression(&regression, losses)?)
}

unsafe fn with_losses<'a, F: Float>(
    regression: *const Regression<F>,
    losses: *mut F,
) -> Result<(loss::Regression<'a, F>, &'a mut [F]), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let regression = view(regression)?;
        Ok((regression, slice_mut(losses, regression.len(), Status::PointerOut)?))
    }
}

unsafe fn regression_gradient<F: Float>(
    regression: *const Regression<F>,
    spec: *const GradientSpec<F>,
    out: *mut F,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (regression, (spec, out)) = unsafe {
        let regression = view(regression)?;
        (regression, gradient(spec, regression.len(), regression.columns(), out)?)
    };
    Ok(loss::regression_gradient(&regression, &spec, out)?)
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        #[doc = concat!("Losses of `", stringify!($float), "` box deltas.")]
        pub mod $float {
            use super::*;

            /// Computes `x^2 / (2 beta)` for `|x| < beta`, and `|x| - beta / 2` otherwise; `beta` is not checked.
            #[unsafe(export_name = concat!("ohem_smooth_l1_", stringify!($float)))]
            pub extern "C" fn smooth_l1(x: $float, beta: $float) -> $float {
                loss::smooth_l1(x, beta)
            }

            /// Computes the slope of `ohem_smooth_l1_...`.
            #[unsafe(export_name = concat!("ohem_smooth_l1_slope_", stringify!($float)))]
            pub extern "C" fn smooth_l1_slope(x: $float, beta: $float) -> $float {
                loss::smooth_l1_slope(x, beta)
            }

            export! { concat!("_", stringify!($float));
                /// Writes the smooth-L1 loss of every RoI.
                fn regression_losses(regression: *const Regression<$float>, losses: *mut $float);

                /// Adds the smooth-L1 loss of every RoI to its loss of classification.
                fn add_regression(regression: *const Regression<$float>, losses: *mut $float);

                /// Writes the gradient of the selected smooth-L1 losses by the predicted deltas.
                ///
                /// `out` has `delta_columns` columns; the layout says which rows.
                fn regression_gradient(
                    regression: *const Regression<$float>,
                    spec: *const GradientSpec<$float>,
                    out: *mut $float,
                );
            }
        }
    )*};
}

instances!(f32 f64);
