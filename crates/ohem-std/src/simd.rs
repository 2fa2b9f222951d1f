//! Which instruction set is used: the one place where it is chosen.

use ohem_core::simd::Portable;

/// The best that this machine has.
pub(crate) fn best() -> Portable {
    Portable
}
