//! Mining over any storage, on a chosen instruction set.
