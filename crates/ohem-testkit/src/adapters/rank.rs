//! Ranking.

use ohem_core::rank::{HardestFirst, TopK, select_nth, top_k};
use ohem_core::simd::Simd;
use ohem_core::{NanPolicy, RankKey, Ranked};
use ohem_std::simd::Work;

use super::errors::NamesNan as _;
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
    top_k(losses, &mut indices, k, nan).map(wide).map_err(|error| error.nan())
}

/// Feeds the losses as if they came in pieces.
#[inline(never)]
fn in_pieces<H: RankKey, const PLACES: usize>(losses: &[H], k: usize, nan: NanPolicy) -> Order {
    let mut top = Box::new(TopK::<H, PLACES>::new(k, nan).expect("there are more places than k"));
    losses.chunks(97).try_for_each(|piece| top.extend(piece)).map_err(|error| error.nan())?;
    Ok(indices(top.hardest()))
}

impl Rank for Std {
    fn top_k<H: RankKey>(losses: &[H], k: usize, nan: NanPolicy) -> Order {
        ohem_std::top_k(losses, k, nan).map(|top| wide(&top)).map_err(|error| error.nan())
    }
}

/// Ranking all losses through a window, or in memory for all of them if the window is that long.
#[derive(Clone, Copy, Debug)]
pub struct Windowed<'a, H> {
    /// What is ranked.
    pub losses: &'a [H],
    /// What is done with a NaN.
    pub nan: NanPolicy,
    /// How long the window is: at least 2.
    pub window: usize,
}

impl<H: RankKey> Work for Windowed<'_, H> {
    type Output = Order;

    fn on<S: Simd>(self, simd: S) -> Order {
        let mut window = vec![Ranked::PLACEHOLDER; self.window];
        let hardest = HardestFirst::windowed(simd, self.losses, self.nan, &mut window);
        hardest.map(all).map_err(|error| error.nan())
    }
}

/// Ranking all losses in memory for all of them.
#[derive(Clone, Copy, Debug)]
pub struct InPlace<'a, H> {
    /// What is ranked.
    pub losses: &'a [H],
    /// What is done with a NaN.
    pub nan: NanPolicy,
}

impl<H: RankKey> Work for InPlace<'_, H> {
    type Output = Order;

    fn on<S: Simd>(self, simd: S) -> Order {
        let mut memory = vec![Ranked::PLACEHOLDER; self.losses.len()];
        let hardest = HardestFirst::in_place(simd, self.losses, self.nan, &mut memory);
        hardest.map(all).map_err(|error| error.nan())
    }
}

/// The hardest `k` of a stream, in `PLACES` places.
#[derive(Clone, Copy, Debug)]
pub struct Streamed<'a, H, const PLACES: usize> {
    /// What is ranked.
    pub losses: &'a [H],
    /// What is done with a NaN.
    pub nan: NanPolicy,
    /// How many are kept: fewer than `PLACES`.
    pub k: usize,
    /// How many come at once.
    pub chunk: usize,
}

impl<H: RankKey, const PLACES: usize> Work for Streamed<'_, H, PLACES> {
    type Output = Order;

    fn on<S: Simd>(self, simd: S) -> Order {
        let mut top = TopK::<H, PLACES>::new(self.k, self.nan).expect("there are more places than k");
        let mut chunks = self.losses.chunks(self.chunk);
        chunks.try_for_each(|chunk| top.extend_on(simd, chunk)).map_err(|error| error.nan())?;
        Ok(indices(top.hardest()))
    }
}

/// The index at a place of the order, with NaNs first.
pub fn nth<H: RankKey>(losses: &[H], place: usize) -> Option<usize> {
    let ranked = || losses.iter().zip(0..).map(|(&loss, index)| Ranked::new(loss, index));
    select_nth(ranked, place).map(|ranked| ranked.index() as usize)
}

fn all<H: RankKey>(hardest: impl Iterator<Item = Ranked<H>>) -> Vec<usize> {
    hardest.map(|ranked| ranked.index() as usize).collect()
}

pub(super) fn indices<H: RankKey>(ranked: &[Ranked<H>]) -> Vec<usize> {
    ranked.iter().map(|ranked| ranked.index() as usize).collect()
}
