//! Mining of more RoIs than are compared one by one: with 128 or more selected, a spatial index finds those nearby.

use ohem_core::kernel::mine::{BlockBuffer, COLUMNS, SliceStorage, SpatialHashBlock, SpatialHashStorage};
use ohem_core::kernel::{self, Simd};
use ohem_core::{BBox, MineConfig, MineError, NmsConfig, Ranked, Rois, Selection, Storage};

#[cfg(feature = "std")]
use super::naive;
#[cfg(feature = "std")]
use crate::oracle;
#[cfg(feature = "std")]
use crate::registry::naive::{Hard, nan, nms};
use crate::registry::{Operation, Real, Sink, Source, numbers, table};

/// Mining with a spatial index of the RoIs selected.
#[derive(Clone, Copy, Debug)]
pub struct Spatial;

/// How many RoIs there are.
const ROIS: usize = 420;

/// How many blocks of an index there are at most.
const BLOCKS: usize = 60;

/// RoIs strewn over a field, of which most survive.
#[derive(Clone, Debug)]
pub struct Input {
    corners: heapless::Vec<[f64; 4], ROIS>,
    labels: heapless::Vec<u32, ROIS>,
    config: MineConfig,
    /// How many chains and blocks are lent: few, so that some boxes find no room.
    heads: usize,
    blocks: usize,
}

impl Operation for Spatial {
    const NAME: &'static str = "spatial_index";

    const COVERS: &'static [&'static str] = &[
        "kernel::mine::mine",
        "kernel::mine::BlockBuffer::blocks",
        "kernel::mine::BlockBuffer::blocks_mut",
        "kernel::mine::BlockBuffer::push",
        "Storage::lend",
        "Storage::capacity",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (mut corners, mut labels) = (heapless::Vec::new(), heapless::Vec::new());
        let field = source.choose(400.0, [100.0, 2000.0]);
        for _ in 0..ROIS {
            let (x, y) = (field * source.unit(), field * source.unit());
            let (width, height) =
                (2.0 + numbers::whole_below(source, 30), 2.0 + numbers::whole_below(source, 30));
            let strange = source.once_in(40).then(|| numbers::Boxes::Mixed.next(source));
            let _ = corners.push(strange.unwrap_or([x, y, x + width, y + height]));
            let _ = labels.push(u32::from(source.once_in(3)));
        }
        let nms = NmsConfig::new(0.5).iou_threshold(source.choose(0.7, [0.5, 0.3, 0.2, 0.9]));
        let config = MineConfig::new(ROIS).nms(nms.convention(table::convention(source)));
        Input { corners, labels, config, heads: source.below(256), blocks: source.below(BLOCKS + 1) }
    }

    fn core<S: Simd>(simd: S, input: &Input, out: &mut impl Sink) {
        core::<f32, S>("f32", simd, input, out);
        core::<f64, S>("f64", simd, input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        std::<f32>("f32", input, out);
        std::<f64>("f64", input, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        oracle::<f32>("f32", input, out);
        oracle::<f64>("f64", input, out);
    }
}

impl Input {
    fn boxes<F: Real>(&self) -> heapless::Vec<BBox<F>, ROIS> {
        let mut boxes = heapless::Vec::new();
        for corners in &self.corners {
            let _ = boxes.push(BBox::from(corners.map(F::from_f64)));
        }
        boxes
    }

    /// The loss of each: they come in a fixed order that mixes them.
    fn losses(&self) -> heapless::Vec<i16, ROIS> {
        let mut losses = heapless::Vec::new();
        for roi in 0..self.corners.len() {
            let _ = losses.push(i16::try_from(roi * 233 % ROIS).unwrap_or_default());
        }
        losses
    }
}

/// Memory of a spatial index that is lent.
pub(super) type LentHash<'a, F> = SpatialHashStorage<'a, &'a mut [SpatialHashBlock<F>]>;

/// The caller's buffer of blocks, over a lent slice.
struct OwnBlocks<'a, F>(&'a mut [SpatialHashBlock<F>]);

