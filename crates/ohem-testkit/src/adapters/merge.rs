//! Steps that come in parts.

use ohem_core::merge::{Stream, merge, ranked};
use ohem_core::{Float, MineConfig, RankKey, Ranked, Selection};

use super::mine::{each_in_fixed, each_in_vecs};
use super::rank::indices;
use super::{Batch, Core, Mine as _, Oracle, Std, at_capacity};
use crate::oracle;

/// One way to mine a step part by part.
pub trait Merge {
    /// Mines the rows between each two seams, and merges the selections.
    ///
    /// The seams ascend from 0 to the number of RoIs. Under suppression, no group may be cut.
    ///
    /// # Panics
    ///
    /// If a loss is NaN and a NaN is an error.
    fn merge<F: Float, H: RankKey>(
        batch: Batch<'_, F, H>,
        seams: &[usize],
        config: &MineConfig,
    ) -> Vec<usize>;
}

const MINED: &str = "no NaN is an error";
const NUMBERED: &str = "a u32 numbers them all";

fn parts<'a, F: Float, H>(batch: Batch<'a, F, H>, seams: &[usize]) -> Vec<Batch<'a, F, H>> {
    seams.windows(2).map(|seam| batch.part(seam[0]..seam[1])).collect()
}

impl Merge for Oracle {
    fn merge<F: Float, H: RankKey>(
        batch: Batch<'_, F, H>,
        seams: &[usize],
        config: &MineConfig,
    ) -> Vec<usize> {
        let ranked = |(part, &first): (Batch<'_, F, H>, &usize)| -> Vec<(H, usize)> {
            let selected = Self::mine(part, config).expect(MINED).selected;
            selected.into_iter().map(|index| (part.losses[index], first + index)).collect()
        };
        let parts: Vec<_> = parts(batch, seams).into_iter().zip(seams).map(ranked).collect();
        oracle::merge(&parts, config.batch_size)
    }
}

impl Merge for Core {
    fn merge<F: Float, H: RankKey>(
        batch: Batch<'_, F, H>,
        seams: &[usize],
        config: &MineConfig,
    ) -> Vec<usize> {
        at_capacity!(config.batch_size, in_fixed::<F, H>(&parts(batch, seams), config))
    }
}

/// Streams of `B` RoIs, which may be more than the batch; merging the parts themselves must give the same.
#[inline(never)]
fn in_fixed<F: Float, H: RankKey, const B: usize>(
    parts: &[Batch<'_, F, H>],
    config: &MineConfig,
) -> Vec<usize> {
    let mut stream = Box::new(Stream::<H, B>::new());
    let mut workers = Workers::new(config.batch_size, in_slices);
    each_in_fixed::<F, H, B, 120>(parts, config, |hard, losses| {
        let hard = hard.expect(MINED);
        stream.push(&hard, losses).expect(NUMBERED);
        workers.push(&hard, losses);
        assert_eq!(stream.seen() as usize, workers.seen, "RoIs pushed");
    });
    let mut streamed = indices(stream.hardest());
    // The same stream again: what one step leaves behind must not matter to the next.
    stream.clear();
    each_in_fixed::<F, H, B, 120>(parts, config, |hard, losses| {
        stream.push(&hard.expect(MINED), losses).expect(NUMBERED);
    });
    assert_eq!(indices(stream.hardest()), streamed, "streamed again");
    streamed.truncate(config.batch_size);
    assert_eq!(workers.merged(), streamed, "merged in any order, and streamed");
    streamed
}

/// Merges in memory that is lent.
fn in_slices<H: RankKey>(one: &[Ranked<H>], other: &[Ranked<H>], len: usize) -> Vec<Ranked<H>> {
    let mut out = vec![Ranked::PLACEHOLDER; len];
    let merged = merge(one, other, &mut out);
    out.truncate(merged);
    out
}

/// Merges two parts into the hardest of both, at most as many as the number says.
type MergeTwo<H> = fn(&[Ranked<H>], &[Ranked<H>], usize) -> Vec<Ranked<H>>;

/// The ranked selections of workers that mine their own images.
struct Workers<H: RankKey> {
    parts: Vec<Vec<Ranked<H>>>,
    batch_size: usize,
    seen: usize,
    merge: MergeTwo<H>,
}

impl<H: RankKey> Workers<H> {
    fn new(batch_size: usize, merge: MergeTwo<H>) -> Self {
        Self { parts: Vec::new(), batch_size, seen: 0, merge }
    }

    fn push(&mut self, hard: &Selection<&[u32]>, losses: &[H]) {
        let first = u32::try_from(self.seen).expect(NUMBERED);
        self.parts.push(ranked(hard, losses, first).collect());
        self.seen += losses.len();
    }

    /// Merges all parts, from the first and from the last on, each time in both orders.
    fn merged(&self) -> Vec<usize> {
        let add = |all: Vec<_>, part: &Vec<_>| {
            let merged = (self.merge)(&all, part, self.batch_size);
            assert_eq!(merged, (self.merge)(part, &all, self.batch_size), "merging is commutative");
            merged
        };
        let forwards = self.parts.iter().fold(Vec::new(), add);
        let backwards = self.parts.iter().rev().fold(Vec::new(), add);
        assert_eq!(forwards, backwards, "merging is associative");
        indices(&forwards)
    }
}

impl Merge for Std {
    fn merge<F: Float, H: RankKey>(
        batch: Batch<'_, F, H>,
        seams: &[usize],
        config: &MineConfig,
    ) -> Vec<usize> {
        let mut stream = ohem_std::merge::Stream::<H>::new(config.batch_size);
        let mut workers = Workers::new(config.batch_size, ohem_std::merge::merge);
        each_in_vecs(&parts(batch, seams), config, |hard, losses| {
            let hard = hard.expect(MINED);
            stream.push(&hard, losses).expect(NUMBERED);
            workers.push(&hard, losses);
            assert_eq!(stream.seen() as usize, workers.seen, "RoIs pushed");
        });
        let streamed = indices(stream.hardest());
        assert_eq!(workers.merged(), streamed, "merged in any order, and streamed");
        streamed
    }
}
