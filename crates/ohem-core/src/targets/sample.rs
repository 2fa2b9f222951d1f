//! A minibatch at random: the baseline that mining replaces.
//!
//! The draw depends on the overlaps, the configuration and the generator's numbers alone, so it is the same
//! on every target.

use rand_core::Rng;

use crate::Float;
use crate::error::{ConfigError, InputError};
use crate::random::draw;

use super::split::list;
use super::{ForegroundBackground, LabelConfig};

/// How many RoIs of an image are drawn, and how many of them may be foreground.
///
/// ```
/// use ohem_core::targets::SampleConfig;
///
/// let config = SampleConfig::new(64);
/// assert_eq!((config.foreground_fraction, config.max_foreground()), (0.25, Some(16)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct SampleConfig {
    /// Largest number of RoIs to draw.
    pub batch_size: usize,
    /// Largest fraction of the batch that may be foreground; the original's `FG_FRACTION`.
    pub foreground_fraction: f64,
    /// IoU thresholds for foreground and background.
    pub labels: LabelConfig,
}

impl SampleConfig {
    /// Draws up to a quarter of the batch from foreground, the rest from background.
    pub const fn new(batch_size: usize) -> Self {
        Self { batch_size, foreground_fraction: 0.25, labels: LabelConfig::new() }
    }

    /// Fast R-CNN's setting without mining, for each of two images: 64 RoIs, up to 16 of them foreground.
    ///
    /// Background has an IoU of at least 0.1 with the ground truth.
    pub const fn fast_rcnn() -> Self {
        Self { labels: LabelConfig::fast_rcnn().background(0.1, 0.5), ..Self::new(64) }
    }

    /// Sets the largest number of RoIs to draw.
    pub const fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size, ..self }
    }

    /// Sets the largest fraction of the batch that may be foreground.
    pub const fn foreground_fraction(self, foreground_fraction: f64) -> Self {
        Self { foreground_fraction, ..self }
    }

    /// Sets the IoU thresholds for foreground and background.
    pub const fn labels(self, labels: LabelConfig) -> Self {
        Self { labels, ..self }
    }

    /// Largest number of foreground RoIs: the fraction of the batch, rounded, halves to even.
    ///
    /// `None` if the fraction is not in `0..=1`.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "in 0..=1 of a number that is a usize; nobody draws 2^53 RoIs"
    )]
    pub fn max_foreground(&self) -> Option<usize> {
        let rounded = libm::rint(self.foreground_fraction * self.batch_size as f64);
        (0.0..=1.0).contains(&self.foreground_fraction).then_some((rounded as usize).min(self.batch_size))
    }
}

/// Draws foreground and background RoIs of an image at random, without replacement.
///
/// First up to [`SampleConfig::max_foreground`] foreground RoIs, then background RoIs up to the batch size.
/// An image with too few of one kind gives all it has; foreground does not replace missing background. Every
/// draw of this size is equally likely, up to the quality of the generator. The draw is at the start of
/// `memory`, in random order; `memory` needs the length that [`split`](super::split()) needs. O(n).
///
/// Draw a batch over several images image by image.
///
/// Source: `_sample_rois` of the original, which draws with numpy's generator.
///
/// # Errors
///
/// As [`split`](super::split()), or if the fraction is not in `0..=1`.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::{SampleConfig, sample};
/// use rand::{SeedableRng, rngs::SmallRng};
///
/// let mut generator = SmallRng::seed_from_u64(1);
/// let mut memory = [0; 6];
/// let config = SampleConfig::new(4).foreground_fraction(0.5);
/// let drawn = sample(&[0.1, 0.9, 0.8, 0.2, 0.7, 0.0], &config, &mut generator, &mut memory)?;
/// assert_eq!((drawn.foreground().len(), drawn.background().len()), (2, 2));
/// assert!(drawn.foreground().iter().all(|index| [1, 2, 4].contains(index)));
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn sample<'a, F: Float, R: Rng + ?Sized>(
    overlaps: &[F],
    config: &SampleConfig,
    generator: &mut R,
    memory: &'a mut [u32],
) -> Result<ForegroundBackground<&'a [u32]>, InputError> {
    let fraction = ConfigError::Setting { name: "foreground_fraction", expected: "a number from 0 to 1" };
    let max_foreground = config.max_foreground().ok_or(fraction)?;
    let (listed, foreground) = list(overlaps, &config.labels, memory)?;
    let first = draw(listed.get_mut(..foreground).unwrap_or_default(), max_foreground, generator);
    let max_background = config.batch_size.saturating_sub(first);
    let background = draw(listed.get_mut(foreground..).unwrap_or_default(), max_background, generator);
    // Foreground that was not drawn lies between the two draws: move the background up.
    for nth in 0..background {
        let index = listed.get(foreground.saturating_add(nth)).copied();
        if let (Some(index), Some(slot)) = (index, listed.get_mut(first.saturating_add(nth))) {
            *slot = index;
        }
    }
    let drawn: &'a [u32] = listed;
    let drawn = drawn.get(..first.saturating_add(background)).unwrap_or_default();
    Ok(ForegroundBackground::new(drawn, first))
}
