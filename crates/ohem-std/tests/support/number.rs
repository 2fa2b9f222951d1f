//! Numbers as the files write them.

use ohem_core::Float;
use serde::Deserialize;

/// A JSON number, or a word for what JSON has none for: `"NaN"`, `"Infinity"`, `"-inf"`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "Written")]
pub(crate) struct Number(pub(crate) f64);

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Number(f64),
    Word(String),
}

impl TryFrom<Written> for Number {
    type Error = core::num::ParseFloatError;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written::Number(number) => Ok(Self(number)),
            Written::Word(word) => word.parse().map(Self),
        }
    }
}

impl Number {
    /// The float nearest to the number.
    pub(crate) fn to<F: Float>(self) -> F {
        F::from_f64(self.0)
    }

    /// The number as the f32 that it was before it was written, in any float type.
    pub(crate) fn narrow<F: Float>(self) -> F {
        F::from_f64(self.to::<f32>().into())
    }
}

/// A float type that cases are run in.
pub(crate) trait Precision: Float + Default + Into<f64> {
    /// What a message calls it.
    const NAME: &'static str;
    /// Whether it is that of the f64 expectations.
    const IS_DOUBLE: bool;
}

impl Precision for f32 {
    const NAME: &'static str = "f32";
    const IS_DOUBLE: bool = false;
}

impl Precision for f64 {
    const NAME: &'static str = "f64";
    const IS_DOUBLE: bool = true;
}
