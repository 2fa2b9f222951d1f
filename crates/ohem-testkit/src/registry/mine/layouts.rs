//! RoIs in every layout: rows of a wider table, keys of any type, without boxes, and in a type of one's own.

use ohem_core::kernel::mine::SliceStorage;
use ohem_core::kernel::{self, Simd};
use ohem_core::{
    BBox, BoxRows, Group, InputError, InvalidKey, KeyColumn, Match, Membership, MineConfig, MineError, Miner,
    Ranked, RoiSource, Rois, Selection,
};

use super::{CAPACITY, Step, WINDOW, owned};
use crate::registry::table::each;
use crate::registry::{Column, MAX, Operation, Real, Refused, Sink, Source, Words};

#[cfg(feature = "std")]
#[path = "layouts/oracle.rs"]
mod naive;

/// RoIs in every layout that mining reads.
#[derive(Clone, Copy, Debug)]
pub struct Layouts;

/// A step, and how its RoIs lie in a table.
#[derive(Clone, Debug)]
pub struct Input {
    step: Step,
    /// Columns of the table: the image, the box, and more.
    stride: usize,
    /// First column of the box.
    first: usize,
    /// Column of the image.
    column: usize,
    /// Whether the table ends within a row.
    ragged: bool,
    invalid: InvalidKey,
}

/// Columns of the widest table.
const WIDEST: usize = 7;

impl Operation for Layouts {
    const NAME: &'static str = "layouts";

    const COVERS: &'static [&'static str] = &[
        "Rois::by_label",
        "Rois::one_group",
        "Rois::without_boxes",
        "Rois::from_boxes",
        "Rois::with_images",
        "Rois::with_labels",
        "Rois::invalid_keys",
        "Rois::len",
        "Rois::is_empty",
        "Rois::boxes",
        "Rois::check_keys",
        "BoxRows::new",
        "KeyColumn::new",
        "RoiSource::len",
        "RoiSource::is_empty",
        "RoiSource::bbox",
        "RoiSource::membership",
        "RoiSource::invalid_key",
        "Membership::group",
        "Match::from_numbers",
        "kernel::mine::SliceStorage::without_boxes",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let mut step = Step::any(source);
        step.config = step.config.batch_size(step.config.batch_size.min(CAPACITY));
        let (stride, fault) = (5 + source.below(WIDEST - 4), source.below(32));
        Input {
            step,
            stride: if fault == 1 { 4 } else { stride },
            first: if fault == 2 { stride - 3 } else { 1 + source.below(stride - 4) },
            column: if fault == 3 { stride } else { 0 },
            ragged: fault == 4,
            invalid: source.choose(InvalidKey::Error, [InvalidKey::Ignore]),
        }
    }

    fn core<S: Simd>(simd: S, input: &Input, out: &mut impl Sink) {
        core::<f32, S>(["f32 rows", "f32 labels", "f32 group", "f32 boxless", "f32 own"], simd, input, out);
        core::<f64, S>(["f64 rows", "f64 labels", "f64 group", "f64 boxless", "f64 own"], simd, input, out);
        read::<f32>("f32 read", input, out);
        read::<f64>("f64 read", input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        std::<f32>("f32 rows", input, out);
        std::<f64>("f64 rows", input, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        naive::answers::<f32>(
            ["f32 rows", "f32 labels", "f32 group", "f32 boxless", "f32 own", "f32 read"],
            input,
            out,
        );
        naive::answers::<f64>(
            ["f64 rows", "f64 labels", "f64 group", "f64 boxless", "f64 own", "f64 read"],
            input,
            out,
        );
    }
}

/// The RoIs as a table with the image in some column and the box from another one on.
type Rows<F> = heapless::Vec<F, { MAX * WIDEST }>;

impl Input {
    fn rows<F: Real>(&self) -> Rows<F> {
        let (mut rows, table) = (Rows::new(), &self.step.table);
        for (corners, &image) in table.corners.iter().zip(&table.images) {
            for column in 0..self.stride {
                let corner = column.checked_sub(self.first).and_then(|nth| corners.get(nth));
                let value =
                    if column == self.column { image as f64 } else { corner.copied().unwrap_or(-7.0) };
                let _ = rows.push(F::from_f64(value));
            }
        }
        if self.ragged {
            rows.pop();
        }
        rows
    }

    /// Labels as a label type that has no invalid ones: those are ignored.
    fn valid_labels(&self) -> Column<u32> {
        each(&self.step.table.labels, |&label| u32::try_from(label).unwrap_or(u32::MAX))
    }
}

/// RoIs as rows of a table with the image in one column, and labels beside it.
type InRows<'a, F> = Rois<BoxRows<'a, F>, &'a [i64], KeyColumn<'a, F>>;

/// Views the table.
fn view<'a, F: Real>(input: &'a Input, rows: &'a [F]) -> Result<InRows<'a, F>, InputError> {
    let images = KeyColumn::new(rows, input.stride, input.column)?;
    let rois = Rois::from_boxes(BoxRows::new(rows, input.stride, input.first)?)?;
    let rois = rois.with_images(images)?.with_labels(&input.step.table.labels[..])?;
    Ok(rois.invalid_keys(input.invalid))
}

type Mined = Result<Selection<Column<u32>>, MineError>;

fn core<F: Real, S: Simd>(
    [rows, labels, group, boxless, own]: [&'static str; 5],
    simd: S,
    input: &Input,
    out: &mut impl Sink,
) {
    let Step { table, config, .. } = &input.step;
    let (losses, boxes, in_rows) = (table.losses::<F>(), table.boxes::<F>(), input.rows::<F>());
    out.answer(rows, "Miner");
    out.add(&mined(config, &losses, || view(input, &in_rows)));
    out.answer(rows, "kernel");
    let by_kernel = || -> Mined {
        config.check(CAPACITY)?; // first, as a miner does
        let rois = view(input, &in_rows)?;
        input
            .step
            .lend(|mut storage| Ok(owned(kernel::mine::mine(simd, &rois, &losses, config, &mut storage)?)))
    };
    out.add(&by_kernel());

    let numbers = input.valid_labels();
    out.answer(labels, "u32");
    out.add(&mined(config, &losses, || Rois::by_label(&boxes, &numbers)));
    out.answer(labels, "Match");
    out.add(&mined(config, &losses, || Rois::by_label(&boxes, Match::from_numbers(&numbers))));

    out.answer(group, "one group");
    out.add(&mined(config, &losses, || Rois::one_group(&boxes)));

    let without = || Rois::<_, ()>::without_boxes(boxes.len())?.with_labels(&numbers[..]);
    out.answer(boxless, "Miner");
    out.add(&mined::<F, _>(&config.without_nms(), &losses, without));
    out.answer(boxless, "SliceStorage::without_boxes");
    out.add(&without_boxes::<F, S>(simd, input, &losses, &numbers));

    let source = Own { boxes: &boxes, labels: &table.labels };
    out.answer(own, "Miner");
    out.add(&mined(config, &losses, || Ok(source)));
}

/// Mines in fixed memory.
fn mined<F: Real, R: RoiSource<Coordinate = F>>(
    config: &MineConfig,
    losses: &[F],
    rois: impl FnOnce() -> Result<R, InputError>,
) -> Mined {
    let mut miner = Miner::<F, CAPACITY, F, WINDOW>::new(*config)?;
    Ok(owned(miner.mine(&rois()?, losses)?))
}

fn without_boxes<F: Real, S: Simd>(simd: S, input: &Input, losses: &[F], labels: &[u32]) -> Mined {
    let rois = Rois::<_, ()>::without_boxes(input.step.table.len())?.with_labels(labels)?;
    let (mut candidates, mut selected) = ([Ranked::PLACEHOLDER; WINDOW], [7; CAPACITY]);
    let mut storage = SliceStorage::<f32, F>::without_boxes(&mut candidates, &mut selected);
    Ok(owned(kernel::mine::mine(simd, &rois, losses, &input.step.config.without_nms(), &mut storage)?))
}

/// RoIs of a type of one's own, whose labels may be invalid.
#[derive(Clone, Copy)]
struct Own<'a, F> {
    boxes: &'a [BBox<F>],
    labels: &'a [i64],
}

impl<F: Real> RoiSource for Own<'_, F> {
    type Coordinate = F;

    fn len(&self) -> usize {
        self.boxes.len()
    }

    fn bbox(&self, index: u32) -> Option<BBox<F>> {
        self.boxes.get(index as usize).copied()
    }

    fn membership(&self, index: u32) -> Membership {
        match self.labels.get(index as usize) {
            Some(&label @ 0..=9) => {
                let label = u32::try_from(label).unwrap_or_default();
                Membership::Member(Group { image: 0, label })
            }
            Some(..0) => Membership::Invalid,
            _ => Membership::Ignored,
        }
    }
}

