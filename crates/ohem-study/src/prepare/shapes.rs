//! The shapes of windows: sizes and aspect ratios of the objects to find.

use super::window::Window;

/// The ratio of one size to the next.
const STEP: f64 = core::f64::consts::SQRT_2;

/// Windows are shifted by their width or height divided by this.
const SHIFTS: i32 = 4;

/// Widths and heights of the windows to look through, given the boxes of objects.
///
/// Sizes (square roots of areas) are spread geometrically from the 1st to the 99th percentile of the boxes' sizes.
/// Each size comes in the 10th, 50th and 90th percentile of the boxes' aspect ratios.
pub(crate) fn shapes(boxes: impl Iterator<Item = [u16; 4]>) -> Vec<[i32; 2]> {
    let side = |from: u16, to: u16| f64::from(to) - f64::from(from) + 1.0;
    let sides: Vec<_> = boxes.map(|[x1, y1, x2, y2]| [side(x1, x2), side(y1, y2)]).collect();
    let sizes = sorted(sides.iter().map(|[width, height]| (width * height).sqrt()));
    let aspects = sorted(sides.iter().map(|[width, height]| width / height));
    let (Some(smallest), Some(largest)) = (quantile(&sizes, 1), quantile(&sizes, 99)) else {
        return Vec::new();
    };
    let steps = (libm::log(largest / smallest) / libm::log(STEP)).round().max(1.0);
    let mut shapes = Vec::new();
    for step in (0..).map(f64::from).take_while(|&step| step <= steps) {
        let size = smallest * libm::pow(largest / smallest, step / steps);
        for aspect in [10, 50, 90].into_iter().filter_map(|percent| quantile(&aspects, percent)) {
            shapes.push([whole(size * aspect.sqrt()), whole(size / aspect.sqrt())]);
        }
    }
    shapes.dedup();
    shapes
}

/// The windows of a shape over a picture, clipped to it.
///
/// Up to a quarter of a window's side may lie outside, as objects at the edge are cut off as well.
pub(crate) fn windows([width, height]: [i32; 2], picture: [i32; 2]) -> impl Iterator<Item = Window> {
    let starts = |side: i32, end: i32| {
        let shift = (side / SHIFTS).max(1);
        (-side / 4..=end - side * 3 / 4).step_by(shift.cast_unsigned() as usize)
    };
    starts(height, picture[1]).flat_map(move |top| {
        starts(width, picture[0])
            .map(move |left| Window { left, top, right: left + width, bottom: top + height }.clipped(picture))
    })
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn quantile(sorted: &[f64], percent: usize) -> Option<f64> {
    sorted.get(sorted.len().saturating_sub(1) * percent / 100).copied()
}

/// Rounds to whole pixels, at least four.
#[expect(clippy::cast_possible_truncation, reason = "the sides of pictures are far below 2^31")]
fn whole(side: f64) -> i32 {
    side.round().max(4.0) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_follow_the_boxes() {
        assert_eq!(shapes([[0, 0, 9, 9]].into_iter()), [[10, 10]]);
        let two = shapes([[0, 0, 9, 9], [0, 0, 39, 39], [0, 0, 39, 39]].into_iter());
        assert_eq!(two, [[10, 10], [14, 14], [20, 20], [28, 28], [40, 40]]);
        assert!(shapes(core::iter::empty()).is_empty());
    }

    #[test]
    fn windows_cover_the_picture_and_stay_in_it() {
        let all: Vec<_> = windows([8, 16], [20, 24]).collect();
        for y in 0..24 {
            for x in 0..20 {
                let covers = |w: &Window| w.left <= x && x < w.right && w.top <= y && y < w.bottom;
                assert!(all.iter().any(covers), "{x}, {y}");
            }
        }
        let inside = |w: &Window| w.left >= 0 && w.top >= 0 && w.right <= 20 && w.bottom <= 24;
        assert!(all.iter().all(|w| inside(w) && w.width() >= 4 && w.height() >= 8));
        assert_eq!(windows([50, 50], [20, 24]).count(), 0);
    }
}
