//! Boxes of `i16` are mined and suppressed as the same boxes of `f64` are.

use ohem_core::{BBox, MineConfig, Miner, Nms, Rois};

use crate::adapters::mine::plain_or_nan;
use crate::adapters::{Batch, Mine as _, Oracle};
use crate::generate::Table;

/// The largest batch.
const B: usize = 256;

/// Mines boxes whose corners are rounded towards 0, in a usual window and in a small one, and suppresses them.
///
/// # Panics
///
/// If the mined RoIs differ from the oracle's, or the batch is beyond 256.
#[expect(clippy::cast_possible_truncation, reason = "any corner makes a test, the nearest of 16 bits, too")]
pub fn mine(table: &Table, config: &MineConfig) {
    let Table { images, labels, losses, .. } = table;
    let integers: Vec<_> = table.corners.iter().map(|row| row.map(|corner| corner as i16)).collect();
    let floats: Vec<_> = integers.iter().map(|row| row.map(f64::from)).collect();
    let want = Oracle::mine(Batch::new(table, &floats, losses), config);
    let rois = Rois::new(BBox::from_rows(&integers), images, labels).expect("as many of each");
    let mut usual = Box::new(Miner::<i16, B, f64>::new(*config).expect("the batch fits"));
    assert_eq!(plain_or_nan(usual.mine(&rois, losses)), want, "{integers:?}");
    let mut small = Box::new(Miner::<i16, B, f64, 3>::new(*config).expect("the batch fits"));
    assert_eq!(plain_or_nan(small.mine(&rois, losses)), want, "in a small window");
    let Some(nms) = config.nms.filter(|_| table.len() <= B) else { return };
    let mut suppressor = Box::new(Nms::<i16, B, f64>::with_nan(nms, config.nan).expect("a threshold"));
    let kept = plain_or_nan(suppressor.nms(rois.boxes(), losses));
    let one_group = Table { images: vec![0; table.len()], labels: vec![0; table.len()], ..table.clone() };
    let all = MineConfig::new(B).nms(nms).nan(config.nan);
    assert_eq!(kept, Oracle::mine(Batch::new(&one_group, &floats, losses), &all), "suppressed");
}
