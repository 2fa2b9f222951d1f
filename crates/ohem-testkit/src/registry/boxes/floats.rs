//! Conversions of floats.

use ohem_core::Float;
use ohem_core::kernel::Simd;

use crate::registry::numbers::Numbers;
use crate::registry::{Column, Operation, Real, Sink, Source, Words};

/// Floats made of numbers, and their neighbours.
#[derive(Clone, Copy, Debug)]
pub struct Floats;

impl Operation for Floats {
    const NAME: &'static str = "floats";

    const COVERS: &'static [&'static str] = &["Float::from_f64", "Float::next_up", "Float::from_u24"];

    type Input = Column<f64>;

    fn generate(source: &mut Source<'_>) -> Column<f64> {
        let numbers = Numbers::any(source);
        let rows = source.rows();
        source.column(rows, |source| numbers.next(source))
    }

    fn core<S: Simd>(_: S, input: &Column<f64>, out: &mut impl Sink) {
        core::<f32>("f32", input, out);
        core::<f64>("f64", input, out);
    }

    #[cfg(feature = "std")]
    fn std(_: &Column<f64>, _: &mut impl Sink) {} // the same types

    #[cfg(feature = "std")]
    fn oracle(input: &Column<f64>, out: &mut impl Sink) {
        let low = |value: f64| u32::try_from(value.to_bits() & 0xFF_FFFF).expect("24 bits");
        out.answer("f32", "by hand");
        for &value in input {
            #[expect(clippy::cast_possible_truncation, reason = "rounding is intended")]
            let single = value as f32;
            (single, above(single.to_bits(), f32::INFINITY.to_bits(), 31).map_or(f32::NAN, f32::from_bits))
                .add_to(out);
            f64::from(low(value)).to_string().parse::<f32>().expect("it is a number").add_to(out);
        }
        out.answer("f64", "by hand");
        for &value in input {
            let next = above(value.to_bits(), f64::INFINITY.to_bits(), 63);
            (value, next.map_or(f64::NAN, f64::from_bits), f64::from(low(value))).add_to(out);
        }
    }
}

fn core<F: Real>(case: &'static str, input: &Column<f64>, out: &mut impl Sink) {
    out.answer(case, "Float");
    for &value in input {
        let float = F::from_f64(value);
        let low = u32::try_from(value.to_bits() & 0xFFFF_FFFF).unwrap_or_default(); // 8 bits too many
        (float, Float::next_up(float), F::from_u24(low)).add_to(out);
    }
}

/// The bits of the least float above one with these bits; nothing for a NaN. `infinity` has no float above it.
#[cfg(feature = "std")]
fn above<B>(bits: B, infinity: B, sign: u32) -> Option<B>
where
    B: Copy
        + PartialOrd
        + From<u8>
        + core::ops::Shl<u32, Output = B>
        + core::ops::Add<Output = B>
        + core::ops::Sub<Output = B>,
{
    let (zero, one) = (B::from(0), B::from(1));
    let negative = one << sign;
    match bits {
        _ if bits == infinity => Some(bits),
        _ if bits < infinity => Some(bits + one),
        _ if bits < negative => None,
        _ if bits == negative => Some(zero + one),
        _ if bits - negative <= infinity => Some(bits - one),
        _ => None,
    }
}
