//! Calls of the mining rules, of what merges parts, and of the gate.

use core::hint::black_box;

use ohem_core::gate::Gate;
use ohem_core::merge::{self, Stream};
use ohem_core::mine::Memory;
use ohem_core::rank::{FixedBuffer, select_nth};
use ohem_core::rules::{self, segmentation, ssd};
use ohem_core::simd::Portable;
use ohem_core::{BBox, Float, MineConfig, Miner, NanPolicy, RankKey, Ranked, Rois, admit, gather};

use super::{opaque, opaque_mut};

/// Memory of an image's rule.
struct Lent<F, H: RankKey> {
    window: [Ranked<H>; 50],
    columns: [F; 20 * admit::COLUMNS],
    selected: [u32; 20],
}

impl<F: Float, H: RankKey> Lent<F, H> {
    fn new() -> Self {
        let columns = [F::zero(); 20 * admit::COLUMNS];
        Self { window: [Ranked::PLACEHOLDER; 50], columns, selected: [0; 20] }
    }

    fn memory(&mut self) -> Memory<'_, F, FixedBuffer<'_, H>> {
        let window = FixedBuffer(opaque_mut(&mut self.window));
        Memory::new(window, opaque_mut(&mut self.columns), opaque_mut(&mut self.selected))
    }
}

pub fn image_rules<F: Float, H: RankKey>(loss: H) -> usize {
    let (rows, losses, matches) = ([[F::one(); 4]; 100], [loss; 100], [-1; 100]);
    let (boxes, losses, matches) = (BBox::from_rows(opaque(&rows)), opaque(&losses), opaque(&matches));
    let overlaps = [F::zero(); 100];
    let mut lent = Lent::<F, H>::new();
    let mut count = 0;
    let mut config = black_box(rules::TensorflowConfig::ssd());
    config.num_hard_examples = black_box(rules::TensorflowConfig::new().num_hard_examples);
    let mined = rules::tensorflow(Portable, boxes, losses, matches, &config, lent.memory());
    count += mined.map_or(0, |hard| hard.len());

    let mut config = black_box(ssd::SsdConfig::new());
    config.nms = black_box(Some(ssd::SsdNms::new(0.5)));
    let anchors = ssd::Anchors { boxes, losses, matches };
    let mined = ssd::negatives(Portable, &anchors, opaque(&overlaps), &config, lent.memory());
    count += mined.map_or(0, |hard| hard.len());
    let mined = ssd::hard_examples(Portable, &anchors, &config, lent.memory());
    count += mined.map_or(0, |hard| hard.len());

    let mut lent = Lent::<f32, H>::new();
    let config = black_box(rules::MmdetConfig::new());
    let mined = rules::mmdet(Portable, losses, matches, &config, lent.memory());
    count += mined.map_or(0, |(positives, hard)| positives + hard.len());
    let (images, mut counts, nan) = ([0; 100], [0; 5], black_box(NanPolicy::Error));
    let mined = rules::per_image(
        Portable,
        opaque(&images),
        losses,
        black_box(7),
        nan,
        opaque_mut(&mut counts),
        lent.memory(),
    );
    count + mined.map_or(0, |hard| hard.len())
}

pub fn pixels<F: Float>() -> usize {
    let (values, flags, mut kept) = ([F::one(); 100], [true; 100], [false; 100]);
    let (values, flags, least) = (opaque(&values), opaque(&flags), black_box(9));
    let threshold = black_box(F::one());
    let counting = black_box(segmentation::Counting::Exact);
    let by_loss = segmentation::by_loss(values, flags, threshold, least, opaque_mut(&mut kept));
    let by_probability =
        segmentation::by_probability(values, flags, threshold, least, counting, opaque_mut(&mut kept));
    let mut losses = [F::zero(); 100];
    let weighed =
        rules::tensorflow::weighted_sum(values, threshold, values, threshold, opaque_mut(&mut losses));
    usize::from(black_box(weighed).is_ok()) + by_loss.unwrap_or(0) + by_probability.unwrap_or(0)
}

pub fn parts<H: RankKey>(loss: H) -> usize {
    let (rows, losses) = ([[1.0_f32; 4]; 100], [loss; 100]);
    let losses = opaque(&losses);
    let Ok(rois) = Rois::one_group(BBox::from_rows(opaque(&rows))) else { return 0 };
    let Ok(mut miner) = Miner::<f32, 16, H>::new(black_box(MineConfig::new(16))) else { return 0 };
    let mut stream = Stream::<H, 16>::default();
    let Ok(hard) = miner.mine(&rois, losses) else { return 0 };
    let _ = black_box(stream.push(&hard, losses));
    let mut part = [Ranked::PLACEHOLDER; 16];
    let ranked = merge::ranked(&hard, losses, black_box(40));
    part.iter_mut().zip(ranked).for_each(|(place, ranked)| *place = ranked);
    stream.merge(opaque(&part));
    let mut out = [Ranked::PLACEHOLDER; 20];
    let merged = merge::merge(stream.hardest(), opaque(&part), opaque_mut(&mut out));
    let found = select_nth(|| opaque(&part).iter().copied(), black_box(3)).map_or(0, |ranked| ranked.index());
    let seen = stream.seen();
    stream.clear();

    let mut gate = Gate::<H, 8>::new(black_box(0.5));
    let passes = losses.iter().filter(|&&loss| gate.observe(loss)).count();
    let (table, mut dense) = ([7_u8; 300], [0; 300]);
    let _ = black_box(gather::dense(hard.indices(), opaque(&table), black_box(3), 0, opaque_mut(&mut dense)));
    merged + (found + seen) as usize + passes + gate.len() + usize::from(gate.is_empty())
}
