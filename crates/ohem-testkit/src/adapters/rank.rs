//! Ranking.

use ohem_core::kernel::Simd;
use ohem_core::kernel::rank::{FixedBuffer, HardestFirst, extend};
use ohem_core::rank::{TopK, hardest_first, select_nth, top_k};
use ohem_core::{NanPolicy, RankKey, Ranked};
use ohem_std::simd::Work;

use super::errors::first_nan;
use super::{Core, Oracle, Std, at_capacity, wide, words};
use crate::oracle;

/// Indices, hardest first, or the index of the first NaN.
pub type Order = Result<Vec<usize>, usize>;

/// One way to rank.
pub trait Rank {
    /// Finds the hardest `k`.
    ///
    /// # Errors
    ///
    /// The index of the first NaN, where a NaN is an error.
    fn top_k<H: RankKey>(losses: &[H], k: usize, nan: NanPolicy) -> Order;
}

impl Rank for Oracle {
    fn top_k<H: RankKey>(losses: &[H], k: usize, nan: NanPolicy) -> Order {
        oracle::top_k(losses, k, words::nan(nan))
    }
}

impl Rank for Core {
    fn top_k<H: RankKey>(losses: &[H], k: usize, nan: NanPolicy) -> Order {
        let k = k.min(losses.len());
        let streamed = at_capacity!(k + 1, in_pieces::<H>(losses, k, nan));
        assert_eq!(of_list(losses, k, nan), streamed, "of a list, and streamed");
        let mut candidates = vec![Ranked::PLACEHOLDER; k.max(2)];
        let lazily = hardest_first(losses, nan, &mut candidates).map_err(first_nan);
        assert_eq!(lazily.map(|hardest| all(hardest.take(k))), streamed, "lazily, and streamed");
        streamed
    }
}

/// Moves the hardest `k` of a list of all indices to its front.
///
/// # Errors
///
/// The index of the first NaN, where a NaN is an error.
pub fn of_list<H: RankKey>(losses: &[H], k: usize, nan: NanPolicy) -> Order {
    let mut indices: Vec<u32> = (0..).take(losses.len()).collect();
    top_k(losses, &mut indices, k, nan).map(wide).map_err(first_nan)
}

/// Feeds the losses as if they came in pieces.
#[inline(never)]
fn in_pieces<H: RankKey, const PLACES: usize>(losses: &[H], k: usize, nan: NanPolicy) -> Order {
    let mut top = Box::new(TopK::<H, PLACES>::new(k, nan).expect("the capacity exceeds k"));
    losses.chunks(97).try_for_each(|piece| top.extend(piece)).map_err(first_nan)?;
    Ok(indices(top.hardest()))
}

impl Rank for Std {
    fn top_k<H: RankKey>(losses: &[H], k: usize, nan: NanPolicy) -> Order {
        ohem_std::rank::top_k(losses, k, nan).map(|top| wide(&top)).map_err(first_nan)
    }
}

/// Ranking all losses lazily, in a buffer of candidates.
#[derive(Clone, Copy, Debug)]
pub struct Windowed<'a, H> {
    /// The losses to rank.
    pub losses: &'a [H],
    /// How to handle a NaN.
    pub nan: NanPolicy,
    /// Number of candidates: at least 2; one pass is enough if there is one for each loss.
    pub window: usize,
}

impl<H: RankKey> Work for Windowed<'_, H> {
    type Output = Order;

    fn on<S: Simd>(self, simd: S) -> Order {
        let mut window = vec![Ranked::PLACEHOLDER; self.window];
        let hardest = HardestFirst::new(simd, self.losses, self.nan, FixedBuffer(&mut window), self.window);
        hardest.map(all).map_err(first_nan)
    }
}

/// The hardest `k` of a stream, with a capacity of `PLACES`.
#[derive(Clone, Copy, Debug)]
pub struct Streamed<'a, H, const PLACES: usize> {
    /// The losses to rank.
    pub losses: &'a [H],
    /// How to handle a NaN.
    pub nan: NanPolicy,
    /// How many are kept: fewer than `PLACES`.
    pub k: usize,
    /// How many come at once.
    pub chunk: usize,
}

impl<H: RankKey, const PLACES: usize> Work for Streamed<'_, H, PLACES> {
    type Output = Order;

    fn on<S: Simd>(self, simd: S) -> Order {
        let mut top = TopK::<H, PLACES>::new(self.k, self.nan).expect("the capacity exceeds k");
        let mut chunks = self.losses.chunks(self.chunk);
        chunks.try_for_each(|chunk| extend(simd, &mut top, chunk)).map_err(first_nan)?;
        Ok(indices(top.hardest()))
    }
}

/// The index at a place of the order, with NaNs first.
pub fn nth<H: RankKey>(losses: &[H], place: usize) -> Option<usize> {
    let ranked = losses.iter().zip(0..).map(|(&loss, index)| Ranked::new(loss, index));
    select_nth(ranked, place).map(|ranked| ranked.index() as usize)
}

fn all<H: RankKey>(hardest: impl Iterator<Item = Ranked<H>>) -> Vec<usize> {
    hardest.map(|ranked| ranked.index() as usize).collect()
}

pub(super) fn indices<H: RankKey>(ranked: &[Ranked<H>]) -> Vec<usize> {
    ranked.iter().map(|ranked| ranked.index() as usize).collect()
}
