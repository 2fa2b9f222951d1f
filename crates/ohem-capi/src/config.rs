//! How to mine: the configuration, and the choices that C makes by numbers.

use crate::status::{Refusal, Status};

/// How wide a box is: one of `OHEM_CONVENTION_...`.
pub type Convention = u32;
/// `x2 - x1`: corners are points (torchvision, COCO).
pub const OHEM_CONVENTION_CONTINUOUS: Convention = 0;
/// `x2 - x1 + 1`: corners are pixels, both inside the box (PASCAL VOC, the reference).
pub const OHEM_CONVENTION_PIXEL: Convention = 1;

/// Which side of the threshold suppresses: one of `OHEM_SUPPRESS_...`.
pub type Suppress = u32;
/// `iou > t`: the reference's GPU and Python NMS, torchvision.
pub const OHEM_SUPPRESS_ABOVE: Suppress = 0;
/// `iou >= t`: the reference's Cython NMS.
pub const OHEM_SUPPRESS_AT_OR_ABOVE: Suppress = 1;

/// What is done with a loss that is NaN: one of `OHEM_NAN_...`.
pub type NanPolicy = u32;
/// It is an error that names the first one.
pub const OHEM_NAN_ERROR: NanPolicy = 0;
/// It is left out: neither visited nor selected.
pub const OHEM_NAN_SKIP: NanPolicy = 1;
/// It ranks before everything, +infinity included.
pub const OHEM_NAN_FIRST: NanPolicy = 2;

/// How to mine, or to suppress.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MineConfig {
    /// How many RoIs to select at the most, over all images; NMS ignores it.
    pub batch_size: usize,
    /// The IoU from which a harder RoI of the same group suppresses, rounded to the float type of the boxes.
    pub nms_threshold: f64,
    /// Whether anything is suppressed: 0 if not.
    pub with_nms: u32,
    /// Which side of the threshold suppresses.
    pub suppress: Suppress,
    /// How wide a box is.
    pub convention: Convention,
    /// What is done with a loss that is NaN.
    pub nan: NanPolicy,
}

/// The paper's setting on continuous boxes: NMS at IoU > 0.7.
#[unsafe(export_name = "ohem_mine_config_new")]
pub extern "C" fn new(batch_size: usize) -> MineConfig {
    ohem_core::MineConfig::new(batch_size).into()
}

/// The reference's setting (Fast R-CNN): 128 RoIs, NMS at IoU > 0.7, pixel boxes.
#[unsafe(export_name = "ohem_mine_config_fast_rcnn")]
pub extern "C" fn fast_rcnn() -> MineConfig {
    ohem_core::MineConfig::fast_rcnn().into()
}

impl From<ohem_core::MineConfig> for MineConfig {
    fn from(config: ohem_core::MineConfig) -> Self {
        let convention = match config.convention {
            ohem_core::Convention::Continuous => OHEM_CONVENTION_CONTINUOUS,
            ohem_core::Convention::Pixel => OHEM_CONVENTION_PIXEL,
        };
        let suppress = match config.suppress {
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
            nms_threshold: config.nms_threshold.unwrap_or_default(),
            with_nms: config.nms_threshold.is_some().into(),
            suppress,
            convention,
            nan,
        }
    }
}

impl MineConfig {
    /// The same in core's types.
    pub(crate) fn checked(&self) -> Result<ohem_core::MineConfig, Refusal> {
        let suppress = match self.suppress {
            OHEM_SUPPRESS_ABOVE => ohem_core::Suppress::Above,
            OHEM_SUPPRESS_AT_OR_ABOVE => ohem_core::Suppress::AtOrAbove,
            _ => return Err(Status::Choice.into()),
        };
        let mut core = ohem_core::MineConfig::new(self.batch_size)
            .suppress(suppress)
            .convention(convention(self.convention)?)
            .nan(nan_policy(self.nan)?);
        core.nms_threshold = (self.with_nms != 0).then_some(self.nms_threshold);
        Ok(core)
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
