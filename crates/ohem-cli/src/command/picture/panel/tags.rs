//! Tags of the hardest RoIs: their ranks, which the table has as well, and the loss of the hardest.
//!
//! A tag is above its box, below it, or inside, and covers no other tag. Without such a position, it is left out.

use svg::node::element::Group;

use super::super::frame::{Frame, at};
use super::super::image_rois::ImageRois;
use super::super::palette;
use super::super::text::text;
use super::{View, rectangle};
use crate::command::numbers::amount;

/// Font size of a tag.
const SIZE: f64 = 12.0;
/// Width around the text, and height of a tag.
const PADDING: f64 = 8.0;
const HEIGHT: f64 = SIZE + 5.0;

impl View<'_> {
    /// Tags of the hardest RoIs of the image, hardest first.
    pub(super) fn tags(&self, rois: &ImageRois) -> Group {
        let (mut group, mut placed) = (Group::new(), Vec::new());
        // Of a crowd, RoIs further down get a tag if those before them found no room.
        for (nth, &index) in rois.selected.iter().enumerate().take(4 * self.style.tags) {
            if placed.len() == self.style.tags {
                break;
            }
            if let Some((tag, frame)) = self.tag(index, nth == 0, &placed) {
                group = group.add(tag);
                placed.push(frame);
            }
        }
        group
    }

    /// The rank of a RoI, and its loss if it is the hardest of the image, with the frame of the tag.
    fn tag(&self, index: u32, with_loss: bool, placed: &[Frame]) -> Option<(Group, Frame)> {
        let bbox = self.frame(index)?;
        let rank = self.style.ranks.get(&index)?;
        let loss = amount(self.style.report.table.losses.at(index as usize), 3);
        let words = if with_loss { format!("#{rank} · {loss}") } else { format!("#{rank}") };
        let name = text((0.0, 0.0), SIZE, &words).set("font-weight", "bold");
        let width = self.style.fonts.width(&name) + PADDING;
        let frame = place(bbox, [width, HEIGHT], self.shown, placed)?;
        let colour = self.colour(index);
        let (x, y) = (frame.x + PADDING / 2.0, frame.y + SIZE + 0.5);
        let name = name.set("x", at(x)).set("y", at(y)).set("fill", palette::ink_on(colour));
        // An edge of paper sets tags apart that touch.
        let back =
            rectangle(frame).set("rx", 2).set("fill", colour).set("stroke", "#fff").set("stroke-width", 1);
        Some((Group::new().add(back).add(name), frame))
    }
}

/// Finds a frame of this size at a box, inside the panel, that overlaps no other; `None` if there is none.
fn place(bbox: Frame, [width, height]: [f64; 2], panel: Frame, placed: &[Frame]) -> Option<Frame> {
    let left = bbox.x;
    let right = bbox.right() - width;
    let candidates = [
        (left, bbox.y - height),
        (left, bbox.bottom()),
        (right, bbox.y - height),
        (right, bbox.bottom()),
        (left, bbox.y),
        (right, bbox.y),
        (left, bbox.bottom() - height),
        (right, bbox.bottom() - height),
    ];
    // Boxes may reach beyond the panel; a tag stays inside if the panel is large enough.
    let inside = |(x, y): (f64, f64)| {
        let x = x.min(panel.right() - width).max(panel.x);
        let is_inside = y >= panel.y && y + height <= panel.bottom();
        is_inside.then_some(Frame { x, y, width, height })
    };
    let at_edge = (left, bbox.y.max(panel.y).min(panel.bottom() - height).max(panel.y));
    let is_free = |frame: &Frame| !placed.iter().any(|other| overlap(*frame, *other));
    candidates.into_iter().chain([at_edge]).filter_map(inside).find(is_free)
}

fn overlap(a: Frame, b: Frame) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PANEL: Frame = Frame { x: 0.0, y: 0.0, width: 200.0, height: 100.0 };

    fn frame(x: f64, y: f64, width: f64, height: f64) -> Frame {
        Frame { x, y, width, height }
    }

    #[test]
    fn tags_of_one_box_stand_around_it_and_then_find_no_room() {
        let bbox = frame(50.0, 40.0, 60.0, 20.0);
        let mut placed = Vec::new();
        while let Some(tag) = place(bbox, [30.0, 10.0], PANEL, &placed) {
            assert!(placed.iter().all(|&other| !overlap(tag, other)), "{placed:?}");
            placed.push(tag);
        }
        let corners: Vec<_> = placed.iter().map(|tag| (tag.x, tag.y)).collect();
        let (above, below) = (30.0, 60.0);
        let around = [(50.0, above), (50.0, below), (80.0, above), (80.0, below)];
        let inside = [(50.0, 40.0), (80.0, 40.0), (50.0, 50.0), (80.0, 50.0)];
        assert_eq!(corners, [around, inside].concat());
    }

    #[test]
    fn a_tag_stays_inside_the_panel() {
        assert_eq!(
            place(frame(190.0, 0.0, 60.0, 20.0), [30.0, 10.0], PANEL, &[]),
            Some(frame(170.0, 20.0, 30.0, 10.0))
        );
        let whole = frame(-10.0, -10.0, 220.0, 120.0);
        assert_eq!(place(whole, [30.0, 10.0], PANEL, &[]), Some(frame(0.0, 0.0, 30.0, 10.0)));
        assert_eq!(place(whole, [30.0, 10.0], frame(0.0, 0.0, 5.0, 5.0), &[]), None);
    }
}
