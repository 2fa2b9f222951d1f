//! Boxes clipped to an image.

use ohem_core::kernel::Simd;
use ohem_core::targets::clip;
use ohem_core::{BBox, Convention};

use crate::registry::numbers::Boxes;
use crate::registry::table;
use crate::registry::{Column, Operation, Real, Sink, Source};

/// Boxes moved into an image.
#[derive(Clone, Copy, Debug)]
pub struct Clipped;

/// Boxes, and the width and height of the image.
#[derive(Clone, Debug)]
pub struct Input {
    corners: Column<[f64; 4]>,
    sides: [f64; 2],
    convention: Convention,
}

impl Operation for Clipped {
    const NAME: &'static str = "clip";

    const COVERS: &'static [&'static str] = &["targets::clip"];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (rows, boxes) = (source.rows(), Boxes::any(source));
        let corners = source.column(rows, |source| boxes.next(source));
        let sides = [(); 2].map(|()| source.choose(10.0, [0.0, 0.5, 45.5, 640.0]));
        Input { corners, sides, convention: table::convention(source) }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        clipped::<f32>("f32", "clip", clip, input, out);
        clipped::<f64>("f64", "clip", clip, input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        clipped::<f32>("f32", "clip", ohem_std::targets::clip, input, out);
        clipped::<f64>("f64", "clip", ohem_std::targets::clip, input, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        use ohem_core::Float;

        let convention = crate::registry::naive::convention(input.convention);
        let one =
            |corners, [width, height]: [f64; 2]| crate::oracle::clip(corners, width, height, convention);
        out.answer("f64", "one by one");
        out.add(
            &input.corners.iter().map(|&corners| positive(one(corners, input.sides))).collect::<Vec<_>>(),
        );
        out.answer("f32", "one by one");
        let [width, height] = input.sides.map(f32::from_f64);
        let one =
            |corners: &[f64; 4]| crate::oracle::clip(corners.map(f32::from_f64), width, height, convention);
        out.add(&input.corners.iter().map(|corners| positive(one(corners))).collect::<Vec<_>>());
    }
}

/// Corners without negative zeros: the sign of a 0 says nothing.
fn positive<F: Real>(corners: [F; 4]) -> [F; 4] {
    corners.map(|corner| corner + F::zero())
}

fn clipped<F: Real>(
    case: &'static str,
    way: &'static str,
    clip: fn(&mut [BBox<F>], F, F, Convention),
    input: &Input,
    out: &mut impl Sink,
) {
    let mut boxes = table::boxes::<F>(&input.corners);
    let [width, height] = input.sides.map(F::from_f64);
    clip(&mut boxes, width, height, input.convention);
    out.answer(case, way);
    out.add(&table::each(&boxes, |&BBox { x1, y1, x2, y2 }| positive([x1, y1, x2, y2])).as_slice());
}
