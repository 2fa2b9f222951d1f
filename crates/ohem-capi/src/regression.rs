//! Smooth-L1 loss of box regression, and its gradient.

use ohem_core::Float;
use ohem_core::loss::{self, Weights};
use ohem_core::simd::Portable;

use crate::export::export;
use crate::lend::{one, slice, slice_mut};
use crate::loss::{GradientSpec, gradient};
use crate::status::{Refusal, Status};

/// Box deltas that were predicted, those that were wanted, and how they are weighted.
///
/// A table has 4 columns, or 4 for each label. Label 0 is background, which has no loss.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Regression<F> {
    /// The label of each RoI.
    pub labels: *const u32,
    /// How many RoIs there are.
    pub length: usize,
    /// The deltas predicted.
    pub predictions: *const F,
    /// How many columns they have.
    pub prediction_columns: usize,
    /// The deltas wanted.
    pub targets: *const F,
    /// How many columns these have, and the weights.
    pub target_columns: usize,
    /// Weights of differences; a column of weight 0 has no loss. `NULL` if all are 1.
    pub inside: *const F,
    /// Weights of losses; `NULL` if all are 1.
    pub outside: *const F,
    /// Where the loss bends: 1 is the reference's, 0 the L1 loss.
    pub beta: F,
}

unsafe fn view<'a, F: Float>(regression: *const Regression<F>) -> Result<loss::Regression<'a, F>, Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let of = one(regression, Status::PointerRegression)?;
        let table = |table, columns, bad| slice(table, of.length.saturating_mul(columns), bad);
        let weights = |weights: *const F| match weights.is_null() {
            true => Ok(Weights::Same([F::one(); 4])),
            false => table(weights, of.target_columns, Status::PointerWeights).map(Weights::Each),
        };
        let labels = slice(of.labels, of.length, Status::PointerLabels)?;
        let predictions = table(of.predictions, of.prediction_columns, Status::PointerTable)?;
        let targets = table(of.targets, of.target_columns, Status::PointerTargets)?;
        let regression = loss::Regression::new(labels, predictions, targets)?.beta(of.beta);
        Ok(regression.weights(weights(of.inside)?, weights(of.outside)?)?)
    }
}

unsafe fn regression_losses<F: Float>(
    regression: *const Regression<F>,
    losses: *mut F,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (regression, losses) = unsafe { with_losses(regression, losses)? };
    Ok(regression.losses(Portable, losses)?)
}

unsafe fn add_regression_losses<F: Float>(
    regression: *const Regression<F>,
    losses: *mut F,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (regression, losses) = unsafe { with_losses(regression, losses)? };
    Ok(regression.add_to(Portable, losses)?)
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
    backward: *const GradientSpec<F>,
    out: *mut F,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (regression, (backward, out)) = unsafe {
        let regression = view(regression)?;
        (regression, gradient(backward, regression.len(), regression.columns(), out)?)
    };
    Ok(regression.gradient(&backward, out)?)
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        #[doc = concat!("Losses of `", stringify!($float), "` box deltas.")]
        pub mod $float {
            use super::*;

            /// Computes `x^2 / (2 beta)` where `|x| < beta`, and `|x| - beta / 2` elsewhere.
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

                /// Adds the smooth-L1 loss of every RoI to what is there: to that of its classification.
                fn add_regression_losses(regression: *const Regression<$float>, losses: *mut $float);

                /// Writes the gradient of the smooth-L1 losses selected by the predictions.
                ///
                /// `out` has as many columns as the predictions, and rows as the layout says.
                fn regression_gradient(
                    regression: *const Regression<$float>,
                    backward: *const GradientSpec<$float>,
                    out: *mut $float,
                );
            }
        }
    )*};
}

instances!(f32 f64);
