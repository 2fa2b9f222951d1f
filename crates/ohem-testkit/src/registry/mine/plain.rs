//! Mining by loss alone.

use half::{bf16, f16};
use ohem_core::kernel::mine::MinerOver;
use ohem_core::kernel::{self, Simd};
use ohem_core::{ArrayStorage, MineError, Miner, Rois, Selection, Storage};

#[cfg(feature = "std")]
use super::naive;
use super::{CAPACITY, Step, WINDOW, owned};
use crate::registry::{Column, Loss, Operation, Real, Sink, Source};

/// Mining, with losses of every type.
#[derive(Clone, Copy, Debug)]
pub struct Mine;

/// Calls a function for each pair of types, with the names of two cases: the batch fits fixed memory, or not.
macro_rules! each_type {
    ($run:ident [$($simd:ident)?] $($argument:expr),*) => {
        $run::<f32, f32, $($simd)?>(["f32", "f32, too large"], $($argument),*);
        $run::<f64, f64, $($simd)?>(["f64", "f64, too large"], $($argument),*);
        $run::<f32, i8, $($simd)?>(["f32 by i8", "f32 by i8, too large"], $($argument),*);
        $run::<f32, i16, $($simd)?>(["f32 by i16", "f32 by i16, too large"], $($argument),*);
        $run::<f32, i32, $($simd)?>(["f32 by i32", "f32 by i32, too large"], $($argument),*);
        $run::<f32, f16, $($simd)?>(["f32 by f16", "f32 by f16, too large"], $($argument),*);
        $run::<f32, bf16, $($simd)?>(["f32 by bf16", "f32 by bf16, too large"], $($argument),*);
    };
}

impl Operation for Mine {
    const NAME: &'static str = "mine";

    const COVERS: &'static [&'static str] = &[
        "mine",
        "Miner::new",
        "Miner::mine",
        "Miner::start",
        "Mining::step",
        "Mining::selected",
        "Mining::finish",
        "Miner::config",
        "kernel::mine::MinerOver::with_storage",
        "kernel::mine::mine",
        "kernel::mine::SliceStorage::new",
        "kernel::mine::SliceStorage::with_index",
        "ArrayStorage::new",
        "Storage::capacity",
        "Rois::new",
        "MineConfig::batch_size",
        "MineConfig::check",
        "MineConfig::fast_rcnn",
        "MineConfig::nan",
        "MineConfig::nms",
        "MineConfig::without_nms",
        "MineConfig::max_visited",
        "NmsConfig::convention",
        "NmsConfig::iou_threshold",
        "NmsConfig::new",
        "NmsConfig::suppress",
    ];

    type Input = Step;

    fn generate(source: &mut Source<'_>) -> Step {
        Step::any(source)
    }

    fn core<S: Simd>(simd: S, step: &Step, out: &mut impl Sink) {
        each_type!(core [S] simd, step, out);
    }

    #[cfg(feature = "std")]
    fn std(step: &Step, out: &mut impl Sink) {
        each_type!(std [] step, out);
    }

    #[cfg(feature = "std")]
    fn oracle(step: &Step, out: &mut impl Sink) {
        each_type!(oracle [] step, out);
    }
}

/// The mined RoIs, in their own memory.
type Mined = Result<Selection<Column<u32>>, MineError>;

fn core<F: Real, H: Loss, S: Simd>(
    [fits, too_large]: [&'static str; 2],
    simd: S,
    step: &Step,
    out: &mut impl Sink,
) {
    let case = if step.fits() { fits } else { too_large };
    let (boxes, losses) = (step.table.boxes::<F>(), step.table.losses::<H>());
    let (images, labels, config) = (&step.table.images, &step.table.labels, &step.config);
    let rois = || Rois::new(&boxes, images, labels);
    let mut storage = ArrayStorage::<F, CAPACITY, H, WINDOW>::new();
    out.answer(case, "mine");
    out.add(&ohem_core::mine(&boxes, images, labels, &losses, config, &mut storage));

    let by_miner = || -> Mined {
        let mut miner = Miner::<F, CAPACITY, H, WINDOW>::new(*config)?;
        Ok(owned(miner.mine(&rois()?, &losses)?))
    };
    out.answer(case, "Miner");
    out.add(&by_miner());

    let in_steps = || -> Mined {
        step.lend(|storage| {
            let mut miner = MinerOver::with_storage(*config, storage, simd)?;
            let rois = rois()?;
            let mut mining = miner.start(&rois, &losses)?;
            while !mining.step(step.window)? {}
            Ok(owned(mining.finish()))
        })
    };
    out.answer(case, "MinerOver, in steps");
    out.add(&in_steps());

    let by_kernel = || -> Mined {
        let rois = rois()?;
        step.lend(|mut storage| Ok(owned(kernel::mine::mine(simd, &rois, &losses, config, &mut storage)?)))
    };
    out.answer(case, "kernel::mine::mine");
    out.add(&by_kernel());

    let over_slices = || -> Mined {
        step.lend(|storage| {
            config.check(storage.capacity(true))?;
            let mut miner = MinerOver::with_storage(*config, storage, simd)?;
            let config = *miner.config();
            let mined = owned(miner.mine(&rois()?, &losses)?);
            config.check(mined.len().max(config.batch_size))?;
            Ok(mined)
        })
    };
    out.answer(case, "MinerOver");
    out.add(&over_slices());
}

#[cfg(feature = "std")]
fn std<F: Real, H: Loss>([case, _]: [&'static str; 2], step: &Step, out: &mut impl Sink) {
    let (boxes, losses) = (step.table.boxes::<F>(), step.table.losses::<H>());
    let (images, labels) = (&step.table.images, &step.table.labels);
    out.answer(case, "mine");
    out.add(&ohem_std::mine(&boxes, images, labels, &losses, &step.config));

    let by_miner = || -> Mined {
        let mut miner = ohem_std::Miner::<F, H>::new(step.config)?;
        Ok(owned(miner.mine(&Rois::new(&boxes, images, labels)?, &losses)?))
    };
    out.answer(case, "Miner");
    out.add(&by_miner());
}

#[cfg(feature = "std")]
fn oracle<F: Real, H: Loss>([case, too_large]: [&'static str; 2], step: &Step, out: &mut impl Sink) {
    out.answer(case, "group by group");
    out.add(&naive::by_groups::<F, H>(step, usize::MAX));
    if !step.fits() {
        out.answer(too_large, "group by group");
        out.add(&naive::by_groups::<F, H>(step, CAPACITY));
    }
}
