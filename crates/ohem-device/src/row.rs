//! A RoI as it lies in flash. The build script writes what this reads.

use bytemuck::{Pod, Zeroable};

/// How many features a RoI has.
pub const WIDTH: usize = 96;

/// A RoI as it lies in flash, wherever: bytes alone, numbers with their least byte first.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Row {
    pub(crate) features: [i8; WIDTH],
    pub(crate) corners: [[u8; 2]; 4],
    pub(crate) overlap: [u8; 4],
    pub(crate) target: [[u8; 4]; 4],
    pub(crate) label: u8,
}
