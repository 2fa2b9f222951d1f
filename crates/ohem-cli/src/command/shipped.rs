//! The table built into the command; see `data/README.md` for its origin.

/// The name of the table in messages.
pub(crate) const NAME: &str = "bccd_rcnn_rois_early.csv (built into ohem)";

/// RoIs in four pictures of blood cells, with the losses of a Fast R-CNN early in its training.
pub(crate) const TABLE: &[u8] = include_bytes!("../../data/bccd_rcnn_rois_early.csv");
