//! Mining boxes of whole pixels in 16 bits: as the same boxes of `f64` are mined.

use ohem_core::kernel::mine::{COLUMNS, SliceStorage};
use ohem_core::kernel::{self, Simd};
use ohem_core::{ArrayStorage, BBox, MineError, Miner, Ranked, Rois, Selection};

#[cfg(feature = "std")]
use super::naive;
use super::{CAPACITY, Step, WINDOW, owned};
use crate::registry::table::each;
use crate::registry::{Column, Loss, MAX, Operation, Sink, Source};

/// Mining boxes of `i16`, with losses of integers and floats.
#[derive(Clone, Copy, Debug)]
pub struct MineIntegers;

impl Operation for MineIntegers {
    const NAME: &'static str = "mine boxes of integers";

    const COVERS: &'static [&'static str] = &["mine", "Miner::mine", "Miner::start", "kernel::mine::mine"];

    type Input = Step;

    fn generate(source: &mut Source<'_>) -> Step {
        let mut step = Step::any(source);
        // Some boxes fill the range, beyond which they are cut.
        let scale = source.choose(1.0, [100.0, 2000.0]);
        step.table.corners.iter_mut().flatten().for_each(|corner| *corner = whole(*corner * scale).into());
        step
    }

    fn core<S: Simd>(simd: S, step: &Step, out: &mut impl Sink) {
        core::<i8, S>(["by i8", "by i8, too large"], simd, step, out);
        core::<f64, S>(["by f64", "by f64, too large"], simd, step, out);
    }

    /// Std mines floats: the same boxes of `f64`.
    #[cfg(feature = "std")]
    fn std(step: &Step, out: &mut impl Sink) {
        std::<i8>("by i8", step, out);
        std::<f64>("by f64", step, out);
    }

    #[cfg(feature = "std")]
    fn oracle(step: &Step, out: &mut impl Sink) {
        oracle::<i8>(["by i8", "by i8, too large"], step, out);
        oracle::<f64>(["by f64", "by f64, too large"], step, out);
    }
}

/// The nearest whole corner towards 0.
#[expect(clippy::cast_possible_truncation, reason = "a corner beyond 16 bits is cut")]
fn whole(corner: f64) -> i16 {
    corner as i16
}

type Mined = Result<Selection<Column<u32>>, MineError>;

fn core<H: Loss, S: Simd>([fits, too_large]: [&'static str; 2], simd: S, step: &Step, out: &mut impl Sink) {
    let case = if step.fits() { fits } else { too_large };
    let Step { table, config, window } = step;
    let boxes = each(&table.corners, |corners| BBox::from(corners.map(whole)));
    let (images, labels, losses) = (&table.images, &table.labels, table.losses::<H>());
    let mut storage = ArrayStorage::<i16, CAPACITY, H, WINDOW>::new();
    out.answer(case, "mine");
    out.add(&ohem_core::mine(&boxes, images, labels, &losses, config, &mut storage));

    let by_miner = |in_steps: bool| -> Mined {
        let mut miner = Miner::<i16, CAPACITY, H, WINDOW>::new(*config)?;
        let rois = Rois::new(&boxes, images, labels)?;
        if !in_steps {
            return Ok(owned(miner.mine(&rois, &losses)?));
        }
        let mut mining = miner.start(&rois, &losses)?;
        while !mining.step(*window)? {}
        Ok(owned(mining.finish()))
    };
    out.answer(case, "Miner");
    out.add(&by_miner(false));
    out.answer(case, "Miner, in steps");
    out.add(&by_miner(true));

    let by_kernel = || -> Mined {
        let rois = Rois::new(&boxes, images, labels)?;
        let (mut candidates, mut selected) = ([Ranked::PLACEHOLDER; MAX], [7; CAPACITY]);
        let (mut columns, candidates) = ([7; CAPACITY * COLUMNS], candidates.get_mut(..*window));
        let mut storage = SliceStorage::new(candidates.unwrap_or_default(), &mut columns, &mut selected);
        Ok(owned(kernel::mine::mine(simd, &rois, &losses, config, &mut storage)?))
    };
    out.answer(case, "kernel::mine::mine");
    out.add(&by_kernel());
}

#[cfg(feature = "std")]
fn std<H: Loss>(case: &'static str, step: &Step, out: &mut impl Sink) {
    let Step { table, config, .. } = step;
    let (boxes, losses) = (table.boxes::<f64>(), table.losses::<H>());
    out.answer(case, "mine");
    out.add(&ohem_std::mine(&boxes, &table.images, &table.labels, &losses, config));
}

#[cfg(feature = "std")]
fn oracle<H: Loss>([case, too_large]: [&'static str; 2], step: &Step, out: &mut impl Sink) {
    out.answer(case, "group by group");
    out.add(&naive::by_groups::<f64, H>(step, usize::MAX));
    if !step.fits() {
        out.answer(too_large, "group by group");
        out.add(&naive::by_groups::<f64, H>(step, CAPACITY));
    }
}
