//! Mining rules on a chosen instruction set. See [`crate::rules`].

pub use crate::rules::mmdet::mmdet_on as mmdet;
pub use crate::rules::monai::monai_on as monai;
pub use crate::rules::rfcn::rfcn_on as rfcn;
pub use crate::rules::tensorflow::tensorflow_on as tensorflow;

/// SSD's rules on a chosen instruction set. See [`crate::rules::ssd`].
pub mod ssd {
    pub use crate::rules::ssd::on::{hard_examples, negatives};
}

/// Rules of segmentation in lent memory. See [`crate::rules::segmentation`].
pub mod segmentation {
    pub use crate::rules::segmentation::lent::by_loss;
}
