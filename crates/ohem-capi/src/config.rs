//! How to mine: the configuration, and the choices that C makes by numbers.

use ohem_core::Float;
use ohem_core::kernel::mine::LeastIou;

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
pub struct MineConfig<F> {
    /// Largest number of RoIs to select, over all images; NMS does not read it.
    pub batch_size: usize,
    /// Whether a harder RoI suppresses those of its group that overlap it; 0 if not.
    pub with_nms: u32,
    /// IoU above which it does.
    pub iou_threshold: F,
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

/// A configuration whose choices were checked. Its threshold is `least_iou`, not that in `core`.
#[derive(Clone, Copy)]
pub(crate) struct Checked {
    pub(crate) core: ohem_core::MineConfig,
    pub(crate) least_iou: LeastIou,
}

/// The float type of boxes, and so of thresholds: without a conversion, cores without an FPU for `f64` need no code for it.
pub(crate) trait Threshold: Float {
    /// The least IoU that suppresses.
    fn least_iou(self, suppress: ohem_core::Suppress) -> LeastIou;
}

impl Threshold for f32 {
    fn least_iou(self, suppress: ohem_core::Suppress) -> LeastIou {
        LeastIou::of_f32(self, suppress)
    }
}

impl Threshold for f64 {
    fn least_iou(self, suppress: ohem_core::Suppress) -> LeastIou {
        LeastIou::of_f64(self, suppress)
    }
}

impl Checked {
    /// Converts a configuration to core's types.
    ///
    /// A choice is checked even if it has no effect, so that a struct that was never filled in is noticed.
    pub(crate) fn new<F: Threshold>(config: &MineConfig<F>) -> Result<Self, Refusal> {
        let suppress = suppress(config.suppress)?;
        let nms = ohem_core::NmsConfig::new(0.0).convention(convention(config.convention)?);
        let mut core = ohem_core::MineConfig::new(config.batch_size).nan(nan_policy(config.nan)?);
        core.max_visited = (config.max_visited > 0).then_some(config.max_visited);
        if config.with_nms == 0 {
            return Ok(Self { core: core.without_nms(), least_iou: LeastIou::NONE });
        }
        if config.iou_threshold.is_nan() {
            return Err(Status::NanThreshold.into());
        }
        Ok(Self { core: core.nms(nms), least_iou: config.iou_threshold.least_iou(suppress) })
    }
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        #[doc = concat!("Configurations of miners of `", stringify!($float), "` boxes.")]
        pub mod $float {
            use super::*;

            /// Returns the paper's setting on continuous boxes: NMS at IoU > 0.7.
            #[unsafe(export_name = concat!("ohem_mine_config_new_", stringify!($float)))]
            pub extern "C" fn mine_config_new(batch_size: usize) -> MineConfig<$float> {
                const NEW: MineConfig<$float> = from_core(&ohem_core::MineConfig::new(0));
                MineConfig { batch_size, ..NEW }
            }

            /// Returns the original's setting (Fast R-CNN): 128 RoIs, NMS at IoU > 0.7, pixel boxes.
            #[unsafe(export_name = concat!("ohem_mine_config_fast_rcnn_", stringify!($float)))]
            pub extern "C" fn mine_config_fast_rcnn() -> MineConfig<$float> {
                const { from_core(&ohem_core::MineConfig::fast_rcnn()) }
            }

            #[allow(clippy::cast_possible_truncation, reason = "a threshold is rounded to the type of the boxes")]
            const fn from_core(config: &ohem_core::MineConfig) -> MineConfig<$float> {
                let nms = match config.nms {
                    Some(nms) => nms,
                    None => ohem_core::NmsConfig::new(0.0),
                };
                MineConfig {
                    batch_size: config.batch_size,
                    with_nms: config.nms.is_some() as u32,
                    iou_threshold: nms.iou_threshold as $float,
                    suppress: match nms.suppress {
                        ohem_core::Suppress::Above => OHEM_SUPPRESS_ABOVE,
                        ohem_core::Suppress::AtOrAbove => OHEM_SUPPRESS_AT_OR_ABOVE,
                    },
                    convention: match nms.convention {
                        ohem_core::Convention::Continuous => OHEM_CONVENTION_CONTINUOUS,
                        ohem_core::Convention::Pixel => OHEM_CONVENTION_PIXEL,
                    },
                    nan: match config.nan {
                        ohem_core::NanPolicy::Error => OHEM_NAN_ERROR,
                        ohem_core::NanPolicy::Skip => OHEM_NAN_SKIP,
                        ohem_core::NanPolicy::First => OHEM_NAN_FIRST,
                    },
                    max_visited: match config.max_visited {
                        Some(max_visited) => max_visited,
                        None => 0,
                    },
                }
            }

            impl From<ohem_core::MineConfig> for MineConfig<$float> {
                fn from(config: ohem_core::MineConfig) -> Self {
                    from_core(&config)
                }
            }
        }
    )*};
}

instances!(f32 f64);

fn suppress(choice: Suppress) -> Result<ohem_core::Suppress, Refusal> {
    match choice {
        OHEM_SUPPRESS_ABOVE => Ok(ohem_core::Suppress::Above),
        OHEM_SUPPRESS_AT_OR_ABOVE => Ok(ohem_core::Suppress::AtOrAbove),
        _ => Err(Status::Choice.into()),
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