impl<F> BlockBuffer<F> for OwnBlocks<'_, F> {
    fn blocks(&self) -> &[SpatialHashBlock<F>] {
        self.0.blocks()
    }

    fn blocks_mut(&mut self) -> &mut [SpatialHashBlock<F>] {
        self.0.blocks_mut()
    }

    fn push(&mut self, used: usize, block: SpatialHashBlock<F>) -> bool {
        self.0.push(used, block)
    }
}

/// Storage of which all is lent, a spatial index too.
type Lent<'a, F> = SliceStorage<'a, F, i16, SpatialHashStorage<'a, OwnBlocks<'a, F>>>;

/// Lends memory, of which the index may be too small.
fn lend<F: Real, T>(input: &Input, work: impl FnOnce(Lent<'_, F>) -> T) -> T {
    let (mut candidates, mut selected) = ([Ranked::PLACEHOLDER; ROIS], [7; ROIS]);
    let (mut columns, mut heads) = ([F::one(); ROIS * COLUMNS], [7; 256]);
    let mut blocks = [SpatialHashBlock::PLACEHOLDER; BLOCKS];
    let index = SpatialHashStorage {
        heads: heads.get_mut(..input.heads).unwrap_or_default(),
        blocks: OwnBlocks(blocks.get_mut(..input.blocks).unwrap_or_default()),
        seed: 7,
    };
    work(SliceStorage::new(&mut candidates, &mut columns, &mut selected).with_index(index))
}

fn core<F: Real, S: Simd>(case: &'static str, simd: S, input: &Input, out: &mut impl Sink) {
    let (boxes, losses) = (input.boxes::<F>(), input.losses());
    out.answer(case, "with an index");
    lend::<F, ()>(input, |mut storage| {
        let batch_size = storage.capacity(true);
        // Asked for, and given back: a step finds its memory as the one before left it.
        storage.lend(batch_size, true).selected.fill(1);
        out.add(&mined(simd, &boxes, input, &losses, &mut storage));
    });
    out.answer(case, "without");
    let (mut candidates, mut selected) = ([Ranked::PLACEHOLDER; 64], [7; ROIS]);
    let mut columns = [F::one(); ROIS * COLUMNS];
    let mut storage = SliceStorage::new(&mut candidates, &mut columns, &mut selected);
    out.add(&mined(simd, &boxes, input, &losses, &mut storage));
}

fn mined<'m, T: Storage<Key = i16>, S: Simd>(
    simd: S,
    boxes: &[BBox<T::Coordinate>],
    input: &Input,
    losses: &[i16],
    storage: &'m mut T,
) -> Result<Selection<&'m [u32]>, MineError> {
    kernel::mine::mine(simd, &Rois::by_label(boxes, &input.labels)?, losses, &input.config, storage)
}

#[cfg(feature = "std")]
fn std<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let (boxes, losses) = (input.boxes::<F>(), input.losses());
    out.answer(case, "Miner");
    let mined = || -> Result<ohem_std::Selection, MineError> {
        let rois = Rois::by_label(&boxes, &input.labels)?;
        Ok(ohem_std::Miner::<F, i16>::new(input.config)?.mine(&rois, &losses)?.map(<[u32]>::to_vec))
    };
    out.add(&mined());
}

#[cfg(feature = "std")]
fn oracle<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let (losses, images) = (input.losses(), vec![0; ROIS]);
    let ((nms, convention), nan) = (nms::<F>(&input.config), nan(input.config.nan));
    let corners = naive::corners::<F>(&input.corners);
    let mined =
        oracle::mine(&corners, &images, &input.labels, &losses, ROIS, nms, convention, nan).expect("no NaN");
    out.answer(case, "group by group");
    let (indices, visited) = (mined.selected, mined.visited);
    out.add(&Ok::<_, ()>(Hard { indices, total: ROIS, visited, ignored: 0, is_partial: false }));
}
