//! Merging: batches that come image by image, or from several workers.

use ohem_core::kernel::Simd;
use ohem_core::merge::{self, Stream, TopBatch};
use ohem_core::{MineConfig, MineError, Miner, NanPolicy, Ranked, Rois, Selection};

use super::mine::owned;
use super::numbers::Numbers;
use super::{Column, Loss, MAX, Operation, Sink, Source, Words, table};

/// Parts of a batch, merged.
#[derive(Clone, Copy, Debug)]
pub struct Merged;

/// Losses of a batch, and where an image ends and the next begins.
#[derive(Clone, Debug)]
pub struct Input {
    losses: Column<f64>,
    seams: [usize; 2],
    /// The number of the first RoI, in parts that are numbered.
    first: u32,
    /// How many RoIs two parts are merged into.
    len: usize,
}

/// How many RoIs a batch keeps.
const KEPT: usize = 12;

impl Operation for Merged {
    const NAME: &'static str = "merge";

    const COVERS: &'static [&'static str] = &[
        "merge::merge",
        "merge::ranked",
        "merge::Stream::new",
        "merge::TopBatch::with_buffers",
        "merge::TopBatch::push",
        "merge::TopBatch::merge",
        "merge::TopBatch::hardest",
        "merge::TopBatch::seen",
        "merge::TopBatch::clear",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (rows, numbers) = (source.rows(), Numbers::any(source));
        let losses = source.column(rows, |source| numbers.next(source));
        let [a, b] = [(); 2].map(|()| source.below(losses.len() + 1));
        let first = source.choose(0, [100, u32::MAX - 3]);
        Input { losses, seams: [a.min(b), a.max(b)], first, len: source.below(2 * KEPT) }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        core::<f32>(["f32 batch", "f32 pair"], input, out);
        core::<f64>(["f64 batch", "f64 pair"], input, out);
        core::<i16>(["i16 batch", "i16 pair"], input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        std::<f32>(["f32 batch", "f32 pair"], input, out);
        std::<f64>(["f64 batch", "f64 pair"], input, out);
        std::<i16>(["i16 batch", "i16 pair"], input, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        oracle::<f32>(["f32 batch", "f32 pair"], input, out);
        oracle::<f64>(["f64 batch", "f64 pair"], input, out);
        oracle::<i16>(["i16 batch", "i16 pair"], input, out);
    }
}

impl Input {
    /// The losses of each of three images.
    fn images<'a, H>(&self, losses: &'a [H]) -> [&'a [H]; 3] {
        let [a, b] = self.seams;
        [0..a, a..b, b..losses.len()].map(|part| losses.get(part).unwrap_or_default())
    }
}

/// The hardest RoIs of an image.
fn mined<H: Loss>(losses: &[H]) -> Result<Selection<Column<u32>>, MineError> {
    let config = MineConfig::new(KEPT).without_nms().nan(NanPolicy::First);
    let mut miner = Miner::<f32, KEPT, H, 24>::new(config)?;
    Ok(owned(miner.mine(&Rois::without_boxes(losses.len())?, losses)?))
}

/// The hardest RoIs of an image with their losses, numbered from `first` on.
fn part<H: Loss>(losses: &[H], first: u32) -> Result<Column<Ranked<H>>, MineError> {
    let mut part = Column::new();
    for ranked in merge::ranked(&mined(losses)?, losses, first) {
        let _ = part.push(ranked);
    }
    Ok(part)
}

/// The number of the RoI that follows this many, or 0 if there is none.
fn after(first: u32, len: usize) -> u32 {
    u32::try_from(len).ok().and_then(|len| first.checked_add(len)).unwrap_or(0)
}

fn core<H: Loss>([batch, pair]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    let losses = table::each(&input.losses, |&loss| H::of(loss));
    let images = input.images(&losses);
    out.answer(batch, "Stream::push");
    pushed(Stream::<H, KEPT>::new(), images, out).add_to(out);
    out.answer(batch, "TopBatch::merge");
    let buffer = [Ranked::PLACEHOLDER; KEPT];
    numbered(TopBatch::with_buffers(buffer, buffer), images, out).add_to(out);

    out.answer(pair, "merge");
    let merged = || -> Result<(usize, [Ranked<H>; MAX]), MineError> {
        let [one, other, _] = images;
        let (first, second) = (input.first, after(input.first, one.len()));
        let mut memory = [Ranked::PLACEHOLDER; MAX];
        let slots = memory.get_mut(..input.len).unwrap_or_default();
        Ok((merge::merge(&part(one, first)?, &part(other, second)?, slots), memory))
    };
    let merged = merged();
    out.add(&merged.as_ref().map(|(len, merged)| merged.get(..*len)).map_err(|error| *error));
}

