//! Losses and gradients on a chosen instruction set. See [`crate::loss`].
//!
//! ```
//! use ohem_core::kernel::{self, Scalar};
//! use ohem_core::loss::Classes;
//!
//! let mut losses = [0.0; 2];
//! kernel::loss::cross_entropy(Scalar, &[20.0, 0.0, 0.0, 0.0], Classes::new(2), &[0, 1], &mut losses)?;
//! assert_eq!(losses, [2.061_153_620_314_381e-9, std::f64::consts::LN_2]);
//! # Ok::<(), ohem_core::InputError>(())
//! ```

pub use crate::loss::planes::{
    cross_entropy_planes_gradient_on as cross_entropy_planes_gradient,
    cross_entropy_planes_on as cross_entropy_planes,
};
pub use crate::loss::probability::probability_cross_entropy_on as probability_cross_entropy;
pub use crate::loss::regression::{
    add_regression_on as add_regression, regression_losses_on as regression_losses,
};
pub use crate::loss::sigmoid::{
    binary_cross_entropy_on as binary_cross_entropy,
    sigmoid_cross_entropy_gradient_on as sigmoid_cross_entropy_gradient,
    sigmoid_cross_entropy_on as sigmoid_cross_entropy,
};
pub use crate::loss::softmax::{
    cross_entropy_gradient_on as cross_entropy_gradient, cross_entropy_on as cross_entropy,
};
