//! The suppression rules of the original, as configurations.

use ohem_core::{Convention, MineConfig, NanPolicy, NmsConfig, Suppress};

/// The suppression rules of the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Its Cython NMS.
    AtOrAbove,
    /// Its Python and GPU NMS.
    Above,
    /// `OHEM_USE_NMS = False`.
    WithoutNms,
}

impl Rule {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::AtOrAbove, Self::Above, Self::WithoutNms];

    /// What the files call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::AtOrAbove => "nms_ge",
            Self::Above => "nms_gt",
            Self::WithoutNms => "no_nms",
        }
    }

    /// The rule that the files call so.
    pub(crate) fn called(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }

    /// Which side of the threshold suppresses, where there is a threshold.
    pub(crate) const fn suppress(self) -> Option<Suppress> {
        match self {
            Self::AtOrAbove => Some(Suppress::AtOrAbove),
            Self::Above => Some(Suppress::Above),
            Self::WithoutNms => None,
        }
    }
}

/// A rule of the original as a configuration: pixel boxes, a NaN hardest of all.
pub(crate) fn config(rule: Rule, threshold: f64, batch_size: usize) -> MineConfig {
    let (config, nms) =
        (MineConfig::new(batch_size), NmsConfig::new(threshold).convention(Convention::Pixel));
    let config = rule.suppress().map_or(config.without_nms(), |suppress| config.nms(nms.suppress(suppress)));
    config.nan(NanPolicy::First)
}
