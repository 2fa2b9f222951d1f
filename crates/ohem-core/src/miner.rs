//! Mining in fixed memory, step after step.

use core::fmt;

use crate::admit::COLUMNS;
use crate::config::Ready;
use crate::mine::{Memory, all, mine_ready};
use crate::rank::FixedBuffer;
use crate::simd::Portable;
use crate::{ConfigError, Float, MineConfig, MineError, RankKey, Ranked, Rois, Selection};

/// Mines up to `B` hard RoIs a step, in fixed memory of its own: no heap, whatever the input.
///
/// `size_of` is the memory bill: 6 words of `F` for each of `B`, and a [`Ranked`] for each of `WINDOW`. The
/// window holds the candidates of one pass over the losses; one of `2 * B` places makes one pass usual, a
/// smaller one costs time, not exactness. `H` is the type of the losses.
///
/// ```
/// use ohem_core::{BBox, MineConfig, Miner, Rois};
///
/// let mut miner = Miner::<f32, 64>::new(MineConfig::fast_rcnn().batch_size(64))?;
/// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(0.0, 0.0, 9.0, 8.0)];
/// let rois = Rois::new(&boxes, &[0, 0], &[1, 1])?;
/// for losses in [[0.5, 2.0], [0.25, 0.125]] {
///     let hard = miner.mine(&rois, &losses)?;
///     assert_eq!((hard.len(), hard.suppressed()), (1, 1));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Miner<F: Float, const B: usize, H: RankKey = F, const WINDOW: usize = 120> {
    config: MineConfig,
    ready: Ready<F>,
    window: [Ranked<H>; WINDOW],
    columns: [[F; B]; COLUMNS],
    selected: [u32; B],
}

impl<F: Float, const B: usize, H: RankKey, const WINDOW: usize> Miner<F, B, H, WINDOW> {
    /// Makes a miner; its memory is the value itself, which may live in a `static`.
    ///
    /// A window of fewer than 2 places does not compile.
    ///
    /// # Errors
    ///
    /// If the batch size exceeds `B`, or the threshold is NaN.
    pub fn new(config: MineConfig) -> Result<Self, ConfigError> {
        const { assert!(WINDOW >= 2, "ranking needs a window of 2 places") }
        config.check(B)?;
        Ok(Self {
            config,
            ready: config.ready(),
            window: [Ranked::PLACEHOLDER; WINDOW],
            columns: [[F::zero(); B]; COLUMNS],
            selected: [0; B],
        })
    }

    /// Mines the hardest RoIs, hardest first. See [`mine`](crate::mine::mine()).
    ///
    /// # Errors
    ///
    /// If there are not as many losses as RoIs, or a loss is NaN under
    /// [`NanPolicy::Error`](crate::NanPolicy::Error).
    pub fn mine(&mut self, rois: &Rois<'_, F>, losses: &[H]) -> Result<Selection<&[u32]>, MineError> {
        let columns = self.columns.as_flattened_mut();
        let memory = Memory::new(FixedBuffer(&mut self.window), columns, &mut self.selected);
        let mined = mine_ready(Portable, rois, losses, self.ready, memory, all())?;
        Ok(mined.map(|indices| &*indices))
    }

    /// The configuration.
    pub const fn config(&self) -> &MineConfig {
        &self.config
    }
}

impl<F: Float, const B: usize, H: RankKey, const WINDOW: usize> fmt::Debug for Miner<F, B, H, WINDOW> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Miner").field("config", &self.config).finish_non_exhaustive()
    }
}
