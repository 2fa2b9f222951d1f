//! R-FCN: a budget for each image, with suppression or without.

use ohem_core::kernel::{self, Simd};
use ohem_core::rules::{PerImage, rfcn};
use ohem_core::{MineError, Miner, NanPolicy, Rois, Selection};

use super::{Large, Small, selected};
use crate::registry::mine::{CAPACITY, WINDOW, owned, spoil};
use crate::registry::table::{self, Table};
use crate::registry::{Column, Loss, Operation, Real, Sink, Source};

/// A budget for each image.
#[derive(Clone, Copy, Debug)]
pub struct Rfcn;

/// RoIs of a few images, and the budget.
#[derive(Clone, Debug)]
pub struct Input {
    table: Table,
    images: Column<i64>,
    quota: usize,
    nan: NanPolicy,
    /// How many images have an element.
    count: usize,
    config: ohem_core::MineConfig,
}

/// The largest number of images.
const IMAGES: usize = 4;

impl Operation for Rfcn {
    const NAME: &'static str = "rfcn";

    const COVERS: &'static [&'static str] =
        &["rules::rfcn", "kernel::rules::rfcn", "rules::PerImage::new", "rules::PerImage::batch_size"];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (mut table, nan, fault) = (Table::any(source), table::nan(source), source.below(32));
        let config = table::mine_config(source, CAPACITY).nan(nan);
        let mut images = source.column(table.len(), |source| source.below(IMAGES) as i64);
        if let (29, Some(image)) = (fault, images.last_mut()) {
            *image = source.choose(-1, [1 << 32, i64::MIN]);
        }
        match fault {
            30 => spoil(&mut images),
            31 => spoil(&mut table.losses),
            _ => {}
        }
        let count = if fault == 28 { IMAGES - 1 } else { IMAGES };
        Input { table, images, quota: source.below(12), nan, count, config }
    }

    fn core<S: Simd>(simd: S, input: &Input, out: &mut impl Sink) {
        core::<f32, S>(["f32", "f32, few"], simd, input, out);
        core::<f64, S>(["f64", "f64, few"], simd, input, out);
        core::<i8, S>(["i8", "i8, few"], simd, input, out);
        suppressed::<f32, S>("f32, suppressed", simd, input, out);
        suppressed::<f64, S>("f64, suppressed", simd, input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        std::<f32>(["f32", "f32, any images"], input, out);
        std::<f64>(["f64", "f64, any images"], input, out);
        std::<i8>(["i8", "i8, any images"], input, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        naive::answers::<f32>(["f32", "f32, few", "f32, any images"], input, out);
        naive::answers::<f64>(["f64", "f64, few", "f64, any images"], input, out);
        naive::answers::<i8>(["i8", "i8, few", "i8, any images"], input, out);
        naive::suppressed::<f32>("f32, suppressed", input, out);
        naive::suppressed::<f64>("f64, suppressed", input, out);
    }
}

fn core<H: Loss, S: Simd>([case, few]: [&'static str; 2], simd: S, input: &Input, out: &mut impl Sink) {
    let Input { images, quota, nan, count, .. } = input;
    let losses = input.table.losses::<H>();
    let mut memory = [7; IMAGES];
    let selected_of = memory.get_mut(..*count).unwrap_or_default();
    let mut storage = Large::<f32, H>::new();
    out.answer(case, "rfcn");
    selected(rfcn(images, &losses, *quota, *nan, selected_of, &mut storage), out);
    out.answer(case, "kernel::rules::rfcn");
    selected(kernel::rules::rfcn(simd, images, &losses, *quota, *nan, selected_of, &mut storage), out);
    out.answer(few, "rfcn");
    selected(rfcn(images, &losses, *quota, *nan, selected_of, &mut Small::<f32, H>::new()), out);
}

/// By the rule in a miner that suppresses.
fn suppressed<F: Real, S: Simd>(case: &'static str, simd: S, input: &Input, out: &mut impl Sink) {
    let (boxes, losses) = (input.table.boxes::<F>(), input.table.losses::<F>());
    let mut memory = [7; IMAGES];
    let selected_of = memory.get_mut(..input.count).unwrap_or_default();
    let mut mined = || -> Result<(usize, Selection<Column<u32>>), MineError> {
        let mut miner = Miner::<F, CAPACITY, F, WINDOW>::new(input.config)?;
        let mut rule = PerImage::new(&input.images, input.quota, selected_of)?;
        let rois = Rois::new(&boxes, &input.images, &input.table.labels)?;
        Ok((rule.batch_size(), owned(miner.mine_by(&rois, &losses, &mut rule)?)))
    };
    let mined = mined();
    out.answer(case, "Miner::mine_by");
    out.add(&mined);
    if mined.is_ok() {
        out.add(&*selected_of);
    }
    let mut mined = || -> Result<(usize, Selection<Column<u32>>), MineError> {
        let mut rule = PerImage::new(&input.images, input.quota, selected_of)?;
        let rois = Rois::new(&boxes, &input.images, &input.table.labels)?;
        let mut storage = Large::<F, F>::new();
        let batch_size = rule.batch_size();
        let mined = kernel::mine::mine_by(simd, &rois, &losses, &input.config, &mut rule, &mut storage)?;
        Ok((batch_size, owned(mined)))
    };
    let mined = mined();
    out.answer(case, "kernel::mine::mine_by");
    out.add(&mined);
    if mined.is_ok() {
        out.add(&*selected_of);
    }
}

#[cfg(feature = "std")]
fn std<H: Loss>([case, any]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    let Input { images, quota, nan, count, .. } = input;
    let losses = input.table.losses::<H>();
    let mut storage = ohem_std::VecStorage::<f32, H>::new();
    let mined = ohem_std::rules::rfcn(images, &losses, *quota, *nan, &mut storage);
    // In core, images that have no element are an error.
    let case = if images.iter().all(|&image| (0..*count as i64).contains(&image)) { case } else { any };
    out.answer(case, "rfcn");
    selected(mined, out);
}

#[cfg(feature = "std")]
mod naive {
    use super::super::FEW;
    use super::*;
    use crate::oracle::{self, Verdict};
    use crate::registry::Refused;
    use crate::registry::mine::naive::{Rule, check, corners, walked};
    use crate::registry::naive::{self, Hard, capacity, length, member};

    fn known(input: &Input, count: usize) -> Result<(), Refused> {
        let is_unknown = |&image: &i64| !(0..count as i64).contains(&image);
        match input.images.iter().position(is_unknown) {
            Some(position) => {
                Err(Refused::OutOfRange { position, value: input.images[position], limit: count })
            }
            None => Ok(()),
        }
    }

    /// How many RoIs are selected without suppression.
    fn batch(input: &Input) -> usize {
        let of = |image| input.images.iter().filter(|&&other| other == image).count().min(input.quota);
        (0..IMAGES as i64).map(of).sum()
    }

    fn mined<H: Loss>(input: &Input, count: usize, most: usize) -> Result<(usize, Vec<usize>), Refused> {
        let losses = input.table.losses::<H>();
        length(losses.len(), input.images.len())?;
        known(input, count)?;
        capacity(batch(input), most)?;
        let images: Vec<u32> = input.images.iter().map(|&image| u32::try_from(image).unwrap()).collect();
        let mined = oracle::rules::rfcn(&images, &losses, input.quota, naive::nan(input.nan));
        Ok((losses.len(), mined.map_err(super::super::nan_at)?))
    }

    pub(super) fn answers<H: Loss>([case, few, any]: [&'static str; 3], input: &Input, out: &mut impl Sink) {
        out.answer(case, "one by one");
        out.add(&mined::<H>(input, input.count, usize::MAX));
        out.answer(few, "one by one");
        out.add(&mined::<H>(input, input.count, FEW));
        if known(input, input.count).is_err() {
            out.answer(any, "one by one");
            let invalid = |refused| match refused {
                // With no bound on their number, an image must be a number at all.
                Refused::OutOfRange { position, value, .. } => {
                    Refused::OutOfRange { position, value, limit: u32::MAX as usize }
                }
                other => other,
            };
            out.add(&mined::<H>(input, IMAGES, usize::MAX).map_err(invalid));
        }
    }

    struct Budget<'a>(&'a Input);

    impl Rule for Budget<'_> {
        fn verdict(&mut self, roi: usize, selected: &[usize]) -> Verdict {
            let of = selected.iter().filter(|&&other| self.0.images[other] == self.0.images[roi]);
            if of.count() < self.0.quota { Verdict::Consider } else { Verdict::Reject }
        }

        fn is_full(&self, selected: &[usize]) -> bool {
            selected.len() == batch(self.0)
        }
    }

    fn by_budget<F: Real>(input: &Input) -> Result<Hard, Refused> {
        let Input { table, images, config, .. } = input;
        check(config, CAPACITY)?;
        known(input, input.count)?;
        length(table.len(), images.len())?;
        length(table.len(), table.losses.len())?;
        let members: Vec<_> = images.iter().zip(&table.labels).map(|(&i, &label)| member(i, label)).collect();
        let invalid = |position| naive::invalid(images, &table.labels, position);
        let losses = table.losses::<F>();
        walked(&corners::<F>(&table.corners), &members, &losses, config, &mut Budget(input), invalid)
    }

    pub(super) fn suppressed<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
        out.answer(case, "one by one");
        match by_budget::<F>(input) {
            Ok(hard) => {
                let selected = hard.indices.clone();
                out.add(&Ok::<_, Refused>((batch(input), hard)));
                let of = |image: &usize| {
                    selected.iter().filter(|&&roi| input.images[roi] == *image as i64).count()
                };
                out.add(&(0..input.count).map(|image| of(&image)).collect::<Vec<_>>());
            }
            Err(refused) => out.add(&Err::<(), _>(refused)),
        }
    }
}
