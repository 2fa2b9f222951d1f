//! Losses and gradients on a chosen instruction set. See [`crate::loss`].
