//! What to mine: the batch, the suppression, and what to do with a NaN.

use core::fmt;

use crate::{Convention, Float, NanPolicy};

/// Which side of the threshold suppresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Suppress {
    /// `iou > t`: the reference's GPU and Python NMS, torchvision.
    #[default]
    Above,
    /// `iou >= t`: the reference's Cython NMS.
    AtOrAbove,
}

/// How to mine hard examples.
///
/// ```
/// use ohem_core::{Convention, MineConfig, Suppress};
///
/// let config = MineConfig::new(64).nms_threshold(0.5).suppress(Suppress::AtOrAbove);
/// assert_eq!(config.batch_size, 64);
/// assert_eq!(config.convention, Convention::Continuous);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct MineConfig {
    /// How many RoIs to select at the most, over all images.
    pub batch_size: usize,
    /// The IoU from which a harder RoI of the same group suppresses; no NMS if there is none.
    ///
    /// It is rounded to the float type of the boxes, and compared in that.
    pub nms_threshold: Option<f64>,
    /// Which side of the threshold suppresses.
    pub suppress: Suppress,
    /// How wide a box is.
    pub convention: Convention,
    /// What is done with a loss that is NaN.
    pub nan: NanPolicy,
}

impl MineConfig {
    /// The paper's setting on continuous boxes: NMS at IoU > 0.7.
    pub const fn new(batch_size: usize) -> Self {
        Self {
            batch_size,
            nms_threshold: Some(0.7),
            suppress: Suppress::Above,
            convention: Convention::Continuous,
            nan: NanPolicy::Error,
        }
    }

    /// The reference's setting (Fast R-CNN): 128 RoIs, NMS at IoU > 0.7, pixel boxes.
    pub const fn fast_rcnn() -> Self {
        Self { convention: Convention::Pixel, ..Self::new(128) }
    }

    /// Selects at the most `batch_size` RoIs.
    pub const fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size, ..self }
    }

    /// Suppresses from this IoU.
    pub const fn nms_threshold(self, threshold: f64) -> Self {
        Self { nms_threshold: Some(threshold), ..self }
    }

    /// Suppresses nothing: the hardest RoIs, whatever they overlap.
    pub const fn without_nms(self) -> Self {
        Self { nms_threshold: None, ..self }
    }

    /// Chooses the side of the threshold that suppresses.
    pub const fn suppress(self, suppress: Suppress) -> Self {
        Self { suppress, ..self }
    }

    /// Chooses how wide a box is.
    pub const fn convention(self, convention: Convention) -> Self {
        Self { convention, ..self }
    }

    /// Chooses what is done with a loss that is NaN.
    pub const fn nan(self, nan: NanPolicy) -> Self {
        Self { nan, ..self }
    }

    /// Checks that it makes sense, with memory to select `capacity` RoIs.
    ///
    /// # Errors
    ///
    /// If the threshold is NaN, or the batch size exceeds the capacity.
    pub fn check(&self, capacity: usize) -> Result<(), ConfigError> {
        if self.nms_threshold.is_some_and(f64::is_nan) {
            Err(ConfigError::NanThreshold)
        } else if self.batch_size > capacity {
            Err(ConfigError::BatchSize { batch_size: self.batch_size, capacity })
        } else {
            Ok(())
        }
    }

    /// The least IoU that suppresses; none where no IoU does.
    pub(crate) fn least_suppressing<F: Float>(&self) -> Option<F> {
        let threshold = F::from_f64(self.nms_threshold?);
        let least = match self.suppress {
            Suppress::Above => Float::next_up(threshold),
            Suppress::AtOrAbove => threshold,
        };
        (least <= F::one()).then_some(least)
    }

    /// The same in the float type of the boxes.
    pub(crate) fn ready<F: Float>(&self) -> Ready<F> {
        let Self { batch_size, convention, nan, .. } = *self;
        Ready { batch_size, threshold: self.least_suppressing(), convention, nan }
    }
}

/// A configuration in the float type of the boxes: small cores compute `f64` in software, so that is done only once.
#[derive(Clone, Copy)]
pub(crate) struct Ready<F> {
    pub(crate) batch_size: usize,
    /// The least IoU that suppresses; none where no IoU does.
    pub(crate) threshold: Option<F>,
    pub(crate) convention: Convention,
    pub(crate) nan: NanPolicy,
}

