//! Mining.

use ohem_core::admit::{BLOCK_FLOATS, BLOCK_LINKS, COLUMNS, SpatialHashStorage};
use ohem_core::mine::Memory;
use ohem_core::rank::FixedBuffer;
use ohem_core::simd::Simd;
use ohem_core::{BBox, Float, MineConfig, Miner, RankKey, Ranked, Selection};
use ohem_std::simd::Work;

use super::errors::NamesNan as _;
use super::{Batch, Core, Oracle, Std, at_capacity, wide, words};
use crate::generate::Table;
use crate::oracle;
pub use crate::oracle::Mined;

/// One way to mine.
pub trait Mine {
    /// Mines the hardest RoIs.
    ///
    /// # Errors
    ///
    /// The index of the first NaN, where a NaN is an error.
    fn mine<F: Float, H: RankKey>(batch: Batch<'_, F, H>, config: &MineConfig) -> Result<Mined, usize>;
}

impl Mine for Oracle {
    fn mine<F: Float, H: RankKey>(batch: Batch<'_, F, H>, config: &MineConfig) -> Result<Mined, usize> {
        let side = words::suppress(config.suppress);
        let nms = config.nms_threshold.map(|threshold| (F::from_f64(threshold), side));
        let Batch { boxes, images, labels, losses } = batch;
        let (convention, nan) = (words::convention(config.convention), words::nan(config.nan));
        oracle::mine(boxes, images, labels, losses, config.batch_size, nms, convention, nan)
    }
}

/// What the oracle mines of a generated table by losses of any type.
///
/// # Errors
///
/// The index of the first NaN, where a NaN is an error.
pub fn wanted<F: Float, H: RankKey>(
    table: &Table,
    losses: &[H],
    config: &MineConfig,
) -> Result<Mined, usize> {
    Oracle::mine(Batch::<F, H>::new(table, &table.boxes(), losses), config)
}

impl Mine for Core {
    fn mine<F: Float, H: RankKey>(batch: Batch<'_, F, H>, config: &MineConfig) -> Result<Mined, usize> {
        at_capacity!(config.batch_size, once::<F, H>(batch, config))
    }
}

#[inline(never)]
fn once<F: Float, H: RankKey, const B: usize>(
    batch: Batch<'_, F, H>,
    config: &MineConfig,
) -> Result<Mined, usize> {
    in_fixed::<F, H, B, 120>(&[batch], config).remove(0)
}

/// Mines several steps in the memory of one miner of `B` RoIs, with a window of `WINDOW`.
///
/// # Panics
///
/// If the batch size is beyond `B`.
pub fn in_fixed<F: Float, H: RankKey, const B: usize, const WINDOW: usize>(
    steps: &[Batch<'_, F, H>],
    config: &MineConfig,
) -> Vec<Result<Mined, usize>> {
    let mut mined = Vec::new();
    each_in_fixed::<F, H, B, WINDOW>(steps, config, |hard, _| mined.push(hard.map(plain)));
    mined
}

/// Hands on what is mined of each step in the memory of one miner of fixed capacity.
pub(super) fn each_in_fixed<F: Float, H: RankKey, const B: usize, const WINDOW: usize>(
    steps: &[Batch<'_, F, H>],
    config: &MineConfig,
    mut take: impl FnMut(Result<Selection<&[u32]>, usize>, &[H]),
) {
    let mut miner = Box::new(Miner::<F, B, H, WINDOW>::new(*config).expect("the batch fits"));
    for step in steps {
        take(miner.mine(&step.rois(), step.losses).map_err(|error| error.nan()), step.losses);
    }
}

impl Mine for Std {
    fn mine<F: Float, H: RankKey>(batch: Batch<'_, F, H>, config: &MineConfig) -> Result<Mined, usize> {
        let Batch { boxes, images, labels, losses } = batch;
        let mined = ohem_std::mine(BBox::from_rows(boxes), images, labels, losses, config);
        mined.map(plain).map_err(|error| error.nan())
    }
}

/// Mines several steps in the memory of one miner that grows.
///
/// # Panics
///
/// If the threshold is NaN.
pub fn in_vecs<F: Float, H: RankKey>(
    steps: &[Batch<'_, F, H>],
    config: &MineConfig,
) -> Vec<Result<Mined, usize>> {
    let mut mined = Vec::new();
    each_in_vecs(steps, config, |hard, _| mined.push(hard.map(plain)));
    mined
}

/// Hands on what is mined of each step in the memory of one miner that grows.
pub(super) fn each_in_vecs<F: Float, H: RankKey>(
    steps: &[Batch<'_, F, H>],
    config: &MineConfig,
    mut take: impl FnMut(Result<Selection<&[u32]>, usize>, &[H]),
) {
    let mut miner = ohem_std::Miner::<F, H>::new(*config).expect("the threshold is a number");
    for step in steps {
        take(miner.mine(&step.rois(), step.losses).map_err(|error| error.nan()), step.losses);
    }
}

/// Mining in memory that is lent, on any instruction set.
#[derive(Clone, Copy, Debug)]
pub struct Lent<'a, F, H> {
    /// What is mined.
    pub batch: Batch<'a, F, H>,
    /// How.
    pub config: &'a MineConfig,
    /// How long the window is: at least 2.
    pub window: usize,
    /// How many RoIs the memory holds.
    pub capacity: usize,
    /// How many cells and blocks of memory the spatial index has, where there is one.
    pub index: Option<(usize, usize)>,
}

impl<F: Float, H: RankKey> Work for Lent<'_, F, H> {
    type Output = Result<Mined, usize>;

    fn on<S: Simd>(self, simd: S) -> Self::Output {
        let Self { batch, config, window, capacity, index } = self;
        // What is in lent memory must not matter.
        let (mut window, mut selected) = (vec![Ranked::PLACEHOLDER; window], vec![7; capacity]);
        let mut columns = vec![F::one(); capacity * COLUMNS];
        let memory = Memory::new(FixedBuffer(&mut window), &mut columns, &mut selected);
        let (rois, losses) = (batch.rois(), batch.losses);
        let (heads, blocks) = index.unwrap_or_default();
        let (mut heads, mut floats) = (vec![7; heads], vec![F::one(); blocks * BLOCK_FLOATS]);
        let mut links = vec![7; blocks * BLOCK_LINKS];
        let hash = SpatialHashStorage { heads: &mut heads, floats: &mut floats, links: &mut links };
        let mined = match index {
            None => ohem_core::mine::mine(simd, &rois, losses, config, memory),
            Some(_) => ohem_core::mine::mine(simd, &rois, losses, config, memory.with_index(hash)),
        };
        mined.map(plain).map_err(|error| error.nan())
    }
}

fn plain<I: AsRef<[u32]>>(mined: Selection<I>) -> Mined {
    let (visited, suppressed) = (mined.visited(), mined.suppressed());
    Mined { selected: wide(mined.indices()), visited, suppressed }
}
