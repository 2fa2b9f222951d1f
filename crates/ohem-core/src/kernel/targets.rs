//! Labels and targets on a chosen instruction set. See [`crate::targets`].
