//! Rectangles on the sheet, and the mapping of an image's coordinates to one.

use crate::table::RoiTable;

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Frame {
    /// The lower edge.
    pub(super) fn bottom(self) -> f64 {
        self.y + self.height
    }

    /// The right edge.
    pub(super) fn right(self) -> f64 {
        self.x + self.width
    }

    /// Height divided by width.
    pub(super) fn steepness(self) -> f64 {
        self.height / self.width
    }

    /// The largest rectangle with the aspect ratio of `inner`, centred in this one.
    pub(super) fn fit(self, inner: Self) -> Self {
        let scale = (self.width / inner.width).min(self.height / inner.height);
        let (width, height) = (inner.width * scale, inner.height * scale);
        let (x, y) = (self.x + (self.width - width) / 2.0, self.y + (self.height - height) / 2.0);
        Self { x, y, width, height }
    }

    /// Maps `inner` to the sheet, on which the frame `shown` shows this part of the world.
    pub(super) fn map(self, shown: Self, inner: Self) -> Self {
        let scale = shown.width / self.width;
        let (x, y) = (shown.x + (inner.x - self.x) * scale, shown.y + (inner.y - self.y) * scale);
        Self { x, y, width: inner.width * scale, height: inner.height * scale }
    }

    /// Clamps this rectangle to `limits`, widened by `beyond`.
    pub(super) fn within(self, limits: Self, beyond: f64) -> Self {
        let x = clamped(self.x, limits.x - beyond, limits.right() + beyond);
        let y = clamped(self.y, limits.y - beyond, limits.bottom() + beyond);
        let width = clamped(self.right(), x, limits.right().max(x) + beyond) - x;
        let height = clamped(self.bottom(), y, limits.bottom().max(y) + beyond) - y;
        Self { x, y, width, height }
    }

    /// The smallest rectangle around all frames; `None` if there are none.
    pub(super) fn around(frames: impl Iterator<Item = Self>) -> Option<Self> {
        frames.reduce(|a, b| {
            let (x, y) = (a.x.min(b.x), a.y.min(b.y));
            Self { x, y, width: a.right().max(b.right()) - x, height: a.bottom().max(b.bottom()) - y }
        })
    }
}

/// Maximum distance from the origin of boxes to draw. A box further away would reduce all others to specks.
const MAX_COORDINATE: f64 = 1e7;

/// The box of a row, with `pad` added to width and height; `None` if it is invalid or too far away.
pub(super) fn of_row(table: &RoiTable, index: u32, pad: f64) -> Option<Frame> {
    let corners @ [x1, y1, x2, y2] = table.boxes.at(index as usize);
    let drawable = x1 <= x2 && y1 <= y2 && corners.iter().all(|corner| corner.abs() < MAX_COORDINATE);
    drawable.then_some(Frame { x: x1, y: y1, width: x2 - x1 + pad, height: y2 - y1 + pad })
}

/// The value between two bounds that is nearest to a value, for any bounds, where `f64::clamp` may panic.
pub(super) fn clamped(value: f64, low: f64, high: f64) -> f64 {
    value.min(high).max(low)
}

/// Rounds a coordinate to one decimal, which is enough for a drawing.
///
/// A coordinate that is not finite is a mistake of this module: then 0 is better than a drawing that nobody can read.
pub(super) fn at(coordinate: f64) -> f64 {
    debug_assert!(coordinate.is_finite(), "a drawing has finite coordinates, not {coordinate}");
    if coordinate.is_finite() { (coordinate * 10.0).round() / 10.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(x: f64, y: f64, width: f64, height: f64) -> Frame {
        Frame { x, y, width, height }
    }

    #[test]
    fn fitting_keeps_the_aspect_ratio_and_centres() {
        assert_eq!(
            frame(10.0, 0.0, 100.0, 50.0).fit(frame(3.0, 3.0, 1.0, 1.0)),
            frame(35.0, 0.0, 50.0, 50.0)
        );
    }

    #[test]
    fn the_world_maps_to_the_shown_frame() {
        let (world, shown) = (frame(5.0, 5.0, 10.0, 10.0), frame(100.0, 100.0, 50.0, 50.0));
        assert_eq!(world.map(shown, world), shown);
        assert_eq!(world.map(shown, frame(6.0, 7.0, 1.0, 2.0)), frame(105.0, 110.0, 5.0, 10.0));
    }

    #[test]
    fn far_outside_is_clamped() {
        let limits = frame(0.0, 0.0, 100.0, 100.0);
        assert_eq!(frame(-1e9, 5.0, 2e9, 10.0).within(limits, 20.0), frame(-20.0, 5.0, 140.0, 10.0));
        assert_eq!(frame(1e9, 5.0, 1.0, 1.0).within(limits, 20.0).x, 120.0);
        assert_eq!(frame(-5.0, 5.0, 10.0, 10.0).within(limits, 20.0), frame(-5.0, 5.0, 10.0, 10.0));
    }

    #[test]
    fn the_frame_around_frames_contains_all() {
        let frames = [frame(0.0, 5.0, 2.0, 2.0), frame(1.0, 1.0, 4.0, 1.0)];
        assert_eq!(Frame::around(frames.into_iter()), Some(frame(0.0, 1.0, 5.0, 6.0)));
        assert_eq!(Frame::around([].into_iter()), None);
    }
}
