//! Reads tables of RoIs from CSV, JSON lines, arrays of numpy and Parquet.
//!
//! [`RoiTable`] has the columns that mining needs as numbers, and each row as it is written in the file. A table is
//! read whole or refused; the error names the line and the column.
//!
//! ```
//! use ohem_cli::table::{RequestedColumns, RoiTable};
//!
//! let text = b"image,x1,y1,x2,y2,label,loss\n7,0,0,9,9,cat,0.5\n";
//! let table = RoiTable::read(text.into(), &RequestedColumns::loss("loss"), |_| {})?;
//! assert_eq!((table.len(), table.losses.at(0), table.labels.of(0)), (1, 0.5, "cat"));
//! # Ok::<(), ohem_cli::table::TableError>(())
//! ```

// Modules import one way: `read` and `roi_table` on top, then `columns`, `probabilities`, and the rest.
mod cells;
mod columns;
mod delimiter;
mod error;
mod formats;
mod interned;
mod lines;
mod names;
mod numbers;
mod probabilities;
mod read;
mod requested;
mod roi_boxes;
mod roi_table;

pub use error::{Place, TableError};
pub use formats::{FileKind, MAX_UNPACKED, PlainCsv};
pub use interned::{Interned, is_below_zero, is_foreground, is_same, whole_number};
pub use numbers::Numbers;
pub use requested::{BoxFormat, Layout, LossSource, Part, Precision, RequestedColumns};
pub use roi_boxes::RoiBoxes;
pub use roi_table::RoiTable;
