//! The rules as the reference has them.

use ohem_core::Float;
use ohem_core::rules::segmentation::Counting;
use ohem_core::rules::ssd::{Anchors, SsdConfig};
use ohem_core::rules::{Ignored, MmdetConfig, TensorflowConfig};
use ohem_testkit::oracle::{Nan, rules};

use super::Rules;
use crate::support::path::Reference;

impl Rules for Reference {
    fn per_image<F: Float>(images: &[u32], losses: &[F], quota: usize) -> Vec<usize> {
        rules::per_image(images, losses, quota, Nan::Error).unwrap()
    }

    fn tensorflow<F: Float>(
        boxes: &[[F; 4]],
        losses: &[F],
        matches: &[i32],
        config: &TensorflowConfig,
    ) -> Vec<usize> {
        rules::tensorflow(
            boxes,
            losses,
            matches,
            config.num_hard_examples.unwrap_or(usize::MAX),
            F::from_f64(config.iou_threshold),
            config.max_negatives_per_positive.map(|ratio| (single(ratio), config.min_negatives_per_image)),
            config.ignored == Ignored::Compete,
            Nan::Error,
        )
        .unwrap()
    }

    fn ssd_negatives<F: Float>(
        anchors: &Anchors<'_, F, F>,
        overlaps: &[F],
        config: &SsdConfig,
    ) -> Vec<usize> {
        let below = |overlap: F| overlap < F::from_f64(config.neg_overlap);
        let pairs = anchors.matches.iter().zip(overlaps);
        let competes: Vec<_> = pairs.map(|(&matched, &overlap)| matched == -1 && below(overlap)).collect();
        let positives = anchors.matches.iter().filter(|&&matched| matched >= 0).count();
        ssd(anchors, &competes, trunc(config.neg_pos_ratio, positives).max(config.min_negatives), config)
    }

    fn ssd_hard_examples<F: Float>(anchors: &Anchors<'_, F, F>, config: &SsdConfig) -> Vec<usize> {
        let compete = config.ignored == Ignored::Compete;
        let competes: Vec<_> = anchors.matches.iter().map(|&matched| matched >= -1 || compete).collect();
        ssd(anchors, &competes, config.sample_size, config)
    }

    fn mmdet<F: Float>(losses: &[F], matches: &[i32], config: &MmdetConfig) -> (Vec<usize>, Vec<usize>) {
        rules::mmdet(losses, matches, config.num, config.pos_fraction, config.neg_pos_ub, Nan::Error).unwrap()
    }

    fn pixels_by_loss<F: Float>(losses: &[F], counts: &[bool], threshold: F, min_kept: usize) -> Vec<bool> {
        rules::segmentation(losses, counts, threshold, min_kept)
    }

    fn pixels_by_probability<F: Float>(
        probabilities: &[F],
        counts: &[bool],
        threshold: F,
        min_kept: usize,
        counting: Counting,
    ) -> Vec<bool> {
        let counting = match counting {
            Counting::Exact => rules::Counting::Exact,
            Counting::Mmsegmentation => rules::Counting::Mmsegmentation,
            Counting::PaddleSeg => rules::Counting::PaddleSeg,
        };
        rules::by_probability(probabilities, counts, threshold, min_kept, counting)
    }
}

fn ssd<F: Float>(
    anchors: &Anchors<'_, F, F>,
    competes: &[bool],
    most: usize,
    config: &SsdConfig,
) -> Vec<usize> {
    let rows: Vec<[F; 4]> = anchors.boxes.iter().map(|bbox| [bbox.x1, bbox.y1, bbox.x2, bbox.y2]).collect();
    let nms = config.nms.map(|nms| (F::from_f64(nms.threshold), nms.top_k, nms.min_area));
    rules::ssd(&rows, anchors.losses, competes, most, nms, Nan::Error).unwrap()
}

#[expect(clippy::cast_possible_truncation, reason = "the originals compute in f32")]
fn single(ratio: f64) -> f32 {
    ratio as f32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "truncation is what is asked for, of few positives"
)]
fn trunc(ratio: f64, positives: usize) -> usize {
    (single(ratio) * positives as f32) as usize
}
