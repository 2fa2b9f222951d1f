//! Mining in steps selects what mining in one go does.

use ohem_core::{BBox, Float, MineConfig, MineError, Miner, Rois, Selection};

use crate::generate::Table;

/// The largest batch.
const B: usize = 256;

/// Mines in steps of a number of units, in a usual window and in a small one.
///
/// # Panics
///
/// If the selections differ, one of a step is not the beginning of the last, there are more units than visits and scans, or the batch is beyond 256.
pub fn mine<F: Float>(table: &Table, config: &MineConfig, units: usize) {
    let (boxes, losses) = (table.boxes::<F>(), table.losses::<F>());
    let rois = Rois::new(BBox::from_rows(&boxes), &table.images, &table.labels).expect("as many of each");
    let mut usual = Box::new(Miner::<F, B>::new(*config).expect("the batch fits"));
    let want = owned(usual.mine(&rois, &losses));
    assert_eq!(in_steps(&mut usual, &rois, &losses, units, 120), want);
    let mut small = Box::new(Miner::<F, B, F, 4>::new(*config).expect("the batch fits"));
    assert_eq!(in_steps(&mut small, &rois, &losses, units, 4), want, "in a small window");
}

fn owned(selection: Result<Selection<&[u32]>, MineError>) -> Result<Selection<Vec<u32>>, MineError> {
    Ok(selection?.map(<[u32]>::to_vec))
}

/// Mines in steps, and checks them.
fn in_steps<F: Float, const WINDOW: usize>(
    miner: &mut Miner<F, B, F, WINDOW>,
    rois: &Rois<&[BBox<F>], &[u32], &[u32]>,
    losses: &[F],
    units: usize,
    window: usize,
) -> Result<Selection<Vec<u32>>, MineError> {
    let mut mining = miner.start(rois, losses)?;
    let (mut prefix, mut steps) = (Vec::new(), 1);
    while !mining.step(units.max(1))? {
        assert!(mining.selected().starts_with(&prefix), "a RoI that was selected stays");
        prefix = mining.selected().to_vec();
        steps += 1;
    }
    assert_eq!(mining.step(1), Ok(true), "all was done");
    let selection = mining.finish().map(<[u32]>::to_vec);
    assert!(selection.indices().starts_with(&prefix));
    let met = selection.visited() + selection.ignored();
    let scans = 2 * (met + 1) / window + 2;
    let most = met + 1 + scans * losses.len().div_ceil(64).max(1);
    assert!((steps - 1) * units.max(1) <= most, "{steps} steps of {units} units, {most} at most");
    Ok(selection)
}