/// What mining reads of RoIs, read directly.
fn read<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let rows = input.rows::<F>();
    out.answer(case, "Rois");
    let rois = match view(input, &rows) {
        Ok(rois) => rois,
        Err(error) => return out.add(&Refused::from(error)),
    };
    (rois.len(), rois.is_empty(), rois.check_keys()).add_to(out);
    (RoiSource::len(&rois), RoiSource::is_empty(&rois), rois.bbox(u32::MAX)).add_to(out);
    let end = u32::try_from(rois.len()).unwrap_or_default();
    for index in 0..end {
        let membership = rois.membership(index);
        let group = membership.group().map(|Group { image, label }| [image, label]);
        (Rois::from_boxes(rois.boxes()).map(|boxes| boxes.bbox(index)), group).add_to(out);
        (membership == Membership::Invalid).then(|| rois.invalid_key(index)).add_to(out);
    }
    let own = Own { boxes: &input.step.table.boxes::<F>(), labels: &[] };
    (own.is_empty(), own.invalid_key(3)).add_to(out);
}

#[cfg(feature = "std")]
fn std<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let (losses, rows) = (input.step.table.losses::<F>(), input.rows::<F>());
    let by_miner = || -> Mined {
        let mut miner = ohem_std::Miner::<F>::new(input.step.config)?;
        Ok(owned(miner.mine(&view(input, &rows)?, &losses)?))
    };
    out.answer(case, "Miner");
    out.add(&by_miner());
}
