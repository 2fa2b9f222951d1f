//! The naive, obviously right version of every ohem operation: what the fast ones are compared with.
//!
//! **Nothing here comes from `ohem-core` or from any crate over it**, not even a type: an error there must not be
//! able to hide here. The only dependency is `num-traits`.
//!
//! Everything is done the literal way: sort all losses, suppress in all groups, sort all survivors, take the
//! first few. Nothing is lazy, nothing stops early, nothing is vectorised. Boxes are `[x1, y1, x2, y2]`, groups
//! are pairs, indices are `usize`, and misuse panics.
//!
//! Each geometric operation is rounded once, in the float type of the boxes and in the order written, so an
//! implementation that keeps its promises returns the same bits and a test may compare with `==`.
//!
//! ```
//! use ohem_testkit::oracle::{Convention, Nan, Suppress, mine};
//!
//! let boxes = [[0., 0., 9., 9.], [0., 0., 9., 8.], [20., 20., 29., 29.], [0., 0., 9., 9.]];
//! let (images, labels, losses) = ([0, 0, 0, 1], [1, 1, 0, 1], [0.5, 0.9, 0.3, 0.8]);
//! let nms = Some((0.7, Suppress::Above));
//! let mined = mine(&boxes, &images, &labels, &losses, 3, nms, Convention::Pixel, Nan::Error).unwrap();
//! assert_eq!(mined.selected, [1, 3, 2]); // 0 overlaps the harder 1 of its image and label
//! ```

mod draw;
mod gate;
mod geometry;
pub mod loss;
mod merge;
mod mine;
mod mine_by;
mod minibatch;
mod nms;
mod rank;
pub mod rules;
pub mod rules_mmdet;
mod targets;

pub use draw::{draw, sample};
pub use gate::gate;
pub use geometry::{Convention, area, iou, iou_matrix, is_box};
pub use merge::merge;
pub use mine::{Mined, mine};
pub use mine_by::{Ruled, Verdict};
pub use minibatch::{gather, mask};
pub use nms::{Suppress, nms};
pub use rank::{Nan, rank, top_k};
pub use targets::{
    Thresholds, assign, best_of_objects, clip, compact, decode, denormalize, encode, expand, label, lies_in,
    normalize, split,
};
