//! IoU on a chosen instruction set. See [`crate::iou`].
//!
//! ```
//! use ohem_core::kernel::{self, Scalar};
//! use ohem_core::{BBox, Convention};
//!
//! let (a, b) = (BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(0.0, 0.0, 9.0, 4.0));
//! let mut out = [0.0; 2];
//! kernel::iou::row(Scalar, &a, &[a, b], Convention::Pixel, &mut out)?;
//! assert_eq!(out, [1.0, 0.5]);
//! # Ok::<(), ohem_core::LengthMismatch>(())
//! ```

pub use crate::iou::columns::{
    matrix_of_columns_on as matrix_of_columns, row_of_columns_on as row_of_columns,
};
pub use crate::iou::on::{matrix, row};
