//! Labels and targets on a chosen instruction set. See [`crate::targets`].
//!
//! ```
//! use ohem_core::kernel::{self, Scalar};
//! use ohem_core::{BBox, Convention, Match};
//!
//! let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(50.0, 0.0, 59.0, 9.0)];
//! let (mut overlaps, mut matches) = ([0.0; 2], [Match::IGNORED; 2]);
//! let pixel = Convention::Pixel;
//! kernel::targets::assign(Scalar, &boxes, &boxes[..1], pixel, &mut overlaps, &mut matches)?;
//! assert_eq!((overlaps, matches), ([1.0, 0.0], [Match::object(0), Match::BACKGROUND]));
//! # Ok::<(), ohem_core::InputError>(())
//! ```

pub use crate::targets::assign::{assign_batch_on as assign_batch, assign_on as assign};
