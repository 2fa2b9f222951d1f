//! ohem-core: capacities in the type, memory in the value.

use ohem_core::rank::{RankError, TopK, top_k};
use ohem_core::{
    BBox, Convention, Float, MineConfig, MineError, Miner, NanPolicy, Nms, NmsConfig, NmsError, RankKey,
    Rois, Selection, gather,
};

use super::{Mined, Path, Table, narrow, wide};

/// The fixed-capacity path.
pub(crate) struct Core;

/// Calls a function at the least capacity that holds so many.
///
/// The functions are never inlined: the largest capacity would swell the stack of all.
macro_rules! at_capacity {
    ($needed:expr, $function:ident::<$F:ident>($($argument:expr),*)) => {
        match $needed {
            0..=16 => $function::<$F, 16>($($argument),*),
            17..=128 => $function::<$F, 128>($($argument),*),
            129..=1024 => $function::<$F, 1024>($($argument),*),
            1025..=8192 => $function::<$F, 8192>($($argument),*),
            8193..=65536 => $function::<$F, 65536>($($argument),*),
            needed => panic!("this test has no fixed capacity for {needed}"),
        }
    };
}
pub(super) use at_capacity;

impl Path for Core {
    const NAME: &'static str = "core";

    fn mine<F: Float>(table: &Table<F>, config: MineConfig) -> Result<Mined, usize> {
        at_capacity!(config.batch_size, mine::<F>(table, config))
    }

    fn grouped_nms<F: Float>(table: &Table<F>, config: NmsConfig) -> Result<Vec<usize>, usize> {
        at_capacity!(table.len(), grouped_nms::<F>(table, config))
    }

    fn nms<F: Float>(table: &Table<F>, config: NmsConfig) -> Result<Vec<usize>, usize> {
        at_capacity!(table.len(), nms::<F>(table, config))
    }

    fn top_k<H: RankKey>(losses: &[H], k: usize, nan: NanPolicy) -> Result<Vec<usize>, usize> {
        let k = k.min(losses.len());
        let streamed = at_capacity!(k + 1, stream::<H>(losses, k, nan))?;
        let mut indices: Vec<u32> = (0..).take(losses.len()).collect();
        let in_place = top_k(losses, &mut indices, k, nan).map_err(rank_nan)?;
        assert_eq!(wide(in_place), streamed, "in place, and streamed");
        Ok(streamed)
    }

    fn iou<F: Float>(a: &[[F; 4]], b: &[[F; 4]], convention: Convention) -> Vec<F> {
        let (a, b) = (BBox::from_rows(a), BBox::from_rows(b));
        a.iter().flat_map(|a| b.iter().map(|b| a.iou(b, convention))).collect()
    }

    fn gather(rois: &[usize], table: &[f32], width: usize) -> Vec<f32> {
        let mut out = vec![f32::NAN; rois.len() * width];
        gather::rows(&narrow(rois), table, width, &mut out).expect("the table has these rows");
        out
    }
}

#[inline(never)]
fn mine<F: Float, const B: usize>(table: &Table<F>, config: MineConfig) -> Result<Mined, usize> {
    let rois = Rois::new(BBox::from_rows(&table.boxes), &table.images, &table.labels).expect("columns fit");
    let mut miner = Box::new(Miner::<F, B>::new(config).expect("the batch fits"));
    let mined = miner.mine(&rois, &table.losses).map_err(nan)?;
    let (visited, suppressed) = (mined.visited(), mined.suppressed());
    Ok(Mined { selected: wide(mined.indices()), visited, suppressed })
}

#[inline(never)]
fn grouped_nms<F: Float, const N: usize>(table: &Table<F>, config: NmsConfig) -> Result<Vec<usize>, usize> {
    let mut nms = Box::new(Nms::<F, N>::new(config).expect("the threshold is a number"));
    let kept = nms.batched_nms(BBox::from_rows(&table.boxes), &table.group_numbers(), &table.losses);
    kept.map(indices).map_err(nms_nan)
}

#[inline(never)]
fn nms<F: Float, const N: usize>(table: &Table<F>, config: NmsConfig) -> Result<Vec<usize>, usize> {
    let mut nms = Box::new(Nms::<F, N>::new(config).expect("the threshold is a number"));
    nms.nms(BBox::from_rows(&table.boxes), &table.losses).map(indices).map_err(nms_nan)
}

/// Feeds the losses as if they came in pieces.
#[inline(never)]
fn stream<H: RankKey, const PLACES: usize>(
    losses: &[H],
    k: usize,
    nan: NanPolicy,
) -> Result<Vec<usize>, usize> {
    let mut top = Box::new(TopK::<H, PLACES>::new(k, nan).expect("there are more places than k"));
    losses.chunks(97).try_for_each(|piece| top.extend(piece)).map_err(rank_nan)?;
    Ok(top.hardest().iter().map(|ranked| ranked.index() as usize).collect())
}

fn indices(kept: Selection<&[u32]>) -> Vec<usize> {
    wide(kept.indices())
}

fn nan(error: MineError) -> usize {
    match error {
        MineError::Rank(error) => rank_nan(error),
        error => panic!("{error}"),
    }
}

fn rank_nan(error: RankError) -> usize {
    match error {
        RankError::NanLoss { index } => index as usize,
        error => panic!("{error}"),
    }
}

fn nms_nan(error: NmsError) -> usize {
    match error {
        NmsError::Mine(error) => nan(error),
        error => panic!("{error}"),
    }
}
