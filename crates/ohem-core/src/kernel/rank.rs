//! Ranking on a chosen instruction set. See [`crate::rank`].
