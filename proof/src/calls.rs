//! Calls of every public function, in both precisions and with every type of loss.

mod losses;
mod rules;
mod targets;

use core::hint::black_box;

use half::{bf16, f16};
use ohem_core::rank::{FixedBuffer, HardestFirst, TopK, top_k};
use ohem_core::simd::{Portable, Scalar, Simd};
use ohem_core::{
    BBox, Convention, Float, MineConfig, Miner, NanPolicy, Nms, NmsConfig, RankKey, Ranked, Rois, Suppress,
    admit, gather, iou, mine,
};

/// Runs all of it; returns an exit status, 0 if what came out is not absurd.
pub fn everything() -> i32 {
    let floats = boxes::<f32>() + boxes::<f64>();
    let ranked = ranks(1.0_f32) + ranks(1.0_f64) + ranks(1_i8) + ranks(1_i16) + ranks(1_i32);
    let ranked = ranked + ranks(f16::ONE) + ranks(bf16::ONE);
    let mined = mines::<f32, f32>(1.0) + mines::<f64, f64>(1.0) + mines::<f32, i16>(1) + mines::<f32, i8>(1);
    let ruled = rules::image_rules::<f32, f32>(1.0) + rules::image_rules::<f64, i8>(1);
    let pixels = rules::pixels::<f32>() + rules::pixels::<f64>();
    let parts = rules::parts(1.0_f32) + rules::parts(1.0_f64) + rules::parts(1_i16) + rules::parts(1_i32);
    let targets = targets::targets::<f32>() + targets::targets::<f64>();
    let losses = losses::losses::<f32>() + losses::losses::<f64>();
    i32::from(black_box(floats + ranked + mined + gathers() + ruled + pixels + parts + targets + losses) == 0)
}

/// A slice of which nothing is known, not even its length.
fn opaque<T>(values: &[T]) -> &[T] {
    black_box(values.get(..black_box(values.len())).unwrap_or_default())
}

fn opaque_mut<T>(values: &mut [T]) -> &mut [T] {
    black_box(values)
}

fn boxes<F: Float>() -> usize {
    let values = [F::one(); 40];
    let Some(boxes) = BBox::from_flat(opaque(&values)) else { return 0 };
    let one = black_box(BBox::new(F::zero(), F::zero(), F::one(), F::one()));
    let convention = black_box(Convention::Pixel);
    let mut out = [F::zero(); 100];
    let _ = black_box(iou::row(Portable, &one, boxes, convention, opaque_mut(&mut out)));
    let _ = black_box(iou::matrix(Scalar, boxes, boxes, convention, opaque_mut(&mut out)));
    let iou = one.iou(&black_box(BBox::from([F::one(); 4])), convention);
    usize::from(black_box(one.is_box(convention) && one.area(convention) >= iou)) + black_box(out).len()
}

fn ranks<H: RankKey>(loss: H) -> usize {
    let losses = [loss; 200];
    let losses = opaque(&losses);
    let nan = black_box(NanPolicy::Error);
    let (mut window, mut scratch) = ([Ranked::PLACEHOLDER; 20], [Ranked::PLACEHOLDER; 200]);
    let mut count = 0;
    if let Ok(hardest) = HardestFirst::windowed(Portable, losses, nan, opaque_mut(&mut window)) {
        count += hardest.map(|ranked| ranked.index() as usize).fold(0, |_, index| black_box(index));
    }
    if let Ok(hardest) = HardestFirst::in_place(Scalar, losses, nan, opaque_mut(&mut scratch)) {
        count += hardest.map(|ranked| black_box(ranked.key())).count();
    }
    let mut indices = [0; 50];
    count += top_k(losses, opaque_mut(&mut indices), black_box(7), nan).map_or(0, <[u32]>::len);
    if let Ok(mut stream) = TopK::<H, 40>::new(black_box(20), nan) {
        let _ = black_box(stream.extend(losses));
        let _ = black_box(stream.extend_on(Scalar, losses));
        count += stream.hardest().len() + stream.seen() as usize;
        stream.clear();
    }
    count
}

fn mines<F: Float, H: RankKey>(loss: H) -> usize {
    let (rows, keys, losses) = ([[F::one(); 4]; 100], [1; 100], [loss; 100]);
    let (boxes, keys, losses) = (BBox::from_rows(opaque(&rows)), opaque(&keys), opaque(&losses));
    let config = black_box(MineConfig::fast_rcnn().without_nms().batch_size(30).nms_threshold(0.5));
    let config =
        config.suppress(black_box(Suppress::Above)).convention(Convention::Pixel).nan(NanPolicy::Skip);
    let mut count = usize::from(config.check(black_box(20)).is_ok());
    for rois in [Rois::new(boxes, keys, keys), Rois::by_label(boxes, keys), Rois::one_group(boxes)] {
        let Ok(rois) = rois else { continue };
        count += lent(Portable, &rois, losses, &config) + lent(Scalar, &rois, losses, &config);
        let Ok(mut miner) = Miner::<F, 32, H>::new(config) else { continue };
        count += black_box(miner.config().batch_size);
        let Ok(hard) = miner.mine(&rois, losses) else { continue };
        let mut weights = [F::zero(); 100];
        let _ = black_box(hard.weights(F::one(), F::zero(), opaque_mut(&mut weights)));
        let _ = black_box(hard.mask(opaque_mut(&mut [false; 100])));
        let _ = black_box(hard.gather(opaque(&[0_u8; 100]), black_box(3), opaque_mut(&mut [0; 96])));
        let statistics = black_box(hard.statistics(losses));
        count += statistics.visited + hard.len() + hard.suppressed() + usize::from(hard.is_complete());
        count +=
            usize::from(hard.is_empty()) + hard.total() + hard.map(|indices| indices).into_indices().len();
    }
    let config = black_box(NmsConfig::new(0.5).suppress(Suppress::AtOrAbove).nan(NanPolicy::First));
    if let Ok(mut nms) = Nms::<F, 16, H>::new(config.convention(black_box(Convention::Continuous))) {
        count += nms.nms(boxes, losses).map_or(0, |kept| kept.len());
        count += nms.batched_nms(boxes, keys, losses).map_or(0, |kept| kept.len());
    }
    count
}

fn lent<F: Float, H: RankKey, S: Simd>(
    simd: S,
    rois: &Rois<'_, F>,
    losses: &[H],
    config: &MineConfig,
) -> usize {
    let (mut window, mut columns, mut selected) =
        ([Ranked::PLACEHOLDER; 50], [F::zero(); 10 * admit::COLUMNS], [0; 10]);
    let (mut heads, mut floats, mut links) =
        ([0; 4], [F::zero(); 3 * admit::BLOCK_FLOATS], [0; 3 * admit::BLOCK_LINKS]);
    let grid = admit::SpatialHashStorage {
        heads: opaque_mut(&mut heads),
        floats: opaque_mut(&mut floats),
        links: opaque_mut(&mut links),
    };
    let window = FixedBuffer(opaque_mut(&mut window));
    let memory =
        mine::Memory::new(window, opaque_mut(&mut columns), opaque_mut(&mut selected)).with_index(grid);
    mine::mine(simd, rois, losses, config, memory).map_or(0, |hard| hard.len())
}

fn gathers() -> usize {
    let (indices, table, mut out) = ([1, 2, 3], [7_u16; 30], [0; 9]);
    let _ = black_box(gather::rows(opaque(&indices), opaque(&table), black_box(3), opaque_mut(&mut out)));
    let _ = black_box(gather::mask(opaque(&indices), black_box(1), 0, opaque_mut(&mut out)));
    black_box(out).len()
}
