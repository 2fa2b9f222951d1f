//! The rules of other frameworks on the golden anchors: SSD, TensorFlow, mmdetection, R-FCN.

use ohem_core::mine::Memory;
use ohem_core::rank::FixedBuffer;
use ohem_core::rules::ssd::{Anchors, SsdConfig, SsdNms, hard_examples, negatives};
use ohem_core::rules::tensorflow::weighted_sum;
use ohem_core::rules::{Ignored, MmdetConfig, TensorflowConfig, mmdet, per_image, tensorflow};
use ohem_core::simd::Simd;
use ohem_core::{Float, NanPolicy, Ranked};

use crate::bits::{Bits, Digest};
use crate::input::{Cases, cases, key, length};
use crate::memory::{Arena, MemoryError};
use crate::table::Room;

/// By default, and as the originals have it.
const IGNORED: [Ignored; 2] = [Ignored::Excluded, Ignored::Compete];

pub(crate) fn run<F: Float + Bits, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut cases = cases!("ssd");
    while !cases.is_empty() {
        ssd::<F, S>(simd, &mut cases, &mut arena.again(), digest)?;
    }
    let mut cases = cases!("tensorflow");
    while !cases.is_empty() {
        by_tensorflow::<F, S>(simd, &mut cases, &mut arena.again(), digest)?;
    }
    Ok(())
}

fn ssd<F: Float + Bits, S: Simd>(
    simd: S,
    cases: &mut Cases,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut config = ssd_config(cases);
    let matches = matches(cases, arena)?;
    let (overlaps, losses) = (cases.floats::<F>(arena)?, cases.floats::<F>(arena)?);
    losses.iter_mut().zip(cases.column().iter()).for_each(|(loss, more)| *loss = *loss + F::from_f64(more));
    let anchors = Anchors { boxes: cases.boxes(arena)?, losses, matches };
    let mut room = Room::new(losses.len(), arena)?;
    for ignored in IGNORED {
        config.ignored = ignored;
        digest.add(&negatives(simd, &anchors, overlaps, &config, room.lend()));
        digest.add(&hard_examples(simd, &anchors, &config, room.lend()));
    }
    without_boxes(simd, losses, matches, arena, digest)
}

fn ssd_config(cases: &mut Cases) -> SsdConfig {
    let mut config = SsdConfig::new();
    config.neg_pos_ratio = cases.number().unwrap_or_default();
    config.neg_overlap = cases.number().unwrap_or_default();
    config.sample_size = length(cases.number().unwrap_or_default());
    let (threshold, top_k) = (cases.number(), cases.number());
    config.nms = threshold.map(|threshold| {
        let mut nms = SsdNms::new(threshold);
        nms.top_k = top_k.filter(|&top_k| top_k >= 0.0).map_or(usize::MAX, length); // -1 is no limit
        nms.min_area = 1e-5;
        nms
    });
    config
}

/// What a column says anchors were matched to.
fn matches<'a>(cases: &mut Cases, arena: &mut Arena<'a>) -> Result<&'a [i32], MemoryError> {
    Ok(cases.column().collect(arena, |matched| key(matched).cast_signed())?)
}

/// By the rules that look at losses alone.
fn without_boxes<F: Float + Bits, S: Simd>(
    simd: S,
    losses: &[F],
    matches: &[i32],
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let (mut window, selected) = ([Ranked::PLACEHOLDER; 64], arena.lend(losses.len())?);
    let mut config = MmdetConfig::new();
    (config.num, config.neg_pos_ub) = (losses.len() / 2, Some(3.0));
    let memory = Memory::without_nms(FixedBuffer(&mut window), selected);
    digest.add(&mmdet(simd, losses, matches, &config, memory));
    let (images, mut counts) = (arena.indices(losses.len())?, [0; 3]);
    images.iter_mut().for_each(|image| *image %= 3);
    let memory = Memory::without_nms(FixedBuffer(&mut window), selected);
    digest.add(&per_image(simd, images, losses, 8, NanPolicy::Error, &mut counts, memory));
    Ok(())
}

/// By each of the two losses, and by both weighed.
fn by_tensorflow<F: Float + Bits, S: Simd>(
    simd: S,
    cases: &mut Cases,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut config = TensorflowConfig::new();
    config.num_hard_examples = cases.number().map(length);
    config.iou_threshold = cases.number().unwrap_or_default();
    config.max_negatives_per_positive = cases.number();
    config.min_negatives_per_image = length(cases.number().unwrap_or_default());
    let [cls_weight, loc_weight] = [(); 2].map(|()| F::from_f64(cases.number().unwrap_or(1.0)));
    let boxes = cases.boxes::<F>(arena)?;
    let (cls, loc) = (cases.floats::<F>(arena)?, cases.floats(arena)?);
    let matches = matches(cases, arena)?;
    let (both, mut room) = (arena.lend(cls.len())?, Room::new(cls.len(), arena)?);
    digest.add(&weighted_sum(cls, cls_weight, loc, loc_weight, both));
    for losses in [cls, loc, both] {
        digest.add(losses);
        for ignored in IGNORED {
            config.ignored = ignored;
            digest.add(&tensorflow(simd, boxes, losses, matches, &config, room.lend()));
        }
    }
    Ok(())
}
