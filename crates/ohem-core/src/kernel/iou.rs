//! IoU on a chosen instruction set. See [`crate::iou`].
