//! What vectors do, lane by lane.

use ohem_core::kernel::{Lanes, Simd};

use crate::registry::{Operation, Real, Sink, Source};

/// Every operation of lanes.
#[derive(Clone, Copy, Debug)]
pub struct Vectors;

/// Pairs of floats that are neither NaN nor zero, and whole numbers for exponents.
#[derive(Clone, Debug)]
pub struct Input {
    pairs: [[f64; 2]; LANES],
    exponents: [i16; LANES],
}

/// How many lanes there are in all: whole vectors of any width.
const LANES: usize = 64;

impl Operation for Vectors {
    const NAME: &'static str = "lanes";

    const COVERS: &'static [&'static str] = &[
        "kernel::Simd::run",
        "kernel::Lanes::chunks",
        "kernel::Lanes::chunks_mut",
        "kernel::Lanes::array",
        "kernel::Lanes::splat",
        "kernel::Lanes::load",
        "kernel::Lanes::store",
        "kernel::Lanes::add",
        "kernel::Lanes::sub",
        "kernel::Lanes::mul",
        "kernel::Lanes::div",
        "kernel::Lanes::min",
        "kernel::Lanes::max",
        "kernel::Lanes::le",
        "kernel::Lanes::eq",
        "kernel::Lanes::bits",
        "kernel::Lanes::select",
        "kernel::Lanes::power_of_two",
        "kernel::Lanes::split",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let number = |source: &mut Source<'_>| {
            let magnitude = 1.0 + f64::from(source.half_bits()) / 4_294_967_296.0;
            let magnitude = if source.once_in(3) { 1.0 } else { magnitude };
            let scaled = magnitude * source.choose(1.0, [2.0, 4.0, 0.5, 1e-3, 1e9]);
            if source.once_in(2) { -scaled } else { scaled }
        };
        let mut input = Input { pairs: [[1.0; 2]; LANES], exponents: [0; LANES] };
        for (pair, exponent) in input.pairs.iter_mut().zip(&mut input.exponents) {
            *pair = [number(source), number(source)];
            *exponent = i16::try_from(source.below(250)).unwrap_or_default() - 125;
        }
        input
    }

    fn core<S: Simd>(simd: S, input: &Input, out: &mut impl Sink) {
        simd.run(
            #[inline(always)]
            || {
                core::<f32, S::F32>("f32", input, out);
                core::<f64, S::F64>("f64", input, out);
            },
        );
    }

    #[cfg(feature = "std")]
    fn std(_: &Input, _: &mut impl Sink) {} // its tiers are tokens of core

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        oracle::<f32>("f32", input, out);
        oracle::<f64>("f64", input, out);
    }
}

/// One side of all pairs.
fn side<F: Real>(input: &Input, side: usize) -> [F; LANES] {
    input.pairs.map(|pair| pair.get(side).map_or(F::one(), |&value| F::from_f64(value)))
}

fn core<F: Real, V: Lanes<Scalar = F>>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let (one, other) = (side::<F>(input, 0), side::<F>(input, 1));
    let operations: [fn(V, V) -> V; 11] = [
        V::add,
        V::sub,
        V::mul,
        V::div,
        V::min,
        V::max,
        |a, b| V::select(a.le(b), a, b),
        |a, b| V::select(a.eq(b), a, V::splat(F::one())),
        |a, b| V::select(a.le(b) & b.le(a), a, b),
        |a, _| {
            let stored = a.store();
            V::load(&V::array(|lane| stored.as_ref().get(lane).copied().unwrap_or_else(F::nan)))
        },
        |a, b| flags::<F, V>(a.le(b)),
    ];
    out.answer(case, "Lanes");
    for operation in operations {
        let mut results = [F::zero(); LANES];
        let inputs = V::chunks(&one).0.iter().zip(V::chunks(&other).0);
        for (slot, (a, b)) in V::chunks_mut(&mut results).0.iter_mut().zip(inputs) {
            *slot = operation(V::load(a), V::load(b)).store();
        }
        out.add(&results);
    }
    bits::<F, V>(input, &one, out);
}

/// One in the lanes whose bit is set.
fn flags<F: Real, V: Lanes<Scalar = F>>(mask: V::Mask) -> V {
    let bits = V::bits(mask);
    V::load(&V::array(|lane| {
        if u32::try_from(lane).is_ok_and(|lane| bits >> lane & 1 == 1) { F::one() } else { F::zero() }
    }))
}

/// Powers of two, and mantissas with exponents.
fn bits<F: Real, V: Lanes<Scalar = F>>(input: &Input, values: &[F; LANES], out: &mut impl Sink) {
    let rounded = input.exponents.map(|exponent| V::ROUNDER + F::from_f64(exponent.into()));
    for slot in V::chunks(&rounded).0 {
        V::load(slot).power_of_two().store().as_ref().iter().for_each(|value| out.add(value));
    }
    let positive = values.map(|value| value.abs());
    for slot in V::chunks(&positive).0 {
        let (mantissas, exponents) = V::load(slot).split();
        let (mantissas, exponents) = (mantissas.store(), exponents.store());
        mantissas.as_ref().iter().zip(exponents.as_ref()).for_each(|(m, e)| out.add(&[m, e]));
    }
}

#[cfg(feature = "std")]
fn oracle<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let (one, other) = (side::<F>(input, 0), side::<F>(input, 1));
    let operations: [fn(F, F) -> F; 11] = [
        |a, b| a + b,
        |a, b| a - b,
        |a, b| a * b,
        |a, b| a / b,
        |a, b| a.min(b),
        |a, b| a.max(b),
        |a, b| if a <= b { a } else { b },
        |a, b| if a == b { a } else { F::one() },
        |a, b| if a == b { a } else { b },
        |a, _| a,
        |a, b| if a <= b { F::one() } else { F::zero() },
    ];
    out.answer(case, "one by one");
    for operation in operations {
        one.iter().zip(other).for_each(|(&a, b)| out.add(&operation(a, b)));
    }
    for exponent in input.exponents {
        out.add(&F::from_f64(2.0).powi(exponent.into()));
    }
    let (two, half) = (F::from_f64(2.0), F::from_f64(0.5));
    let least = F::from_f64(core::f64::consts::FRAC_1_SQRT_2);
    for value in one {
        let (mut mantissa, mut exponent) = (value.abs(), F::zero());
        while mantissa >= two * least {
            (mantissa, exponent) = (mantissa * half, exponent + F::one());
        }
        while mantissa < least {
            (mantissa, exponent) = (mantissa * two, exponent - F::one());
        }
        out.add(&[mantissa, exponent]);
    }
}
