//! A minibatch at random: the baseline that mining replaces.
//!
//! Which RoIs are drawn depends on nothing but the overlaps, the configuration and the generator's numbers:
//! the same on every target.

use core::fmt;

use rand_core::Rng;

use crate::Float;
use crate::random::draw;

use super::split::list;
use super::{LabelConfig, Split, SplitError};

/// How many RoIs of an image to draw, and of what.
///
/// ```
/// use ohem_core::targets::SampleConfig;
///
/// let config = SampleConfig::new(64);
/// assert_eq!((config.foreground_fraction, config.foreground_places()), (0.25, Some(16)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SampleConfig {
    /// How many RoIs to draw at the most.
    pub batch_size: usize,
    /// How much of the batch may be foreground; the reference's `FG_FRACTION`.
    pub foreground_fraction: f64,
    /// What is foreground, and what background.
    pub labels: LabelConfig,
}

impl SampleConfig {
    /// Draws up to a quarter foreground, the rest of the batch background.
    pub const fn new(batch_size: usize) -> Self {
        Self { batch_size, foreground_fraction: 0.25, labels: LabelConfig::new() }
    }

    /// What Fast R-CNN without mining draws from each of two images: 64 RoIs, 16 of them foreground.
    ///
    /// Background there overlaps the ground truth by 0.1 at least.
    pub const fn fast_rcnn() -> Self {
        Self { labels: LabelConfig::fast_rcnn().background(0.1, 0.5), ..Self::new(64) }
    }

    /// Draws up to this part foreground.
    pub const fn foreground_fraction(self, foreground_fraction: f64) -> Self {
        Self { foreground_fraction, ..self }
    }

    /// Chooses what is foreground, and what background.
    pub const fn labels(self, labels: LabelConfig) -> Self {
        Self { labels, ..self }
    }

    /// How many RoIs may be foreground: the fraction of the batch, rounded, halves to even.
    ///
    /// None if the fraction is not in `0..=1`.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "in 0..=1 of a number that is a usize; nobody draws 2^53 RoIs"
    )]
    pub fn foreground_places(&self) -> Option<usize> {
        let places = libm::rint(self.foreground_fraction * self.batch_size as f64);
        (0.0..=1.0).contains(&self.foreground_fraction).then_some((places as usize).min(self.batch_size))
    }
}

/// Draws foreground and background RoIs of an image at random, without replacement.
///
/// Up to [`SampleConfig::foreground_places`] foreground RoIs, or as many as there are; then background RoIs up
/// to the batch size, or as many as there are. Every choice of so many is equally likely, up to the quality of
/// the generator. Where there is no foreground the batch is background, and the other way round it is only
/// the foreground's part. Memory is used as by [`split`](super::split()), and the draw is at its beginning, in
/// random order. O(n).
///
/// A batch over several images is drawn image by image.
///
/// Source: `_sample_rois` of the reference, which draws with numpy's generator.
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
/// # Ok::<(), ohem_core::targets::SampleError>(())
/// ```
pub fn sample<'a, F: Float, R: Rng + ?Sized>(
    overlaps: &[F],
    config: &SampleConfig,
    generator: &mut R,
    memory: &'a mut [u32],
) -> Result<Split<&'a [u32]>, SampleError> {
    let fraction = config.foreground_fraction;
    let places = config.foreground_places().ok_or(SampleError::Fraction { fraction })?;
    let (listed, foreground) = list(overlaps, &config.labels, memory)?;
    let first = draw(listed.get_mut(..foreground).unwrap_or_default(), places, generator);
    let places = config.batch_size.saturating_sub(first);
    let background = draw(listed.get_mut(foreground..).unwrap_or_default(), places, generator);
    for at in 0..background {
        let index = listed.get(foreground.saturating_add(at)).copied();
        if let (Some(index), Some(place)) = (index, listed.get_mut(first.saturating_add(at))) {
            *place = index;
        }
    }
    let drawn: &'a [u32] = listed;
    Ok(Split::new(drawn.get(..first.saturating_add(background)).unwrap_or_default(), first))
}

/// Why RoIs could not be drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum SampleError {
    /// The foreground fraction is not in `0..=1`.
    Fraction {
        /// The fraction.
        fraction: f64,
    },
    /// Foreground and background could not be listed.
    Split(SplitError),
}

impl From<SplitError> for SampleError {
    fn from(error: SplitError) -> Self {
        Self::Split(error)
    }
}

impl fmt::Display for SampleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fraction { fraction } => write!(f, "a foreground fraction of {fraction}, not in 0..=1"),
            Self::Split(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for SampleError {}
