//! RoIs in columns of fixed memory, and how they are mined.

use core::hint::black_box;

use ohem_core::{BBox, Convention, MineConfig, NanPolicy, NmsConfig, Suppress};

use super::numbers::{self, Boxes, Numbers};
use super::{Loss, Real, Source};

/// How many rows a column can hold: more than two blocks of the scan, and four tiles of boxes.
pub const MAX: usize = 150;

/// A column of an input, in fixed memory.
pub type Column<T> = heapless::Vec<T, MAX>;

/// The values of a column in another type.
///
/// The optimiser is kept from knowing how many there can be: what it links must hold for slices of any length.
pub fn each<T, U>(column: &[T], mut of: impl FnMut(&T) -> U) -> Column<U> {
    let mut converted = Column::new();
    for value in column {
        if converted.push(of(value)).is_err() {
            break;
        }
    }
    black_box(converted)
}

/// RoIs, in `f64`; the same table is read in every type.
#[derive(Clone, Debug)]
pub struct Table {
    /// Corners `x1, y1, x2, y2`.
    pub corners: Column<[f64; 4]>,
    /// The image of each.
    pub images: Column<i64>,
    /// The class of each.
    pub labels: Column<i64>,
    /// The loss of each.
    pub losses: Column<f64>,
}

impl Table {
    /// Nasty RoIs.
    pub fn any(source: &mut Source<'_>) -> Self {
        let (rows, boxes, losses) = (source.rows(), Boxes::any(source), Numbers::any(source));
        let with_nan = source.once_in(2);
        Self {
            corners: source.column(rows, |source| boxes.next(source)),
            images: source.column(rows, |source| numbers::key(source, 3)),
            labels: source.column(rows, |source| numbers::key(source, 4)),
            losses: source.column(rows, |source| {
                if with_nan { losses.next(source) } else { losses.next_but_nan(source) }
            }),
        }
    }

    /// How many RoIs there are.
    pub fn len(&self) -> usize {
        self.corners.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.corners.is_empty()
    }

    /// The boxes in a float type.
    pub fn boxes<F: Real>(&self) -> Column<BBox<F>> {
        boxes(&self.corners)
    }

    /// The losses in a type.
    pub fn losses<H: Loss>(&self) -> Column<H> {
        each(&self.losses, |&loss| H::of(loss))
    }
}

/// Boxes in a float type.
pub fn boxes<F: Real>(corners: &[[f64; 4]]) -> Column<BBox<F>> {
    each(corners, |corners| BBox::from(corners.map(F::from_f64)))
}

/// Floats in a float type.
pub fn floats<F: Real>(values: &[f64]) -> Column<F> {
    each(values, |&value| F::from_f64(value))
}

/// How to handle a NaN.
pub fn nan(source: &mut Source<'_>) -> NanPolicy {
    source.choose(NanPolicy::First, [NanPolicy::Skip, NanPolicy::Error])
}

/// Whether edges belong to boxes.
pub fn convention(source: &mut Source<'_>) -> Convention {
    source.choose(Convention::Continuous, [Convention::Pixel])
}

/// How to suppress.
pub fn nms_config(source: &mut Source<'_>) -> NmsConfig {
    let config = NmsConfig::new(0.9).iou_threshold(numbers::threshold(source));
    config.suppress(source.choose(Suppress::Above, [Suppress::AtOrAbove])).convention(convention(source))
}

/// How to mine, with or without suppression.
pub fn mine_config(source: &mut Source<'_>, batch_size: usize) -> MineConfig {
    let config = MineConfig::fast_rcnn().batch_size(batch_size).nms(nms_config(source)).nan(nan(source));
    if source.once_in(8) { config.without_nms() } else { config }
}