/// How to suppress what overlaps a better box.
///
/// ```
/// use ohem_core::{Convention, NmsConfig};
///
/// let config = NmsConfig::new(0.5).convention(Convention::Pixel);
/// assert_eq!(config.threshold, 0.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct NmsConfig {
    /// The IoU from which a better box of the same group suppresses, compared in the boxes' float type.
    pub threshold: f64,
    /// Which side of the threshold suppresses.
    pub suppress: Suppress,
    /// How wide a box is.
    pub convention: Convention,
    /// What is done with a score that is NaN.
    pub nan: NanPolicy,
}

impl NmsConfig {
    /// Suppresses above this IoU, on continuous boxes.
    pub const fn new(threshold: f64) -> Self {
        Self {
            threshold,
            suppress: Suppress::Above,
            convention: Convention::Continuous,
            nan: NanPolicy::Error,
        }
    }

    /// Chooses the side of the threshold that suppresses.
    pub const fn suppress(self, suppress: Suppress) -> Self {
        Self { suppress, ..self }
    }

    /// Chooses how wide a box is.
    pub const fn convention(self, convention: Convention) -> Self {
        Self { convention, ..self }
    }

    /// Chooses what is done with a score that is NaN.
    pub const fn nan(self, nan: NanPolicy) -> Self {
        Self { nan, ..self }
    }

    /// NMS is mining that keeps as many as there is room for.
    pub const fn keeping(self, at_most: usize) -> MineConfig {
        MineConfig {
            batch_size: at_most,
            nms_threshold: Some(self.threshold),
            suppress: self.suppress,
            convention: self.convention,
            nan: self.nan,
        }
    }
}

/// Why a configuration was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// The threshold is NaN.
    NanThreshold,
    /// There is no memory to select so many RoIs.
    BatchSize {
        /// How many were asked for.
        batch_size: usize,
        /// How many there is memory for.
        capacity: usize,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NanThreshold => f.write_str("the NMS threshold is NaN"),
            Self::BatchSize { batch_size, capacity } => {
                write!(f, "a batch of {batch_size}, but memory for {capacity}")
            }
        }
    }
}

impl core::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_iou_exceeds_one_so_nothing_is_tested_there() {
        let config = MineConfig::new(1);
        assert_eq!(config.nms_threshold(1.0).least_suppressing::<f32>(), None);
        assert_eq!(config.nms_threshold(f64::INFINITY).least_suppressing::<f32>(), None);
        assert_eq!(config.without_nms().least_suppressing::<f32>(), None);
        let inclusive = config.suppress(Suppress::AtOrAbove);
        assert_eq!(inclusive.nms_threshold(1.0).least_suppressing::<f64>(), Some(1.0));
        assert_eq!(inclusive.nms_threshold(1.1).least_suppressing::<f64>(), None);
        assert_eq!(config.nms_threshold(0.0).least_suppressing(), Some(f32::from_bits(1)));
        assert_eq!(config.nms_threshold(f64::NEG_INFINITY).least_suppressing(), Some(f32::MIN));
    }

    #[test]
    fn each_setting_changes_what_it_names_and_nothing_else() {
        let new = MineConfig::new(64);
        assert_eq!(MineConfig::fast_rcnn(), new.batch_size(128).convention(Convention::Pixel));
        let set = new
            .batch_size(7)
            .nms_threshold(0.5)
            .suppress(Suppress::AtOrAbove)
            .convention(Convention::Pixel)
            .nan(NanPolicy::Skip);
        let want = MineConfig {
            batch_size: 7,
            nms_threshold: Some(0.5),
            suppress: Suppress::AtOrAbove,
            convention: Convention::Pixel,
            nan: NanPolicy::Skip,
        };
        assert_eq!(set, want);
        assert_eq!(set.without_nms(), MineConfig { nms_threshold: None, ..want });
        let nms = NmsConfig::new(0.5).suppress(Suppress::AtOrAbove).convention(Convention::Pixel);
        assert_eq!(nms.nan(NanPolicy::Skip).keeping(7), want);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let config = MineConfig::new(8);
        assert_eq!(config.check(8), Ok(()));
        assert_eq!(config.check(7), Err(ConfigError::BatchSize { batch_size: 8, capacity: 7 }));
        assert_eq!(config.nms_threshold(f64::NAN).check(8), Err(ConfigError::NanThreshold));
    }
}
