//! The rules of other frameworks on the golden anchors: SSD, TensorFlow, mmdetection, R-FCN.

use ohem_core::kernel::mine::SliceStorage;
use ohem_core::kernel::{Simd, rules};
use ohem_core::rules::ssd::{Anchors, SsdConfig, SsdNms};
use ohem_core::rules::{Ignored, MmdetConfig, TensorflowConfig, weighted_sum};
use ohem_core::{Match, NanPolicy, Ranked};

use super::input::{Cases, cases, key, length};
use super::memory::{Arena, MemoryError};
use super::table::Buffers;
use crate::registry::{Real, Sink};

/// By default, and as the originals have it.
const IGNORED: [Ignored; 2] = [Ignored::Excluded, Ignored::Compete];

pub(super) fn run<F: Real, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    let mut cases = cases!("ssd");
    while !cases.is_empty() {
        ssd::<F, S>(simd, &mut cases, &mut arena.again(), out)?;
    }
    let mut cases = cases!("tensorflow");
    while !cases.is_empty() {
        by_tensorflow::<F, S>(simd, &mut cases, &mut arena.again(), out)?;
    }
    Ok(())
}

fn ssd<F: Real, S: Simd>(
    simd: S,
    cases: &mut Cases,
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    let config = ssd_config(cases);
    let matches = matches(cases, arena)?;
    let (overlaps, losses) = (cases.floats::<F>(arena)?, cases.floats::<F>(arena)?);
    losses.iter_mut().zip(cases.column().iter()).for_each(|(loss, more)| *loss = *loss + F::from_f64(more));
    let anchors = Anchors { boxes: cases.boxes(arena)?, losses, matches };
    let mut buffers = Buffers::<F, F>::new(losses.len(), arena)?;
    for ignored in IGNORED {
        let config = config.ignored(ignored);
        out.add(&rules::ssd::negatives(simd, &anchors, overlaps, &config, &mut buffers.lend()));
        out.add(&rules::ssd::hard_examples(simd, &anchors, &config, &mut buffers.lend()));
    }
    without_boxes(simd, losses, matches, arena, out)
}

fn ssd_config(cases: &mut Cases) -> SsdConfig {
    let config = SsdConfig::new().neg_pos_ratio(cases.number().unwrap_or_default());
    let config = config.neg_overlap(cases.number().unwrap_or_default());
    let config = config.sample_size(length(cases.number().unwrap_or_default()));
    let (threshold, top_k) = (cases.number(), cases.number());
    let Some(threshold) = threshold else { return config };
    let top_k = top_k.filter(|&top_k| top_k >= 0.0).map_or(usize::MAX, length); // -1 means unlimited
    config.nms(SsdNms::new(threshold).top_k(top_k).min_area(1e-5))
}

/// What a column says anchors were matched to.
fn matches<'a>(cases: &mut Cases, arena: &mut Arena<'a>) -> Result<&'a [Match], MemoryError> {
    let column = cases.column();
    let matches = arena.matches(column.len())?;
    let read = |matched| Match::from_signed(key(matched).cast_signed());
    matches.iter_mut().zip(column.iter()).for_each(|(slot, matched)| *slot = read(matched));
    Ok(matches)
}

/// By the rules that look at losses alone.
fn without_boxes<F: Real, S: Simd>(
    simd: S,
    losses: &[F],
    matches: &[Match],
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    let (mut window, selected) = ([Ranked::PLACEHOLDER; 64], arena.lend(losses.len())?);
    let config = MmdetConfig::new().num(losses.len() / 2).neg_pos_ub(3.0);
    let mut storage = SliceStorage::<F, F>::without_boxes(&mut window, selected);
    out.add(&rules::mmdet(simd, losses, matches, &config, &mut storage));
    let (images, mut counts) = (arena.indices(losses.len())?, [0; 3]);
    images.iter_mut().for_each(|image| *image %= 3);
    out.add(&rules::rfcn(simd, images, losses, 8, NanPolicy::Error, &mut counts, &mut storage));
    Ok(())
}

/// By each of the two losses, and by the weighted sum of both.
fn by_tensorflow<F: Real, S: Simd>(
    simd: S,
    cases: &mut Cases,
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    let config = TensorflowConfig::new().num_hard_examples(cases.number().map(length));
    let config = config.iou_threshold(cases.number().unwrap_or_default());
    let ratio = cases.number();
    let config = ratio.map_or(config, |ratio| config.max_negatives_per_positive(ratio));
    let config = config.min_negatives_per_image(length(cases.number().unwrap_or_default()));
    let [cls_weight, loc_weight] = [(); 2].map(|()| F::from_f64(cases.number().unwrap_or(1.0)));
    let boxes = cases.boxes::<F>(arena)?;
    let (cls, loc) = (cases.floats::<F>(arena)?, cases.floats(arena)?);
    let matches = matches(cases, arena)?;
    let (both, mut buffers) = (arena.lend(cls.len())?, Buffers::<F, F>::new(cls.len(), arena)?);
    out.add(&weighted_sum(cls, cls_weight, loc, loc_weight, both));
    for losses in [cls, loc, both] {
        out.add(&*losses);
        for ignored in IGNORED {
            let config = config.ignored(ignored);
            out.add(&rules::tensorflow(simd, boxes, losses, matches, &config, &mut buffers.lend()));
        }
    }
    Ok(())
}
