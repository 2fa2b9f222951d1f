//! The table that comes with the command; `data/README.md` says where it is from.

/// What messages call the table.
pub(crate) const NAME: &str = "bccd_rcnn_rois_early.csv (comes with ohem)";

/// RoIs in four pictures of blood cells, with the losses of a half-trained Fast R-CNN.
pub(crate) const TABLE: &[u8] = include_bytes!("../data/bccd_rcnn_rois_early.csv");
