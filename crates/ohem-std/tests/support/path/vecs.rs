//! ohem-std: Vecs that grow, and the best instruction set there is.

use ohem_core::rank::RankError;
use ohem_core::{BBox, Convention, Float, MineConfig, MineError, NanPolicy, NmsConfig, RankKey};
use ohem_std::Error;

use super::{Mined, Path, Table, narrow, wide};

/// The path without capacities.
pub(crate) struct Std;

impl Path for Std {
    const NAME: &'static str = "std";

    fn mine<F: Float>(table: &Table<F>, config: MineConfig) -> Result<Mined, usize> {
        let boxes = BBox::from_rows(&table.boxes);
        let mined =
            ohem_std::mine(boxes, &table.images, &table.labels, &table.losses, &config).map_err(nan)?;
        let (visited, suppressed) = (mined.visited(), mined.suppressed());
        Ok(Mined { selected: wide(mined.indices()), visited, suppressed })
    }

    fn grouped_nms<F: Float>(table: &Table<F>, config: NmsConfig) -> Result<Vec<usize>, usize> {
        let (boxes, groups) = (BBox::from_rows(&table.boxes), table.group_numbers());
        let kept = ohem_std::batched_nms(boxes, &table.losses, &groups, &config).map_err(nan)?;
        Ok(wide(&kept))
    }

    fn nms<F: Float>(table: &Table<F>, config: NmsConfig) -> Result<Vec<usize>, usize> {
        let kept = ohem_std::nms(BBox::from_rows(&table.boxes), &table.losses, &config).map_err(nan)?;
        Ok(wide(&kept))
    }

    fn top_k<H: RankKey>(losses: &[H], k: usize, nan: NanPolicy) -> Result<Vec<usize>, usize> {
        ohem_std::top_k(losses, k, nan).map(|top| wide(&top)).map_err(rank_nan)
    }

    fn iou<F: Float>(a: &[[F; 4]], b: &[[F; 4]], convention: Convention) -> Vec<F> {
        ohem_std::iou_matrix(BBox::from_rows(a), BBox::from_rows(b), convention)
    }

    fn gather(rois: &[usize], table: &[f32], width: usize) -> Vec<f32> {
        ohem_std::gather(&narrow(rois), table, width).expect("the table has these rows")
    }
}

fn nan(error: Error) -> usize {
    match error {
        Error::Mine(MineError::Rank(error)) => rank_nan(error),
        error => panic!("{error}"),
    }
}

fn rank_nan(error: RankError) -> usize {
    match error {
        RankError::NanLoss { index } => index as usize,
        error => panic!("{error}"),
    }
}
