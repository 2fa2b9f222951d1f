//! What to mine: the batch, the suppression, and how a NaN is handled.

use crate::admit::SuppressionTest as _;
use crate::error::ConfigError;
use crate::{Convention, Coordinate, NanPolicy};

/// Whether an IoU that equals the threshold suppresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Suppress {
    /// `iou > t`: the original's GPU and Python NMS, torchvision.
    #[default]
    Above,
    /// `iou >= t`: the original's Cython NMS.
    AtOrAbove,
}

/// How non-maximum suppression drops a box that overlaps a better one of its group.
///
/// ```
/// use ohem_core::{Convention, NmsConfig};
///
/// let config = NmsConfig::new(0.5).convention(Convention::Pixel);
/// assert_eq!((config.iou_threshold, config.convention), (0.5, Convention::Pixel));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct NmsConfig {
    /// IoU above which a better box suppresses, rounded to the boxes' float type and compared in that.
    pub iou_threshold: f64,
    /// Whether an IoU that equals the threshold suppresses.
    pub suppress: Suppress,
    /// Whether the right and bottom edge belong to the box.
    pub convention: Convention,
}

impl NmsConfig {
    /// Suppresses above this IoU, on continuous boxes.
    pub const fn new(iou_threshold: f64) -> Self {
        Self { iou_threshold, suppress: Suppress::Above, convention: Convention::Continuous }
    }

    /// Sets the IoU above which a better box suppresses.
    pub const fn iou_threshold(self, iou_threshold: f64) -> Self {
        Self { iou_threshold, ..self }
    }

    /// Chooses whether an IoU that equals the threshold suppresses.
    pub const fn suppress(self, suppress: Suppress) -> Self {
        Self { suppress, ..self }
    }

    /// Chooses whether the right and bottom edge belong to the box.
    pub const fn convention(self, convention: Convention) -> Self {
        Self { convention, ..self }
    }

    /// Checks that the threshold is a number.
    ///
    /// # Errors
    ///
    /// If it is NaN.
    pub const fn check(&self) -> Result<(), ConfigError> {
        ConfigError::check_threshold("iou_threshold", self.iou_threshold)
    }

    /// The least IoU that suppresses.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is rounded to the boxes' float type, as documented"
    )]
    const fn least_suppressing(&self) -> LeastIou {
        let single = LeastIou::of_f32(self.iou_threshold as f32, self.suppress).single;
        LeastIou { single, ..LeastIou::of_f64(self.iou_threshold, self.suppress) }
    }
}

/// How to mine hard examples.
///
/// ```
/// use ohem_core::{Convention, MineConfig, NmsConfig, Suppress};
///
/// let config = MineConfig::new(64).nms(NmsConfig::new(0.5).suppress(Suppress::AtOrAbove));
/// assert_eq!((config.batch_size, config.nms.unwrap().iou_threshold), (64, 0.5));
/// assert_eq!(MineConfig::fast_rcnn().nms, Some(NmsConfig::new(0.7).convention(Convention::Pixel)));
/// assert_eq!(config.without_nms().nms, None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct MineConfig {
    /// Largest number of RoIs to select, over all images.
    pub batch_size: usize,
    /// How a harder RoI suppresses those of its group that overlap it; `None` for no suppression.
    pub nms: Option<NmsConfig>,
    /// How a NaN loss is handled.
    pub nan: NanPolicy,
    /// Largest number of RoIs to visit, those passed over because they are ignored included; `None` for no limit.
    ///
    /// It bounds the time of a step, whatever the input. The step selects as if there were only the `max_visited`
    /// hardest RoIs; [`Selection::is_partial`](crate::Selection::is_partial) says whether the limit ended it.
    pub max_visited: Option<usize>,
}

impl MineConfig {
    /// The paper's setting on continuous boxes: NMS at IoU > 0.7.
    pub const fn new(batch_size: usize) -> Self {
        Self { batch_size, nms: Some(NmsConfig::new(0.7)), nan: NanPolicy::Error, max_visited: None }
    }

