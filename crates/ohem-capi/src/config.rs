//! How to mine: the configuration, and the choices that C makes by numbers.

use crate::status::{Refusal, Status};

/// Whether the right and bottom edge belong to the box: one of `OHEM_CONVENTION_...`.
pub type Convention = u32;
/// They do not, so a box is `x2 - x1` wide (torchvision, COCO).
pub const OHEM_CONVENTION_CONTINUOUS: Convention = 0;
/// They do, as pixels: a box is `x2 - x1 + 1` wide (PASCAL VOC, the original).
pub const OHEM_CONVENTION_PIXEL: Convention = 1;

/// Whether an IoU that equals the threshold suppresses: one of `OHEM_SUPPRESS_...`.
pub type Suppress = u32;
/// `iou > t`: the original's GPU and Python NMS, torchvision.
pub const OHEM_SUPPRESS_ABOVE: Suppress = 0;
/// `iou >= t`: the original's Cython NMS.
pub const OHEM_SUPPRESS_AT_OR_ABOVE: Suppress = 1;

/// How a NaN loss is handled: one of `OHEM_NAN_...`.
pub type NanPolicy = u32;
/// It is an error that names the first one.
pub const OHEM_NAN_ERROR: NanPolicy = 0;
/// It is skipped: neither visited nor selected.
pub const OHEM_NAN_SKIP: NanPolicy = 1;
/// It ranks before everything, +infinity included.
pub const OHEM_NAN_FIRST: NanPolicy = 2;

/// How a label that names no class is handled: one of `OHEM_INVALID_KEY_...`.
pub type InvalidKey = u32;
/// It is an error that names the first one.
pub const OHEM_INVALID_KEY_ERROR: InvalidKey = 0;
/// Its RoI is ignored, as one labelled `OHEM_IGNORED` is.
pub const OHEM_INVALID_KEY_IGNORE: InvalidKey = 1;

/// How to mine, or to suppress.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MineConfig {
    /// Largest number of RoIs to select, over all images; NMS does not read it.
    pub batch_size: usize,
    /// Whether a harder RoI suppresses those of its group that overlap it; 0 if not.
    pub with_nms: u32,
    /// IoU above which it does, rounded to the float type of the boxes.
    pub iou_threshold: f64,
    /// Whether an IoU that equals the threshold suppresses.
    pub suppress: Suppress,
    /// Whether the right and bottom edge belong to the box.
    pub convention: Convention,
    /// How a NaN loss is handled.
    pub nan: NanPolicy,
    /// Largest number of RoIs to visit, ignored ones included, which bounds the time of a step; 0 for no limit.
    ///
    /// What the hardest `max_visited` RoIs alone would select is selected. NMS obeys it, too.
    pub max_visited: usize,
}

/// Returns the paper's setting on continuous boxes: NMS at IoU > 0.7.
#[unsafe(export_name = "ohem_mine_config_new")]
pub extern "C" fn new(batch_size: usize) -> MineConfig {
    ohem_core::MineConfig::new(batch_size).into()
}

/// Returns the original's setting (Fast R-CNN): 128 RoIs, NMS at IoU > 0.7, pixel boxes.
#[unsafe(export_name = "ohem_mine_config_fast_rcnn")]
pub extern "C" fn fast_rcnn() -> MineConfig {
    ohem_core::MineConfig::fast_rcnn().into()
}

impl From<ohem_core::MineConfig> for MineConfig {
    fn from(config: ohem_core::MineConfig) -> Self {
        let nms = config.nms.unwrap_or(ohem_core::NmsConfig::new(0.0));
        let convention = match nms.convention {
            ohem_core::Convention::Continuous => OHEM_CONVENTION_CONTINUOUS,
            ohem_core::Convention::Pixel => OHEM_CONVENTION_PIXEL,
        };
        let suppress = match nms.suppress {
            ohem_core::Suppress::Above => OHEM_SUPPRESS_ABOVE,
            ohem_core::Suppress::AtOrAbove => OHEM_SUPPRESS_AT_OR_ABOVE,
        };
        let nan = match config.nan {
            ohem_core::NanPolicy::Error => OHEM_NAN_ERROR,
            ohem_core::NanPolicy::Skip => OHEM_NAN_SKIP,
            ohem_core::NanPolicy::First => OHEM_NAN_FIRST,
        };
        Self {
            batch_size: config.batch_size,
            with_nms: config.nms.is_some().into(),
            iou_threshold: nms.iou_threshold,
            suppress,
            convention,
            nan,
            max_visited: config.max_visited.unwrap_or(0),
        }
    }
}

impl MineConfig {
    /// Converts the configuration to core's types.
    ///
    /// A choice is checked even if it has no effect, so that a struct that was never filled in is noticed.
    pub(crate) fn checked(&self) -> Result<ohem_core::MineConfig, Refusal> {
        let suppress = match self.suppress {
            OHEM_SUPPRESS_ABOVE => ohem_core::Suppress::Above,
            OHEM_SUPPRESS_AT_OR_ABOVE => ohem_core::Suppress::AtOrAbove,
            _ => return Err(Status::Choice.into()),
        };
        let nms = ohem_core::NmsConfig::new(self.iou_threshold)
            .suppress(suppress)
            .convention(convention(self.convention)?);
        let mut config = ohem_core::MineConfig::new(self.batch_size).nan(nan_policy(self.nan)?);
        config.max_visited = (self.max_visited > 0).then_some(self.max_visited);
        Ok(if self.with_nms == 0 { config.without_nms() } else { config.nms(nms) })
    }
}

pub(crate) fn convention(choice: Convention) -> Result<ohem_core::Convention, Refusal> {
    match choice {
        OHEM_CONVENTION_CONTINUOUS => Ok(ohem_core::Convention::Continuous),
        OHEM_CONVENTION_PIXEL => Ok(ohem_core::Convention::Pixel),
        _ => Err(Status::Choice.into()),
    }
}

pub(crate) fn nan_policy(choice: NanPolicy) -> Result<ohem_core::NanPolicy, Refusal> {
    match choice {
        OHEM_NAN_ERROR => Ok(ohem_core::NanPolicy::Error),
        OHEM_NAN_SKIP => Ok(ohem_core::NanPolicy::Skip),
        OHEM_NAN_FIRST => Ok(ohem_core::NanPolicy::First),
        _ => Err(Status::Choice.into()),
    }
}

pub(crate) fn invalid_key(choice: InvalidKey) -> Result<ohem_core::InvalidKey, Refusal> {
    match choice {
        OHEM_INVALID_KEY_ERROR => Ok(ohem_core::InvalidKey::Error),
        OHEM_INVALID_KEY_IGNORE => Ok(ohem_core::InvalidKey::Ignore),
        _ => Err(Status::Choice.into()),
    }
}
