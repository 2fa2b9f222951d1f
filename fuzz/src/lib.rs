//! What the fuzz targets share.
//!
//! A target reads a case from bytes, as property tests do ([`ohem_testkit::generate::nasty`]): a few bytes of options
//! ([`read`]), then RoIs. It computes the case with the reference ([`naive`]), and with ohem in every way that there
//! is: one lane at a time, and on every tier of the machine ([`everywhere`]). All must be equal, by `==`.

pub mod naive;
#[path = "../../crates/ohem-core/tests/properties/configs.rs"]
pub mod read;

use core::fmt::Debug;

use arbitrary::{Result, Unstructured};
use ohem_core::simd::Scalar;
use ohem_core::{Float, RankKey};
use ohem_std::simd::{Tier, Work, run};

/// So many bytes of options precede the data of a case: a change of one does not move the other.
pub const OPTIONS: usize = 32;

/// Takes the options off the front.
pub fn options(u: &mut Unstructured<'_>) -> Result<[u8; OPTIONS]> {
    u.arbitrary()
}

/// Does a piece of work with one lane and on every tier; the result must be this one each time.
///
/// # Panics
///
/// If it is not.
pub fn everywhere<W: Work + Copy>(work: W, want: &W::Output)
where
    W::Output: Debug + PartialEq,
{
    assert_eq!(work.on(Scalar), *want, "with one lane");
    on_each_tier(|| assert_eq!(run(work), *want, "on {}", Tier::current()));
}

/// Makes a check on each tier that this machine has.
pub fn on_each_tier(check: impl Fn()) {
    Tier::available().for_each(|tier| tier.scope(&check));
}

/// Floats that are equal when all bits are, or both are NaN.
#[derive(Clone, Debug)]
pub struct Bits<F>(pub Vec<F>);

impl<F: Float> PartialEq for Bits<F> {
    fn eq(&self, other: &Self) -> bool {
        let bits = |value: F| Some(RankKey::to_f64(value).to_bits()).filter(|_| !value.is_nan());
        self.0.iter().map(|&value| bits(value)).eq(other.0.iter().map(|&value| bits(value)))
    }
}

/// Indices in the type of the reference.
pub fn wide(indices: &[u32]) -> Vec<usize> {
    indices.iter().map(|&index| index as usize).collect()
}