    /// The original's setting (Fast R-CNN): 128 RoIs, NMS at IoU > 0.7, pixel boxes.
    pub const fn fast_rcnn() -> Self {
        Self::new(128).nms(NmsConfig::new(0.7).convention(Convention::Pixel))
    }

    /// Sets the largest number of RoIs to select.
    pub const fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size, ..self }
    }

    /// Sets how a harder RoI suppresses others.
    pub const fn nms(self, nms: NmsConfig) -> Self {
        Self { nms: Some(nms), ..self }
    }

    /// Suppresses nothing: selects the hardest RoIs, whatever they overlap.
    pub const fn without_nms(self) -> Self {
        Self { nms: None, ..self }
    }

    /// Chooses how a NaN loss is handled.
    pub const fn nan(self, nan: NanPolicy) -> Self {
        Self { nan, ..self }
    }

    /// Limits the number of RoIs to visit.
    ///
    /// ```
    /// use ohem_core::{ArrayStorage, BBox, MineConfig};
    ///
    /// // A diverged model: all boxes are the image.
    /// let (boxes, losses) = ([BBox::new(0.0, 0.0, 640.0, 480.0); 1000], [1.0_f32; 1000]);
    /// let config = MineConfig::new(8).max_visited(100);
    /// let mut storage = ArrayStorage::<f32, 8>::new();
    /// let hard = ohem_core::mine(&boxes, &[0; 1000], &[0; 1000], &losses, &config, &mut storage)?;
    /// assert_eq!((hard.indices(), hard.visited(), hard.is_partial()), (&[0][..], 100, true));
    /// # Ok::<(), ohem_core::MineError>(())
    /// ```
    pub const fn max_visited(self, max_visited: usize) -> Self {
        Self { max_visited: Some(max_visited), ..self }
    }

    /// Checks that the configuration makes sense, and that `capacity` selected RoIs are enough for it.
    ///
    /// # Errors
    ///
    /// If the threshold is NaN, or the batch size exceeds the capacity.
    pub const fn check(&self, capacity: usize) -> Result<(), ConfigError> {
        if let Some(nms) = &self.nms
            && let Err(error) = nms.check()
        {
            return Err(error);
        }
        ConfigError::check_capacity("selected RoIs", self.batch_size, capacity)
    }

    /// The least IoU that suppresses.
    pub(crate) const fn least_iou(&self) -> LeastIou {
        match self.nms {
            Some(nms) => nms.least_suppressing(),
            None => LeastIou::NONE,
        }
    }

    /// The configuration as mining reads it.
    pub(crate) fn resolve(&self) -> ResolvedConfig {
        self.resolved(self.least_iou())
    }

    /// The same, where the least IoU is known.
    #[inline(always)]
    pub(crate) fn resolved(&self, least_iou: LeastIou) -> ResolvedConfig {
        let Self { batch_size, nms, nan, max_visited } = *self;
        ResolvedConfig {
            batch_size,
            least_iou,
            convention: nms.map_or(Convention::Continuous, |nms| nms.convention),
            nan,
            max_visited: max_visited.unwrap_or(usize::MAX),
        }
    }
}

/// The least IoU that suppresses, in both float types of boxes; above 1 if no IoU does.
///
/// Small cores compute `f64` in software, so a miner converts it once, or when the program is compiled.
#[derive(Clone, Copy, Debug)]
pub struct LeastIou {
    pub(crate) single: f32,
    pub(crate) double: f64,
}

impl LeastIou {
    /// None suppresses.
    pub const NONE: Self = Self { single: f32::INFINITY, double: f64::INFINITY };

    /// Of boxes of `f32` alone, without arithmetic in `f64`; boxes of `f64` are not suppressed.
    pub const fn of_f32(iou_threshold: f32, suppress: Suppress) -> Self {
        let single = match suppress {
            Suppress::Above => iou_threshold.next_up(),
            Suppress::AtOrAbove => iou_threshold,
        };
        Self { single, ..Self::NONE }
    }

