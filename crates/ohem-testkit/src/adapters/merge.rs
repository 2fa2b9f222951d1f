//! Steps that come in parts.

use ohem_core::merge::{Stream, TopBatch, merge, ranked};
use ohem_core::{Float, MineConfig, RankKey, Ranked, Selection};

use super::mine::{each_in_fixed, each_in_vecs};
use super::rank::indices;
use super::{Batch, Core, Mine as _, Oracle, Std, at_capacity};
use crate::oracle;

/// One way to mine a step part by part.
pub trait Merge {
    /// Mines the rows between each two seams, and merges what was selected.
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

/// Streams of `B` RoIs, which may be more than the batch; merging one by one must give the same.
#[inline(never)]
fn in_fixed<F: Float, H: RankKey, const B: usize>(
    parts: &[Batch<'_, F, H>],
    config: &MineConfig,
) -> Vec<usize> {
    let (mut stream, mut one_by_one) = (Box::new(Stream::<H, B>::new()), OneByOne::new(config.batch_size));
    for _ in 0..2 {
        // What one step leaves behind must not matter to the next.
        stream.clear();
        one_by_one.clear();
        each_in_fixed::<F, H, B, 120>(parts, config, |hard, losses| {
            let hard = hard.expect(MINED);
            push(&mut stream, &hard, losses);
            one_by_one.push(&hard, losses);
        });
    }
    let mut streamed = indices(stream.hardest());
    streamed.truncate(config.batch_size);
    assert_eq!(indices(&one_by_one.hardest), streamed, "merged one by one, and streamed");
    streamed
}

fn push<H: RankKey, M: AsRef<[Ranked<H>]> + AsMut<[Ranked<H>]>>(
    stream: &mut TopBatch<H, M>,
    hard: &Selection<&[u32]>,
    losses: &[H],
) {
    let seen = stream.seen() as usize;
    stream.push(hard, losses).expect(NUMBERED);
    assert_eq!(stream.seen() as usize, seen + losses.len(), "RoIs fed");
}

/// What workers do who mine their own images: each part is ranked, and merged from either side.
struct OneByOne<H: RankKey> {
    hardest: Vec<Ranked<H>>,
    batch_size: usize,
    seen: usize,
}

impl<H: RankKey> OneByOne<H> {
    const fn new(batch_size: usize) -> Self {
        Self { hardest: Vec::new(), batch_size, seen: 0 }
    }

    fn clear(&mut self) {
        self.hardest.clear();
        self.seen = 0;
    }

    fn push(&mut self, hard: &Selection<&[u32]>, losses: &[H]) {
        let part: Vec<_> = ranked(hard, losses, u32::try_from(self.seen).expect(NUMBERED)).collect();
        let merged = self.merged(&part, &self.hardest);
        assert_eq!(merged, self.merged(&self.hardest, &part), "merging is commutative");
        self.hardest = merged;
        self.seen += losses.len();
    }

    fn merged(&self, one: &[Ranked<H>], other: &[Ranked<H>]) -> Vec<Ranked<H>> {
        let mut out = vec![Ranked::PLACEHOLDER; self.batch_size];
        let len = merge(one, other, &mut out);
        out.truncate(len);
        out
    }
}

impl Merge for Std {
    fn merge<F: Float, H: RankKey>(
        batch: Batch<'_, F, H>,
        seams: &[usize],
        config: &MineConfig,
    ) -> Vec<usize> {
        let mut stream = ohem_std::merge::stream::<H>(config.batch_size);
        each_in_vecs(&parts(batch, seams), config, |hard, losses| {
            push(&mut stream, &hard.expect(MINED), losses);
        });
        indices(stream.hardest())
    }
}
