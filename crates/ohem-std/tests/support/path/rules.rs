//! The mining rules of other frameworks, on each path. A NaN is an error here, and any error panics.

use ohem_core::Float;
use ohem_core::rules::segmentation::Counting;
use ohem_core::rules::ssd::{Anchors, SsdConfig};
use ohem_core::rules::{MmdetConfig, TensorflowConfig};

mod fixed;
mod naive;
mod vecs;

/// One way to what the rules select.
pub(crate) trait Rules {
    /// R-FCN: the hardest so many of each image.
    fn per_image<F: Float>(images: &[u32], losses: &[F], quota: usize) -> Vec<usize>;

    /// TensorFlow's `HardExampleMiner`, of one image.
    fn tensorflow<F: Float>(
        boxes: &[[F; 4]],
        losses: &[F],
        matches: &[i32],
        config: &TensorflowConfig,
    ) -> Vec<usize>;

    /// Caffe-SSD's `MAX_NEGATIVE`, of one image.
    fn ssd_negatives<F: Float>(anchors: &Anchors<'_, F, F>, overlaps: &[F], config: &SsdConfig)
    -> Vec<usize>;

    /// Caffe-SSD's `HARD_EXAMPLE`, of one image.
    fn ssd_hard_examples<F: Float>(anchors: &Anchors<'_, F, F>, config: &SsdConfig) -> Vec<usize>;

    /// mmdetection's `OHEMSampler`, of one image: positives, then negatives.
    fn mmdet<F: Float>(losses: &[F], matches: &[i32], config: &MmdetConfig) -> (Vec<usize>, Vec<usize>);

    /// Pixels whose loss is above a threshold, or the hardest `min_kept`.
    fn pixels_by_loss<F: Float>(losses: &[F], counts: &[bool], threshold: F, min_kept: usize) -> Vec<bool>;

    /// Pixels whose probability is below a threshold, or the lowest `min_kept`.
    fn pixels_by_probability<F: Float>(
        probabilities: &[F],
        counts: &[bool],
        threshold: F,
        min_kept: usize,
        counting: Counting,
    ) -> Vec<bool>;
}