/// Pushes images twice, the second time after the batch was cleared.
fn pushed<H: Loss, M: AsRef<[Ranked<H>]> + AsMut<[Ranked<H>]>>(
    mut batch: TopBatch<H, M>,
    images: [&[H]; 3],
    out: &mut impl Sink,
) -> Result<(), MineError> {
    for _ in 0..2 {
        for image in images {
            batch.push(&mined(image)?, image)?;
        }
        (batch.seen(), batch.hardest()).add_to(out);
        batch.clear();
    }
    (batch.seen(), batch.hardest()).add_to(out);
    Ok(())
}

/// The same by parts that are numbered elsewhere.
fn numbered<H: Loss, M: AsRef<[Ranked<H>]> + AsMut<[Ranked<H>]>>(
    mut batch: TopBatch<H, M>,
    images: [&[H]; 3],
    out: &mut impl Sink,
) -> Result<(), MineError> {
    for _ in 0..2 {
        let mut first = 0;
        for image in images {
            batch.merge(&part(image, first)?);
            first = after(first, image.len());
        }
        (first, batch.hardest()).add_to(out);
        batch.clear();
    }
    (batch.seen(), batch.hardest()).add_to(out);
    Ok(())
}

#[cfg(feature = "std")]
fn std<H: Loss>([batch, pair]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    let losses = table::each(&input.losses, |&loss| H::of(loss));
    let images = input.images(&losses);
    out.answer(batch, "Stream");
    let mut stream = ohem_std::merge::Stream::new(KEPT);
    for push in [true, false] {
        let mut first = 0;
        for image in images {
            if push {
                stream.push(&mined(image).expect("no NaN"), image).expect("there are few");
            } else {
                stream.merge(&part(image, first).expect("no NaN"));
            }
            first = after(first, image.len());
        }
        (first, stream.hardest()).add_to(out);
        stream.clear();
    }
    (stream.seen(), stream.hardest(), Ok::<_, MineError>(())).add_to(out);

    let parts = |one: &[H], other: &[H]| {
        Ok::<_, MineError>((part(one, input.first)?, part(other, after(input.first, one.len()))?))
    };
    out.answer(pair, "merge");
    let merged =
        parts(images[0], images[1]).map(|(one, other)| ohem_std::merge::merge(&one, &other, input.len));
    out.add(&merged.map(Some));
}

#[cfg(feature = "std")]
fn oracle<H: Loss>([batch, pair]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    use super::rank::{order, ranked};

    let losses = table::each(&input.losses, |&loss| H::of(loss));
    let sorted = order(&losses, NanPolicy::First).expect("NaNs are first");
    let hardest: Vec<_> = sorted.iter().take(KEPT).map(|&index| ranked(&losses, index)).collect();
    out.answer(batch, "at once");
    (losses.len(), &hardest).add_to(out);
    (losses.len(), &hardest).add_to(out);
    (0_usize, 0_usize, Ok::<_, MineError>(())).add_to(out);

    // Each part as the losses and numbers of its hardest RoIs, as far as a `u32` can number them.
    let part = |losses: &[H], first: u32| -> Vec<(H, usize)> {
        let hardest = order(losses, NanPolicy::First).expect("NaNs are first").into_iter().take(KEPT);
        let numbers = hardest.map(|index| (losses[index], index + first as usize));
        numbers.take_while(|&(_, number)| number <= u32::MAX as usize).collect()
    };
    let [one, other, _] = input.images(&losses);
    let parts = [part(one, input.first), part(other, after(input.first, one.len()))];
    let loss = |number| parts.concat().iter().find(|part| part.1 == number).expect("it is in one part").0;
    let merged = crate::oracle::merge(&parts, input.len).into_iter();
    let merged = merged.map(|number| (ranked(&[loss(number)], 0).0, number as u64)).collect::<Vec<_>>();
    out.answer(pair, "sorted");
    out.add(&Ok::<_, MineError>(Some(merged)));
}
