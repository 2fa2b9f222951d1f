//! Ranking is the reference's: windowed, in place, of a list, of a stream, of every type, on every tier.

#![no_main]
#![expect(clippy::cast_possible_truncation, reason = "quantised losses on purpose")]

use core::fmt::Debug;

use arbitrary::{Arbitrary, Result, Unstructured};
use half::{bf16, f16};
use libfuzzer_sys::fuzz_target;
use ohem_core::rank::{HardestFirst, RankError, TopK, top_k};
use ohem_core::simd::Simd;
use ohem_core::{MineError, NanPolicy, RankKey, Ranked};
use ohem_fuzz::naive::{first_nan, nan};
use ohem_fuzz::{everywhere, on_each_tier, options, read, wide};
use ohem_std::simd::Work;
use ohem_testkit::generate::nasty;

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
            nan: read::nan(o)?,
            losses: nasty::numbers(u, 300)?,
        })
    }
}

/// All of them, hardest first; then the hardest of a stream.
#[derive(Clone, Copy)]
struct Rank<'a, H> {
    case: &'a Case,
    losses: &'a [H],
}

impl<H: RankKey> Work for Rank<'_, H> {
    type Output = core::result::Result<[Vec<usize>; 2], usize>;

    fn on<S: Simd>(self, simd: S) -> Self::Output {
        let mut window = vec![Ranked::PLACEHOLDER; self.case.places];
        let all = HardestFirst::windowed(simd, self.losses, self.case.nan, &mut window).map_err(named)?;
        let mut stream = TopK::<H, 33>::new(self.case.k.min(32), self.case.nan).unwrap();
        let mut chunks = self.losses.chunks(self.case.chunk);
        chunks.try_for_each(|chunk| stream.extend_on(simd, chunk)).map_err(named)?;
        let index = |ranked: Ranked<H>| ranked.index() as usize;
        Ok([all.map(index).collect(), stream.hardest().iter().copied().map(index).collect()])
    }
}

fn check<H: RankKey + Debug>(case: &Case, losses: &[H]) {
    let all = ohem_testkit::oracle::rank(losses, nan(case.nan));
    let first = |k: usize| all.clone().map(|all| all[..all.len().min(k)].to_vec());
    let want = all.clone().and_then(|all| Ok([all, first(case.k.min(32))?]));
    everywhere(Rank { case, losses }, &want);

    let plain = |top: core::result::Result<Vec<u32>, RankError>| top.map(|top| wide(&top)).map_err(named);
    let mut list: Vec<u32> = (0..).take(losses.len()).collect();
    let top = top_k(losses, &mut list, case.k, case.nan).map(<[u32]>::to_vec);
    assert_eq!(plain(top), first(case.k), "of a list");
    on_each_tier(|| {
        assert_eq!(plain(ohem_std::top_k(losses, case.k, case.nan)), first(case.k), "into a Vec")
    });
}

fn named(error: RankError) -> usize {
    first_nan(MineError::from(error))
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
