#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

mod geometry;
pub mod loss;
mod mine;
mod minibatch;
mod nms;
mod rank;
pub mod rules;
mod targets;

pub use geometry::{Convention, area, iou, iou_matrix, is_box};
pub use mine::{Mined, mine};
pub use minibatch::{gather, mask};
pub use nms::{Suppress, nms};
pub use rank::{Nan, rank, top_k};
pub use targets::{Thresholds, assign, clip, compact, decode, encode, expand, label, normalize, split};
