//! The indices of foreground and of background.

use core::fmt;

use crate::Float;

use super::LabelConfig;

/// Indices of RoIs: foreground, and then background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split<I> {
    indices: I,
    foreground: usize,
}

impl<I: AsRef<[u32]>> Split<I> {
    pub(super) fn new(indices: I, foreground: usize) -> Self {
        Self { indices, foreground }
    }

    /// All of them, as they would be gathered: foreground first.
    pub fn indices(&self) -> &[u32] {
        self.indices.as_ref()
    }

    /// Those of foreground.
    pub fn foreground(&self) -> &[u32] {
        self.indices().get(..self.foreground).unwrap_or_default()
    }

    /// Those of background.
    pub fn background(&self) -> &[u32] {
        self.indices().get(self.foreground..).unwrap_or_default()
    }

    /// Holds the indices in another way: `map(<[_]>::to_vec)` makes it own them.
    pub fn map<J>(self, hold: impl FnOnce(I) -> J) -> Split<J> {
        Split { indices: hold(self.indices), foreground: self.foreground }
    }
}

/// Lists the RoIs that are foreground and those that are background, each in ascending order.
///
/// Foreground is what overlaps the ground truth enough, background what overlaps it little enough. RoIs that
/// are neither are left out; one that is both is foreground, or listed twice ([`OnOverlap`](super::OnOverlap)). Memory is
/// used from its beginning. O(n).
///
/// Source: `keep_inds` of the reference's `_all_rois`, where a RoI that is both is listed twice, and
/// `BG_THRESH_LO` must be 0.
///
/// # Errors
///
/// If a threshold is NaN, there are more RoIs than a `u32` can number, or the memory has not a place for each
/// that is listed. As many places as RoIs are enough, twice as many where RoIs are listed twice.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::{LabelConfig, split};
///
/// let mut memory = [0; 4];
/// let config = LabelConfig::new().background(0.1, 0.5);
/// let split = split(&[0.2, 0.7, 0.0, 0.5], &config, &mut memory)?;
/// assert_eq!((split.foreground(), split.background()), (&[1, 3][..], &[0][..]));
/// # Ok::<(), ohem_core::targets::SplitError>(())
/// ```
pub fn split<'a, F: Float>(
    overlaps: &[F],
    config: &LabelConfig,
    memory: &'a mut [u32],
) -> Result<Split<&'a [u32]>, SplitError> {
    let (indices, foreground) = list(overlaps, config, memory)?;
    Ok(Split::new(indices, foreground))
}

/// Lists foreground and background; returns the list, and how many are foreground.
pub(super) fn list<'a, F: Float>(
    overlaps: &[F],
    config: &LabelConfig,
    memory: &'a mut [u32],
) -> Result<(&'a mut [u32], usize), SplitError> {
    if let Some(threshold) = config.nan_threshold() {
        return Err(SplitError::NanThreshold { threshold });
    }
    if u32::try_from(overlaps.len()).is_err() {
        return Err(SplitError::TooMany { overlaps: overlaps.len() });
    }
    let foreground = numbered(overlaps, |overlap| config.is_foreground(overlap));
    let background = numbered(overlaps, |overlap| config.is_background(overlap));
    let (first, needed) = (foreground.clone().count(), foreground.clone().chain(background.clone()).count());
    let places = memory.len();
    let Some(memory) = memory.get_mut(..needed) else {
        return Err(SplitError::Memory { places, needed });
    };
    memory.iter_mut().zip(foreground.chain(background)).for_each(|(place, index)| *place = index);
    Ok((memory, first))
}

/// The indices of the overlaps that are such.
fn numbered<F: Float>(
    overlaps: &[F],
    is_such: impl Fn(F) -> bool + Clone,
) -> impl Iterator<Item = u32> + Clone {
    overlaps.iter().zip(0_u32..).filter(move |(overlap, _)| is_such(**overlap)).map(|(_, index)| index)
}

/// Why RoIs could not be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SplitError {
    /// A threshold is NaN.
    NanThreshold {
        /// Which field of [`LabelConfig`].
        threshold: &'static str,
    },
    /// There are more RoIs than a `u32` can number.
    TooMany {
        /// How many there are.
        overlaps: usize,
    },
    /// The memory that was lent is too small.
    Memory {
        /// How many places there are.
        places: usize,
        /// How many there must be.
        needed: usize,
    },
}

impl fmt::Display for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NanThreshold { threshold } => write!(f, "the threshold `{threshold}` is NaN"),
            Self::TooMany { overlaps } => write!(f, "{overlaps} RoIs, more than a u32 can number"),
            Self::Memory { places, needed } => write!(f, "memory for {places} indices, {needed} are needed"),
        }
    }
}

impl core::error::Error for SplitError {}
