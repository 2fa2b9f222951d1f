//! The features of a RoI: 96 numbers.

use super::channels::{CHANNELS, Channels, MAGNITUDE};
use super::window::Window;

/// Number of features of a RoI: ten channels in 3 x 3 cells, four channels around the box, and its size.
pub const FEATURES: usize = POOLED + AROUND + 2;

/// Number of channels that are also pooled around the box: colours and gradient magnitude.
const AROUND: usize = MAGNITUDE + 1;

/// Number of features from the cells of the box.
const POOLED: usize = 9 * CHANNELS;

/// Pools the channels in the cells of a box and around it, and appends the logarithms of its width and height.
///
/// Cells come row by row, each with all channels. The surroundings reach a third of the width and height beyond the
/// box, as far as they are inside the picture.
///
/// ```
/// use ohem_study::prepare::{Channels, FEATURES, Window, describe};
///
/// let grey = image::RgbImage::from_pixel(30, 30, image::Rgb([90; 3]));
/// let features = describe(&Channels::of(&grey), Window { left: 5, top: 5, right: 14, bottom: 14 });
/// assert_eq!((features[0], features[10], features[90]), (90.0, 90.0, 90.0)); // two cells, and the surroundings
/// assert_eq!(features[FEATURES - 1], libm::logf(9.0));
/// ```
pub fn describe(channels: &Channels, window: Window) -> [f32; FEATURES] {
    let mut features = [0.0; FEATURES];
    let (cells, rest) = features.split_at_mut(POOLED);
    let (across, down) = (thirds(window.left, window.width()), thirds(window.top, window.height()));
    for (index, cell) in cells.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
        let ([left, right], [top, bottom]) = (across[index % 3], down[index / 3]);
        *cell = channels.means(Window { left, top, right, bottom });
    }
    let outer = window.widened([window.width(), window.height()].map(|side| (side + 2) / 3));
    // The surroundings are the outer window minus the inner one.
    let ((inside, area), (all, area_of_all)) = (channels.sums(window), channels.sums(outer));
    let area = area_of_all.saturating_sub(area).max(1) as f32; // without surroundings, the sums are 0
    let (around, size) = rest.split_at_mut(AROUND);
    for (mean, (all, inside)) in around.iter_mut().zip(all.into_iter().zip(inside)) {
        *mean = all.wrapping_sub(inside) as f32 / area;
    }
    size.copy_from_slice(&[window.width(), window.height()].map(|side| libm::logf(side as f32)));
    features
}

/// The start and end of each third of a side.
fn thirds(from: i32, length: i32) -> [[i32; 2]; 3] {
    [0, 1, 2].map(|third| [from + length * third / 3, from + length * (third + 1) / 3])
}

/// A linear map that gives each feature mean 0 and standard deviation 1 over some rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FeatureScale {
    means: [f32; FEATURES],
    factors: [f32; FEATURES],
}

impl FeatureScale {
    /// Computes mean and standard deviation of each feature. A feature that does not vary is mapped to 0.
    pub(crate) fn of<'a>(rows: impl Iterator<Item = &'a [f32; FEATURES]> + Clone) -> Self {
        let count = rows.clone().count().max(1) as f64;
        let mut means = [0.0; FEATURES];
        for row in rows.clone() {
            means.iter_mut().zip(row).for_each(|(sum, &value)| *sum += f64::from(value) / count);
        }
        let mut variances = [0.0; FEATURES];
        for row in rows {
            for ((sum, &value), mean) in variances.iter_mut().zip(row).zip(means) {
                *sum += (f64::from(value) - mean) * (f64::from(value) - mean) / count;
            }
        }
        let factor = |variance: f64| if variance > 1e-9 { rounded(1.0 / variance.sqrt()) } else { 0.0 };
        Self { means: means.map(rounded), factors: variances.map(factor) }
    }

    /// Applies the map.
    pub(crate) fn scaled(&self, mut features: [f32; FEATURES]) -> [f32; FEATURES] {
        for ((feature, mean), factor) in features.iter_mut().zip(self.means).zip(self.factors) {
            *feature = (*feature - mean) * factor;
        }
        features
    }
}

#[expect(clippy::cast_possible_truncation, reason = "features are f32")]
fn rounded(value: f64) -> f32 {
    value as f32
}

/// Rounds a feature to the 32nds of a pack, and clamps it to their range.
#[expect(clippy::cast_possible_truncation, reason = "clamped before")]
pub(crate) fn packed(feature: f32) -> i8 {
    (feature / ohem_pack::FEATURE_SCALE).round().clamp(-127.0, 127.0) as i8
}
