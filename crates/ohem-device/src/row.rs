//! The format of a RoI in flash, which the build script writes.

use bytemuck::{Pod, Zeroable};

/// Number of features of a RoI.
pub const WIDTH: usize = 96;

/// A RoI in flash: bytes without alignment, with little-endian numbers.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct RoiRow {
    pub(crate) features: [i8; WIDTH],
    pub(crate) corners: [[u8; 2]; 4],
    pub(crate) overlap: [u8; 4],
    pub(crate) target: [[u8; 4]; 4],
    pub(crate) label: u8,
}
