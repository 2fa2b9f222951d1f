//! The indices of foreground and background RoIs.

use crate::Float;
use crate::error::{ConfigError, InputError};

use super::LabelConfig;

/// Indices of RoIs: foreground first, then background.
///
/// `I` holds the indices: a slice of memory that was lent, or a `Vec`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForegroundBackground<I> {
    indices: I,
    foreground: usize,
}

impl<I: AsRef<[u32]>> ForegroundBackground<I> {
    pub(super) fn new(indices: I, foreground: usize) -> Self {
        Self { indices, foreground }
    }

    /// All indices, foreground first.
    pub fn indices(&self) -> &[u32] {
        self.indices.as_ref()
    }

    /// The indices of foreground.
    pub fn foreground(&self) -> &[u32] {
        self.indices().get(..self.foreground).unwrap_or_default()
    }

    /// The indices of background.
    pub fn background(&self) -> &[u32] {
        self.indices().get(self.foreground..).unwrap_or_default()
    }

    /// Converts the container of the indices: `map(<[_]>::to_vec)` makes it own them.
    pub fn map<J>(self, convert: impl FnOnce(I) -> J) -> ForegroundBackground<J> {
        ForegroundBackground { indices: convert(self.indices), foreground: self.foreground }
    }
}

/// Lists the foreground RoIs and the background RoIs, each in ascending order.
///
/// The IoU of a RoI with the ground truth decides, as [`LabelConfig`] says. RoIs that are neither are left
/// out. A RoI that is both is foreground, or listed twice ([`OnOverlap`](super::OnOverlap)). The list begins
/// at the start of `memory`, which needs as many values as there are RoIs, or twice as many if RoIs are
/// listed twice. O(n).
///
/// Source: `keep_inds` of the original's `_all_rois`, where a RoI that is both is listed twice, and
/// `BG_THRESH_LO` must be 0.
///
/// # Errors
///
/// If a threshold is NaN, there are more RoIs than a `u32` can number, or the list does not fit the memory.
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
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn split<'a, F: Float>(
    overlaps: &[F],
    config: &LabelConfig,
    memory: &'a mut [u32],
) -> Result<ForegroundBackground<&'a [u32]>, InputError> {
    let (indices, foreground) = list(overlaps, config, memory)?;
    Ok(ForegroundBackground::new(indices, foreground))
}

/// Lists foreground and background; returns the list, and the number of foreground RoIs.
pub(super) fn list<'a, F: Float>(
    overlaps: &[F],
    config: &LabelConfig,
    memory: &'a mut [u32],
) -> Result<(&'a mut [u32], usize), ConfigError> {
    config.check()?;
    ConfigError::check_countable("RoIs", overlaps.len())?;
    let foreground = indices_of(overlaps, |overlap| config.is_foreground(overlap));
    let background = indices_of(overlaps, |overlap| config.is_background(overlap));
    let (first, needed) = (foreground.clone().count(), foreground.clone().chain(background.clone()).count());
    let capacity = memory.len();
    let Some(memory) = memory.get_mut(..needed) else {
        return Err(ConfigError::Capacity { what: "listed RoIs", needed, capacity });
    };
    memory.iter_mut().zip(foreground.chain(background)).for_each(|(slot, index)| *slot = index);
    Ok((memory, first))
}

/// The indices of the overlaps that a condition accepts.
fn indices_of<F: Float>(
    overlaps: &[F],
    accepts: impl Fn(F) -> bool + Clone,
) -> impl Iterator<Item = u32> + Clone {
    overlaps.iter().zip(0_u32..).filter(move |(overlap, _)| accepts(**overlap)).map(|(_, index)| index)
}
