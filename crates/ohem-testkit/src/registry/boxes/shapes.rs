//! Boxes made, measured, and put in order.

use ohem_core::kernel::Simd;
use ohem_core::{BBox, Convention};

use crate::registry::numbers::{Boxes, Numbers};
use crate::registry::{Column, Operation, Real, Sink, Source, Words, table};

/// What can be made and said of a box alone.
#[derive(Clone, Copy, Debug)]
pub struct Shapes;

/// Corners, and numbers in no order.
#[derive(Clone, Debug)]
pub struct Input {
    corners: Column<[f64; 4]>,
    flat: Column<f64>,
    convention: Convention,
}

impl Operation for Shapes {
    const NAME: &'static str = "boxes";

    const COVERS: &'static [&'static str] = &[
        "BBox::new",
        "BBox::from_rows",
        "BBox::from_flat",
        "BBox::from_xywh",
        "BBox::from_cxcywh",
        "BBox::ordered",
        "BBox::area",
        "BBox::is_box",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (rows, boxes, numbers) = (source.below(20), Boxes::any(source), Numbers::any(source));
        let corners = source.column(rows, |source| boxes.next(source));
        let len = source.below(24);
        Input {
            corners,
            flat: source.column(len, |source| numbers.next(source)),
            convention: table::convention(source),
        }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        core::<f32>("f32", input, out);
        core::<f64>("f64", input, out);
    }

    #[cfg(feature = "std")]
    fn std(_: &Input, _: &mut impl Sink) {} // the same type

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        oracle::<f32>("f32", input, out);
        oracle::<f64>("f64", input, out);
    }
}

fn core<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let rows = table::each(&input.corners, |corners| corners.map(F::from_f64));
    out.answer(case, "BBox");
    for bbox in BBox::from_rows(&rows) {
        let &BBox { x1, y1, x2, y2 } = bbox;
        (bbox, BBox::new(x1, y1, x2, y2).ordered(), bbox.is_box(input.convention)).add_to(out);
        // The sign of an area of 0 says nothing.
        (
            bbox.area(input.convention) + F::zero(),
            BBox::from_xywh(x1, y1, x2, y2),
            BBox::from_cxcywh(x1, y1, x2, y2),
        )
            .add_to(out);
    }
    out.add(&BBox::from_flat(&table::floats::<F>(&input.flat)));
}

#[cfg(feature = "std")]
fn oracle<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    use crate::{oracle, registry::naive};

    let (half, convention) = (F::from_f64(0.5), naive::convention(input.convention));
    out.answer(case, "by hand");
    for corners in &input.corners {
        let [a, b, c, d] = corners.map(F::from_f64);
        let sorted = |low: F, high: F| if high < low { [high, low] } else { [low, high] };
        let ([left, right], [top, bottom]) = (sorted(a, c), sorted(b, d));
        let is_box = oracle::is_box([a, b, c, d], convention);
        ([a, b, c, d], [left, top, right, bottom], is_box).add_to(out);
        let centred = [a - half * c, b - half * d, a + half * c, b + half * d];
        (oracle::area([a, b, c, d], convention) + F::zero(), [a, b, a + c, b + d], centred).add_to(out);
    }
    let flat = table::floats::<F>(&input.flat);
    let whole = naive::length(flat.len() / 4 * 4, flat.len());
    let rows = || flat.chunks(4).map(|row| [row[0], row[1], row[2], row[3]]).collect::<Vec<_>>();
    out.add(&whole.map(|()| rows()));
}
