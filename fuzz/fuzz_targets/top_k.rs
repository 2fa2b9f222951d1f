//! Ranking is the oracle's: windowed, in place, of a list, of a stream, of every type, on every tier.

#![no_main]
#![expect(clippy::cast_possible_truncation, reason = "quantised losses on purpose")]

use core::fmt::Debug;

use arbitrary::{Arbitrary, Result, Unstructured};
use half::{bf16, f16};
use libfuzzer_sys::fuzz_target;
use ohem_core::{NanPolicy, RankKey};
use ohem_fuzz::options;
use ohem_testkit::adapters::rank::{Streamed, Windowed, of_list};
use ohem_testkit::adapters::tiers::{everywhere, on_each_tier};
use ohem_testkit::adapters::{Oracle, Rank as _, Std};
use ohem_testkit::generate::{configs, nasty};

#[derive(Debug)]
struct Case {
    k: usize,
    /// Of the window: fewer than losses, or enough to rank in place.
    places: usize,
    /// How many the stream is fed at once.
    chunk: usize,
    nan: NanPolicy,
    hardness: Type,
    losses: Vec<f64>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Type {
    F32,
    F64,
    I8,
    I16,
    I32,
    F16,
    Bf16,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        Ok(Self {
            hardness: o.arbitrary()?,
            k: o.arbitrary::<u8>()?.into(),
            places: 2 + usize::from(o.arbitrary::<u8>()?),
            chunk: 1 + usize::from(o.arbitrary::<u8>()?),
            nan: configs::nan(o)?,
            losses: nasty::numbers(u, 300)?,
        })
    }
}

fn check<H: RankKey + Debug>(case: &Case, losses: &[H]) {
    let &Case { k, places: window, chunk, nan, .. } = case;
    everywhere(Windowed { losses, nan, window }, &Oracle::top_k(losses, usize::MAX, nan));
    let few = k.min(32);
    everywhere(Streamed::<H, 33> { losses, nan, k: few, chunk }, &Oracle::top_k(losses, few, nan));
    let want = Oracle::top_k(losses, k, nan);
    assert_eq!(of_list(losses, k, nan), want, "of a list");
    on_each_tier(|| assert_eq!(Std::top_k(losses, k, nan), want, "into a Vec"));
}

fn quantised<T>(losses: &[f64], to: impl Fn(f64) -> T) -> Vec<T> {
    losses.iter().map(|&loss| to(loss)).collect()
}

fuzz_target!(|case: Case| {
    let losses = &case.losses;
    match case.hardness {
        Type::F32 => check(&case, &quantised(losses, |loss| loss as f32)),
        Type::F64 => check(&case, losses),
        // Many ties, and every value; an i32 by the bits of a float.
        Type::I8 => check(&case, &quantised(losses, |loss| (loss * 8.0) as i8)),
        Type::I16 => check(&case, &quantised(losses, |loss| (loss * 8192.0) as i16)),
        Type::I32 => check(&case, &quantised(losses, |loss| (loss as f32).to_bits().cast_signed())),
        Type::F16 => check(&case, &quantised(losses, f16::from_f64)),
        Type::Bf16 => check(&case, &quantised(losses, bf16::from_f64)),
    }
});
