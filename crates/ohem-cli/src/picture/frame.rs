//! Rectangles on the sheet, and how the coordinates of an image map to one.

use ohem_table::Table;

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

    /// Its height over its width.
    pub(super) fn steepness(self) -> f64 {
        self.height / self.width
    }

    /// The largest rectangle of the shape of `inner` in the middle of this one.
    pub(super) fn fit(self, inner: Self) -> Self {
        let scale = (self.width / inner.width).min(self.height / inner.height);
        let (width, height) = (inner.width * scale, inner.height * scale);
        let (x, y) = (self.x + (self.width - width) / 2.0, self.y + (self.height - height) / 2.0);
        Self { x, y, width, height }
    }

    /// The place of `inner` on the sheet, where this part of the world is shown in the frame `shown`.
    pub(super) fn map(self, shown: Self, inner: Self) -> Self {
        let scale = shown.width / self.width;
        let (x, y) = (shown.x + (inner.x - self.x) * scale, shown.y + (inner.y - self.y) * scale);
        Self { x, y, width: inner.width * scale, height: inner.height * scale }
    }

    /// The part of this that is in `limits`, or no further outside than `beyond`.
    pub(super) fn within(self, limits: Self, beyond: f64) -> Self {
        let x = self.x.clamp(limits.x - beyond, limits.right() + beyond);
        let y = self.y.clamp(limits.y - beyond, limits.bottom() + beyond);
        let width = self.right().clamp(x, limits.right().max(x) + beyond) - x;
        let height = self.bottom().clamp(y, limits.bottom().max(y) + beyond) - y;
        Self { x, y, width, height }
    }

    /// The smallest rectangle around all; nothing if there are none.
    pub(super) fn around(frames: impl Iterator<Item = Self>) -> Option<Self> {
        frames.reduce(|a, b| {
            let (x, y) = (a.x.min(b.x), a.y.min(b.y));
            Self { x, y, width: a.right().max(b.right()) - x, height: a.bottom().max(b.bottom()) - y }
        })
    }
}

/// How far from the origin a box may be to be drawn; one that is further would make specks of all others.
const FAR: f64 = 1e7;

/// The box of a row, `pad` wider than its corners are apart; nothing if it is none, or too far away.
pub(super) fn of_row(table: &Table, index: u32, pad: f64) -> Option<Frame> {
    let corners @ [x1, y1, x2, y2] = table.boxes[index as usize];
    let sound = x1 <= x2 && y1 <= y2 && corners.iter().all(|corner| corner.abs() < FAR);
    sound.then_some(Frame { x: x1, y: y1, width: x2 - x1 + pad, height: y2 - y1 + pad })
}

/// A coordinate with the one decimal that a drawing needs.
pub(super) fn at(coordinate: f64) -> f64 {
    (coordinate * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(x: f64, y: f64, width: f64, height: f64) -> Frame {
        Frame { x, y, width, height }
    }

    #[test]
    fn what_fits_keeps_its_shape_and_sits_in_the_middle() {
        assert_eq!(
            frame(10.0, 0.0, 100.0, 50.0).fit(frame(3.0, 3.0, 1.0, 1.0)),
            frame(35.0, 0.0, 50.0, 50.0)
        );
    }

    #[test]
    fn the_world_maps_to_where_it_is_shown() {
        let (world, shown) = (frame(5.0, 5.0, 10.0, 10.0), frame(100.0, 100.0, 50.0, 50.0));
        assert_eq!(world.map(shown, world), shown);
        assert_eq!(world.map(shown, frame(6.0, 7.0, 1.0, 2.0)), frame(105.0, 110.0, 5.0, 10.0));
    }

    #[test]
    fn what_is_far_outside_comes_nearer() {
        let limits = frame(0.0, 0.0, 100.0, 100.0);
        assert_eq!(frame(-1e9, 5.0, 2e9, 10.0).within(limits, 20.0), frame(-20.0, 5.0, 140.0, 10.0));
        assert_eq!(frame(1e9, 5.0, 1.0, 1.0).within(limits, 20.0).x, 120.0);
        assert_eq!(frame(-5.0, 5.0, 10.0, 10.0).within(limits, 20.0), frame(-5.0, 5.0, 10.0, 10.0));
    }

    #[test]
    fn a_frame_goes_around_all() {
        let frames = [frame(0.0, 5.0, 2.0, 2.0), frame(1.0, 1.0, 4.0, 1.0)];
        assert_eq!(Frame::around(frames.into_iter()), Some(frame(0.0, 1.0, 5.0, 6.0)));
        assert_eq!(Frame::around([].into_iter()), None);
    }
}
