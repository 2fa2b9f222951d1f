//! TensorFlow.

use ohem_core::rules::{Ignored, TensorflowConfig};
use ohem_core::{BBox, Float, RankKey};
use ohem_std::VecStorage;

use super::super::errors::first_nan;
use super::super::{Core, Oracle, Std, at_capacity, wide, words};
use super::{Arrays, Selected};
use crate::oracle;

/// TensorFlow's `HardExampleMiner`, of one image.
pub trait Tensorflow {
    /// Mines.
    ///
    /// # Errors
    ///
    /// The index of the first NaN, where a NaN is an error.
    fn tensorflow<F: Float, H: RankKey>(
        boxes: &[[F; 4]],
        losses: &[H],
        matches: &[i32],
        config: &TensorflowConfig,
    ) -> Selected;
}

impl Tensorflow for Oracle {
    #[expect(clippy::cast_possible_truncation, reason = "the original computes in f32")]
    fn tensorflow<F: Float, H: RankKey>(
        boxes: &[[F; 4]],
        losses: &[H],
        matches: &[i32],
        config: &TensorflowConfig,
    ) -> Selected {
        let num_hard = config.num_hard_examples.unwrap_or(usize::MAX);
        let negatives =
            config.max_negatives_per_positive.map(|ratio| (ratio as f32, config.min_negatives_per_image));
        let (threshold, compete) = (F::from_f64(config.iou_threshold), config.ignored == Ignored::Compete);
        let nan = words::nan(config.nan);
        oracle::rules::tensorflow(boxes, losses, matches, num_hard, threshold, negatives, compete, nan)
    }
}

impl Tensorflow for Core {
    fn tensorflow<F: Float, H: RankKey>(
        boxes: &[[F; 4]],
        losses: &[H],
        matches: &[i32],
        config: &TensorflowConfig,
    ) -> Selected {
        let most = config.num_hard_examples.unwrap_or(usize::MAX).min(losses.len());
        at_capacity!(most, in_fixed::<F, H>(boxes, losses, matches, config))
    }
}

#[inline(never)]
fn in_fixed<F: Float, H: RankKey, const B: usize>(
    boxes: &[[F; 4]],
    losses: &[H],
    matches: &[i32],
    config: &TensorflowConfig,
) -> Selected {
    Arrays::<F, H, B>::in_windows(|storage| {
        let (boxes, matches) = (BBox::from_rows(boxes), words::matches(matches));
        let hard = ohem_core::rules::tensorflow(boxes, losses, &matches, config, storage);
        hard.map(|hard| wide(hard.indices())).map_err(first_nan)
    })
}

impl Tensorflow for Std {
    fn tensorflow<F: Float, H: RankKey>(
        boxes: &[[F; 4]],
        losses: &[H],
        matches: &[i32],
        config: &TensorflowConfig,
    ) -> Selected {
        let (boxes, matches) = (BBox::from_rows(boxes), words::matches(matches));
        let mut storage = VecStorage::<F, H>::new();
        let hard = ohem_std::rules::tensorflow(boxes, losses, &matches, config, &mut storage);
        hard.map(|hard| wide(hard.indices())).map_err(first_nan)
    }
}
