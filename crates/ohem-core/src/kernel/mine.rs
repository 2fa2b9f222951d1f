//! Mining and suppression over any storage, on a chosen instruction set.

pub use crate::admit::{BlockBuffer, COLUMNS, IndexStorage, SpatialHashBlock, SpatialHashStorage};
pub use crate::mine::{mine, mine_by};
pub use crate::miner::MinerOver;
pub use crate::nms::NmsOver;
pub use crate::storage::{Lent, SliceStorage};
