//! The mining rules, on tables whose labels say what a RoI was matched with.

use ohem_core::rules::segmentation::Counting;
use ohem_core::rules::ssd::SsdConfig;
use ohem_core::rules::{MmdetConfig, MonaiConfig, TensorflowConfig};
use ohem_core::{Float, NanPolicy, RankKey};
use rand::{SeedableRng as _, rngs::SmallRng};

use super::agree;
use crate::adapters::rules::{
    Anchors, Mmdet as _, Monai as _, Rfcn as _, Segmentation as _, Ssd as _, Tensorflow as _,
};
use crate::adapters::{Core, Oracle, Std};
use crate::generate::Table;

/// R-FCN.
pub fn rfcn(table: &Table, quota: usize, nan: NanPolicy) {
    let (images, losses) = (&table.images, &table.losses::<f32>());
    agree(
        Oracle::rfcn(images, losses, quota, nan),
        Core::rfcn(images, losses, quota, nan),
        Std::rfcn(images, losses, quota, nan),
    );
}

/// TensorFlow.
pub fn tensorflow<F: Float>(table: &Table, config: &TensorflowConfig) {
    let (rows, losses, matches) = (&table.boxes::<F>(), &table.losses::<F>(), &matches(table));
    agree(
        Oracle::tensorflow(rows, losses, matches, config),
        Core::tensorflow(rows, losses, matches, config),
        Std::tensorflow(rows, losses, matches, config),
    );
}

/// Both ways of SSD; there must be as many overlaps as RoIs, or more.
pub fn ssd<F: Float>(table: &Table, overlaps: &[f64], config: &SsdConfig) {
    let (boxes, losses, matches) = (&table.boxes::<F>(), &table.losses::<F>(), &matches(table));
    let overlaps: Vec<_> = overlaps.iter().take(table.len()).map(|&overlap| F::from_f64(overlap)).collect();
    let anchors = &Anchors { boxes, losses, matches };
    agree(
        Oracle::ssd_negatives(anchors, &overlaps, config),
        Core::ssd_negatives(anchors, &overlaps, config),
        Std::ssd_negatives(anchors, &overlaps, config),
    );
    agree(
        Oracle::ssd_hard_examples(anchors, config),
        Core::ssd_hard_examples(anchors, config),
        Std::ssd_hard_examples(anchors, config),
    );
}

/// mmdetection.
pub fn mmdet(table: &Table, config: &MmdetConfig) {
    let (losses, matches) = (&table.losses::<f64>(), &matches(table));
    agree(
        Oracle::mmdet(losses, matches, config),
        Core::mmdet(losses, matches, config),
        Std::mmdet(losses, matches, config),
    );
}

/// MONAI, by the numbers of a generator.
pub fn monai(table: &Table, config: &MonaiConfig, seed: u64) {
    let (losses, matches, generator) =
        (&table.losses::<f32>(), &matches(table), &SmallRng::seed_from_u64(seed));
    agree(
        Oracle::monai(losses, matches, config, generator),
        Core::monai(losses, matches, config, generator),
        Std::monai(losses, matches, config, generator),
    );
}

/// Segmentation, by losses and by probabilities.
#[expect(clippy::cast_possible_truncation, reason = "few bits on purpose")]
pub fn segmentation(table: &Table, threshold: f64, min_kept: usize) {
    let (losses, counts) = (table.losses::<f64>(), table.labels.iter().map(|&l| l != 3).collect::<Vec<_>>());
    let kept = by_loss(&losses, &counts, threshold, min_kept);
    // A probability is as hard as it is low.
    let lowest: Vec<_> = losses.iter().map(|&loss| -loss).collect();
    assert_eq!(by_probability(&lowest, &counts, -threshold, min_kept, Counting::Exact), kept);
    for counting in [Counting::Exact, Counting::Mmsegmentation, Counting::PaddleSeg] {
        by_probability(&losses, &counts, threshold, min_kept, counting);
    }
    // Few bits: many ties, to the last byte of the index.
    let coarse: Vec<_> = losses.iter().map(|&loss| loss as i8).collect();
    by_loss(&coarse, &counts, threshold as i8, min_kept);
}

fn by_loss<H: RankKey>(losses: &[H], counts: &[bool], threshold: H, min_kept: usize) -> Vec<bool> {
    let kept = Oracle::pixels_by_loss(losses, counts, threshold, min_kept);
    agree(
        &kept,
        &Core::pixels_by_loss(losses, counts, threshold, min_kept),
        &Std::pixels_by_loss(losses, counts, threshold, min_kept),
    );
    kept
}

fn by_probability<F: Float>(
    probabilities: &[F],
    counts: &[bool],
    threshold: F,
    min_kept: usize,
    counting: Counting,
) -> Vec<bool> {
    let kept = Oracle::pixels_by_probability(probabilities, counts, threshold, min_kept, counting);
    agree(
        &kept,
        &Core::pixels_by_probability(probabilities, counts, threshold, min_kept, counting),
        &Std::pixels_by_probability(probabilities, counts, threshold, min_kept, counting),
    );
    kept
}

/// A match for each RoI: its label turned into positives, negatives and ignored.
pub fn matches(table: &Table) -> Vec<i32> {
    table.labels.iter().map(|&label| (label % 4).cast_signed() - 2).collect()
}
