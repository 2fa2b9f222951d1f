//! Mining.

use ohem_core::kernel::mine::{COLUMNS, SliceStorage, SpatialHashBlock, SpatialHashStorage};
use ohem_core::kernel::{self, Simd};
use ohem_core::{ArrayStorage, BBox, Float, MineConfig, MineError, Miner, RankKey, Ranked, Selection};
use ohem_std::simd::Work;

use super::errors::first_nan;
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
    /// Mines the RoIs that take part, as if there were no others.
    fn mine<F: Float, H: RankKey>(batch: Batch<'_, F, H>, config: &MineConfig) -> Result<Mined, usize> {
        let Batch { boxes, images, labels, losses } = batch;
        let nan = words::nan(config.nan);
        // A NaN is found before anyone asks whose it is.
        let order = oracle::rank(losses, nan)?;
        let groups: Vec<_> = images.iter().copied().zip(labels.iter().copied()).collect();
        let part = words::may_visit(words::members(&groups), &order, config);
        let (images, labels): (Vec<_>, Vec<_>) = part.iter().map(|&roi| groups[roi]).unzip();
        let (boxes, losses): (Vec<_>, Vec<_>) = part.iter().map(|&roi| (boxes[roi], losses[roi])).unzip();
        let nms = config.nms.map(|nms| (F::from_f64(nms.iou_threshold), words::suppress(nms.suppress)));
        let convention =
            config.nms.map_or(oracle::Convention::Pixel, |nms| words::convention(nms.convention));
        let mined = oracle::mine(&boxes, &images, &labels, &losses, config.batch_size, nms, convention, nan)?;
        Ok(Mined { selected: mined.selected.iter().map(|&index| part[index]).collect(), ..mined })
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

/// Mines in one call and by a miner, which must be the same.
#[inline(never)]
fn once<F: Float, H: RankKey, const B: usize>(
    batch: Batch<'_, F, H>,
    config: &MineConfig,
) -> Result<Mined, usize> {
    let Batch { boxes, images, labels, losses } = batch;
    let mut storage = Box::new(ArrayStorage::<F, B, H>::new());
    let mined = ohem_core::mine(BBox::from_rows(boxes), images, labels, losses, config, &mut *storage);
    let (once, by_miner) = (plain_or_nan(mined), in_fixed::<F, H, B, 120>(&[batch], config).remove(0));
    assert_eq!(once, by_miner, "in one call, and by a miner");
    once
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

/// Mines each step in the memory of one miner of fixed capacity, and passes the selection on.
pub(super) fn each_in_fixed<F: Float, H: RankKey, const B: usize, const WINDOW: usize>(
    steps: &[Batch<'_, F, H>],
    config: &MineConfig,
    mut take: impl FnMut(Result<Selection<&[u32]>, usize>, &[H]),
) {
    let mut miner = Box::new(Miner::<F, B, H, WINDOW>::new(*config).expect("the batch fits"));
    for step in steps {
        take(miner.mine(&step.rois(), step.losses).map_err(first_nan), step.losses);
    }
}

impl Mine for Std {
    fn mine<F: Float, H: RankKey>(batch: Batch<'_, F, H>, config: &MineConfig) -> Result<Mined, usize> {
        let Batch { boxes, images, labels, losses } = batch;
        let mined = ohem_std::mine(BBox::from_rows(boxes), images, labels, losses, config);
        plain_or_nan(mined)
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

/// Mines each step in the memory of one miner that grows, and passes the selection on.
pub(super) fn each_in_vecs<F: Float, H: RankKey>(
    steps: &[Batch<'_, F, H>],
    config: &MineConfig,
    mut take: impl FnMut(Result<Selection<&[u32]>, usize>, &[H]),
) {
    let mut miner = ohem_std::Miner::<F, H>::new(*config).expect("the threshold is a number");
    for step in steps {
        take(miner.mine(&step.rois(), step.losses).map_err(first_nan), step.losses);
    }
}

/// Mining in memory that is lent, on any instruction set.
#[derive(Clone, Copy, Debug)]
pub struct Lent<'a, F, H> {
    /// The batch to mine.
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
        // The contents of lent memory must not matter.
        let (mut window, mut selected) = (vec![Ranked::PLACEHOLDER; window], vec![7; capacity]);
        let mut columns = vec![F::one(); capacity * COLUMNS];
        let mut storage = SliceStorage::new(&mut window, &mut columns, &mut selected);
        let (rois, losses) = (batch.rois(), batch.losses);
        let (heads, blocks) = index.unwrap_or_default();
        let (mut heads, mut blocks) = (vec![7; heads], vec![SpatialHashBlock::PLACEHOLDER; blocks]);
        let hash = SpatialHashStorage { heads: &mut heads, blocks: &mut blocks[..], seed: 0 };
        if index.is_none() {
            return plain_or_nan(kernel::mine::mine(simd, &rois, losses, config, &mut storage));
        }
        let mut storage = storage.with_index(hash);
        plain_or_nan(kernel::mine::mine(simd, &rois, losses, config, &mut storage))
    }
}

/// The mined RoIs, or the index of the first NaN.
pub(crate) fn plain_or_nan<I: AsRef<[u32]>>(mined: Result<Selection<I>, MineError>) -> Result<Mined, usize> {
    mined.map(plain).map_err(first_nan)
}

fn plain<I: AsRef<[u32]>>(mined: Selection<I>) -> Mined {
    let (visited, suppressed) = (mined.visited(), mined.suppressed());
    Mined { selected: wide(mined.indices()), visited, suppressed }
}
