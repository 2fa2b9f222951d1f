//! What the fuzz targets share.
//!
//! A target reads a case from bytes, as property tests do ([`ohem_testkit::generate`]): a few bytes of options,
//! then RoIs. It computes the case with the oracle, and with ohem in every way there is: one lane at a time, and
//! on every tier of the machine ([`ohem_testkit::adapters`]). All must be equal, by `==`.

use arbitrary::{Result, Unstructured};

/// Bytes of options before the data of a case; the number is fixed, so changed options do not move the data.
pub const OPTIONS: usize = 32;

/// Takes the options off the front.
pub fn options(u: &mut Unstructured<'_>) -> Result<[u8; OPTIONS]> {
    u.arbitrary()
}
