//! Rectangles of whole pixels.

use ohem_std::BBox;

/// A rectangle of whole pixels that may extend beyond the picture. Its right and bottom edges are exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first column.
    pub left: i32,
    /// The first row.
    pub top: i32,
    /// The column after the last.
    pub right: i32,
    /// The row after the last.
    pub bottom: i32,
}

impl Window {
    /// Width in pixels.
    pub fn width(&self) -> i32 {
        self.right - self.left
    }

    /// Height in pixels.
    pub fn height(&self) -> i32 {
        self.bottom - self.top
    }

    /// The part inside a picture.
    pub(crate) fn clipped(&self, [width, height]: [i32; 2]) -> Self {
        Self {
            left: self.left.clamp(0, width),
            top: self.top.clamp(0, height),
            right: self.right.clamp(0, width),
            bottom: self.bottom.clamp(0, height),
        }
    }

    /// The rectangle, extended on all sides.
    pub(crate) fn widened(&self, [across, down]: [i32; 2]) -> Self {
        Self {
            left: self.left - across,
            top: self.top - down,
            right: self.right + across,
            bottom: self.bottom + down,
        }
    }

    /// Converts to a box whose corners are pixels inside it.
    pub(crate) fn bbox(&self) -> BBox<f32> {
        BBox::new(self.left as f32, self.top as f32, (self.right - 1) as f32, (self.bottom - 1) as f32)
    }
}

impl From<[u16; 4]> for Window {
    /// Converts corners that are pixels inside the rectangle.
    fn from(corners: [u16; 4]) -> Self {
        let [left, top, right, bottom] = corners.map(i32::from);
        Self { left, top, right: right + 1, bottom: bottom + 1 }
    }
}
