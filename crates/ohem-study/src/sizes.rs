//! The sizes of the heads.

/// The supported numbers of features.
pub const WIDTHS: [usize; 3] = [48, 96, 128];

/// The supported numbers of classes, with background. Other numbers use the next larger head.
pub const CLASSES: [usize; 2] = [4, 21];
