//! ohem-reference: naive, and obviously right.

use ohem_core::{Convention, Float, MineConfig, NanPolicy, NmsConfig, RankKey, Suppress};
use ohem_testkit::oracle as naive;

use super::{Mined, Path, Table};

/// The path that the others are compared with.
pub(crate) struct Reference;

impl Path for Reference {
    const NAME: &'static str = "reference";

    fn mine<F: Float>(table: &Table<F>, config: MineConfig) -> Result<Mined, usize> {
        let nms = config.nms_threshold.map(|threshold| (F::from_f64(threshold), side(config.suppress)));
        let Table { boxes, images, labels, losses } = table;
        let (convention, nan) = (self::convention(config.convention), policy(config.nan));
        naive::mine(boxes, images, labels, losses, config.batch_size, nms, convention, nan)
    }

    fn grouped_nms<F: Float>(table: &Table<F>, config: NmsConfig) -> Result<Vec<usize>, usize> {
        let pairs = table.images.iter().copied().zip(table.labels.iter().copied());
        nms(table, &pairs.collect::<Vec<_>>(), config)
    }

    fn nms<F: Float>(table: &Table<F>, config: NmsConfig) -> Result<Vec<usize>, usize> {
        nms(table, &vec![(0, 0); table.len()], config)
    }

    fn top_k<H: RankKey>(losses: &[H], k: usize, nan: NanPolicy) -> Result<Vec<usize>, usize> {
        naive::top_k(losses, k, policy(nan))
    }

    fn iou<F: Float>(a: &[[F; 4]], b: &[[F; 4]], convention: Convention) -> Vec<F> {
        naive::iou_matrix(a, b, self::convention(convention))
    }

    fn gather(rois: &[usize], table: &[f32], width: usize) -> Vec<f32> {
        naive::gather(rois, table, width)
    }
}

fn nms<F: Float>(table: &Table<F>, groups: &[(u32, u32)], config: NmsConfig) -> Result<Vec<usize>, usize> {
    let (threshold, suppress) = (F::from_f64(config.threshold), side(config.suppress));
    let (convention, nan) = (convention(config.convention), policy(config.nan));
    naive::nms(&table.boxes, groups, &table.losses, threshold, suppress, convention, nan)
}

/// What the reference calls a convention.
pub(crate) const fn convention(convention: Convention) -> naive::Convention {
    match convention {
        Convention::Continuous => naive::Convention::Continuous,
        Convention::Pixel => naive::Convention::Pixel,
    }
}

const fn side(suppress: Suppress) -> naive::Suppress {
    match suppress {
        Suppress::Above => naive::Suppress::Above,
        Suppress::AtOrAbove => naive::Suppress::AtOrAbove,
    }
}

const fn policy(nan: NanPolicy) -> naive::Nan {
    match nan {
        NanPolicy::Error => naive::Nan::Error,
        NanPolicy::Skip => naive::Nan::Skip,
        NanPolicy::First => naive::Nan::First,
    }
}