    /// Of boxes of `f64` alone; boxes of `f32` are not suppressed.
    pub const fn of_f64(iou_threshold: f64, suppress: Suppress) -> Self {
        let double = match suppress {
            Suppress::Above => iou_threshold.next_up(),
            Suppress::AtOrAbove => iou_threshold,
        };
        Self { double, ..Self::NONE }
    }
}

/// A configuration as mining reads it.
#[derive(Clone, Copy)]
pub(crate) struct ResolvedConfig {
    pub(crate) batch_size: usize,
    least_iou: LeastIou,
    convention: Convention,
    pub(crate) nan: NanPolicy,
    pub(crate) max_visited: usize,
}

impl ResolvedConfig {
    /// How many RoIs a batch visits, as a rule: rarely more than twice its size.
    pub(crate) const fn expected_visits(&self) -> usize {
        self.batch_size.saturating_mul(3)
    }

    /// How boxes suppress each other; `None` if nothing is suppressed.
    #[inline]
    pub(crate) fn test<C: Coordinate>(&self) -> Option<C::Test> {
        C::Test::new(self.least_iou, self.convention)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_iou_exceeds_one_so_nothing_is_tested_there() {
        let least = |config: NmsConfig| {
            MineConfig::new(1).nms(config).resolve().test::<f32>().map(|test| test.threshold())
        };
        let above = NmsConfig::new(0.7);
        assert_eq!((least(above), least(above.iou_threshold(1.0))), (Some(0.7_f32.next_up()), None));
        assert_eq!(least(above.iou_threshold(f64::INFINITY)), None);
        let at_or_above = above.suppress(Suppress::AtOrAbove);
        assert_eq!((least(at_or_above), least(at_or_above.iou_threshold(1.0))), (Some(0.7), Some(1.0)));
        let beyond = MineConfig::new(1).nms(at_or_above.iou_threshold(1.1));
        assert_eq!(beyond.resolve().test::<f64>().map(|test| test.threshold()), None);
        assert_eq!(least(above.iou_threshold(0.0)), Some(f32::from_bits(1)));
        assert_eq!(least(above.iou_threshold(f64::NEG_INFINITY)), Some(f32::MIN));
        assert_eq!(
            MineConfig::new(1).without_nms().resolve().test::<f32>().map(|test| test.threshold()),
            None
        );
    }

    #[test]
    fn each_setting_changes_what_it_names_and_nothing_else() {
        let nms = NmsConfig::new(0.7).iou_threshold(0.5).suppress(Suppress::AtOrAbove);
        let nms = nms.convention(Convention::Pixel);
        let want =
            NmsConfig { iou_threshold: 0.5, suppress: Suppress::AtOrAbove, convention: Convention::Pixel };
        assert_eq!(nms, want);
        let config = MineConfig::new(64).batch_size(7).nms(nms).nan(NanPolicy::Skip).max_visited(9);
        let nan = NanPolicy::Skip;
        assert_eq!(config, MineConfig { batch_size: 7, nms: Some(want), nan, max_visited: Some(9) });
        assert_eq!(config.without_nms(), MineConfig { nms: None, ..config });
        let original = NmsConfig::new(0.7).convention(Convention::Pixel);
        assert_eq!(MineConfig::fast_rcnn(), MineConfig::new(128).nms(original));
    }

    #[test]
    fn a_configuration_is_refused_by_the_name_of_what_is_wrong() {
        let config = MineConfig::new(3);
        assert_eq!(config.check(3), Ok(()));
        let needed = ConfigError::Capacity { what: "selected RoIs", needed: 3, capacity: 2 };
        assert_eq!(config.check(2), Err(needed));
        let nan = ConfigError::Setting { name: "iou_threshold", expected: "a number, not NaN" };
        assert_eq!(config.nms(NmsConfig::new(f64::NAN)).check(9), Err(nan));
    }
}
