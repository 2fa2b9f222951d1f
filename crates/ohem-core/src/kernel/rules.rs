//! Mining rules over any storage, on a chosen instruction set. See [`crate::rules`].
