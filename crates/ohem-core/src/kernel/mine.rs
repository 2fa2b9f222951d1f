//! Mining and suppression over any storage, on a chosen instruction set.

pub use crate::admit::{BlockBuffer, COLUMNS, IndexStorage, SpatialHashBlock, SpatialHashStorage};
#[doc(hidden)] // for the C interface
pub use crate::config::LeastIou;
#[doc(hidden)]
pub use crate::mine::mine_above;
pub use crate::mine::{mine, mine_by};
pub use crate::miner::MinerOver;
pub use crate::nms::NmsOver;
pub use crate::storage::{Lent, SliceStorage};
