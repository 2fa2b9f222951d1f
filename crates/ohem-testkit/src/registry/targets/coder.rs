//! Boxes encoded relative to others, and decoded again.

use ohem_core::kernel::Simd;
use ohem_core::targets::{BoxCoder, decode, encode};
use ohem_core::{BBox, LengthMismatch};

use super::coder as any_coder;
use crate::registry::mine::spoil;
use crate::registry::numbers::Boxes;
use crate::registry::table::{self, each};
use crate::registry::{Column, MAX, Operation, Real, Sink, Source, Words};

/// Encoding and decoding of boxes.
#[derive(Clone, Copy, Debug)]
pub struct Coded;

/// Boxes, their partners, and deltas.
#[derive(Clone, Debug)]
pub struct Input {
    from: Column<[f64; 4]>,
    to: Column<[f64; 4]>,
    deltas: Column<[f64; 4]>,
    coder: BoxCoder,
    /// Whether the output is one too long.
    long: bool,
}

impl Operation for Coded {
    const NAME: &'static str = "box_coder";

    const COVERS: &'static [&'static str] = &[
        "targets::encode",
        "targets::decode",
        "targets::BoxCoder::new",
        "targets::BoxCoder::fast_rcnn",
        "targets::BoxCoder::convention",
        "targets::BoxCoder::decoding",
        "targets::BoxCoder::largest_log",
        "targets::BoxCoder::encode",
        "targets::BoxCoder::decode",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (boxes, rows, fault) = (Boxes::any(source), source.below(40), source.below(24));
        let mut column = |len| source.column(len, |source| boxes.next(source));
        let (from, mut to) = (column(rows), column(rows));
        let classes = source.below(1 + MAX / rows.max(1)).min(4);
        let mut deltas = source.column(rows * classes, |source| [(); 4].map(|()| 4.0 * source.unit() - 2.0));
        match fault {
            21 => spoil(&mut to),
            22 => spoil(&mut deltas),
            _ => {}
        }
        Input { from, to, deltas, coder: any_coder(source), long: fault == 23 }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        core::<f32>(["f32 encode", "f32 decode"], input, out);
        core::<f64>(["f64 encode", "f64 decode"], input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        if !input.long {
            std::<f32>(["f32 encode", "f32 decode"], input, out);
            std::<f64>(["f64 encode", "f64 decode"], input, out);
        }
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        naive::answers::<f32>(["f32 encode", "f32 decode"], input, out);
        naive::answers::<f64>(["f64 encode", "f64 decode"], input, out);
    }
}

/// Rows of four in a float type.
fn fours<F: Real>(rows: &[[f64; 4]]) -> Column<[F; 4]> {
    each(rows, |row| row.map(F::from_f64))
}

fn core<F: Real>([encoded, decoded]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    let (from, to, coder) = (table::boxes::<F>(&input.from), table::boxes::<F>(&input.to), &input.coder);
    let (deltas, long) = (fours::<F>(&input.deltas), usize::from(input.long));
    let mut memory = [[F::one(); 4]; MAX + 1];
    let targets = memory.get_mut(..from.len() + long).unwrap_or_default();
    out.answer(encoded, "encode");
    (encode(coder, &from, &to, targets), &*targets).add_to(out);
    if from.len() == to.len() && !input.long {
        out.answer(encoded, "BoxCoder::encode");
        (Ok::<_, LengthMismatch>(()), from.len()).add_to(out);
        from.iter().zip(&to).for_each(|(from, to)| coder.encode(from, to).add_to(out));
    }
    let mut memory = [BBox::new(F::one(), F::one(), F::one(), F::one()); MAX + 1];
    let boxes = memory.get_mut(..deltas.len() + long).unwrap_or_default();
    out.answer(decoded, "decode");
    let result = decode(coder, &from, &deltas, boxes);
    (result, &*boxes).add_to(out);
    if result.is_ok() {
        out.answer(decoded, "BoxCoder::decode");
        (result, deltas.len()).add_to(out);
        let classes = deltas.len().checked_div(from.len()).unwrap_or(0).max(1);
        let of_box = from.iter().zip(deltas.chunks(classes));
        of_box
            .for_each(|(from, deltas)| deltas.iter().for_each(|&four| coder.decode(from, four).add_to(out)));
    }
}

#[cfg(feature = "std")]
fn std<F: Real>([encoded, decoded]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    let (from, to, coder) = (table::boxes::<F>(&input.from), table::boxes::<F>(&input.to), &input.coder);
    let targets = ohem_std::targets::encode(coder, &from, &to);
    out.answer(encoded, "encode");
    let refused = targets.as_ref().map(|_| ()).map_err(|error| *error);
    (refused, targets.unwrap_or(vec![[F::one(); 4]; from.len()])).add_to(out);
    let boxes = ohem_std::targets::decode(coder, &from, &fours::<F>(&input.deltas));
    out.answer(decoded, "decode");
    let refused = boxes.as_ref().map(|_| ()).map_err(|error| *error);
    (refused, boxes.unwrap_or(vec![BBox::from([F::one(); 4]); input.deltas.len()])).add_to(out);
}

#[cfg(feature = "std")]
pub(super) mod naive {
    use super::*;
    use crate::registry::naive::length;
    use ohem_core::Convention;
    use ohem_core::targets::Decode;

    /// Width and height of a box.
    fn sides<F: Real>([x1, y1, x2, y2]: [F; 4], convention: Convention) -> [F; 2] {
        let pixel = if convention == Convention::Pixel { F::one() } else { F::zero() };
        [x2 - x1 + pixel, y2 - y1 + pixel]
    }

    /// The target that leads from one box to another. Logarithms are those of the crate `libm`, as is promised.
    pub(in super::super) fn encoded<F: Real>(from: [F; 4], to: [F; 4], coder: &BoxCoder) -> [F; 4] {
        let two = F::from_f64(2.0);
        let ([width, height], [to_width, to_height]) =
            (sides(from, coder.convention), sides(to, coder.convention));
        [
            ((to[0] - from[0]) + (to_width - width) / two) / width,
            ((to[1] - from[1]) + (to_height - height) / two) / height,
            (to_width / width).ln_of_libm(),
            (to_height / height).ln_of_libm(),
        ]
    }

    /// The box to which deltas lead.
    fn decoded<F: Real>(from: [F; 4], deltas: [F; 4], coder: &BoxCoder) -> [F; 4] {
        let two = F::from_f64(2.0);
        let along = |axis: usize| {
            let side = sides(from, coder.convention)[axis];
            let centre = deltas[axis] * side + (from[axis] + side / two);
            let log = deltas[axis + 2];
            let log = coder.largest_log.map(F::from_f64).filter(|&largest| log > largest).unwrap_or(log);
            let half = log.exp_of_libm() * side / two;
            let is_pixel = coder.convention == Convention::Pixel && coder.decoding == Decode::Exact;
            (centre - half, centre + half - if is_pixel { F::one() } else { F::zero() })
        };
        let ((x1, x2), (y1, y2)) = (along(0), along(1));
        [x1, y1, x2, y2]
    }

    pub(super) fn answers<F: Real>(
        [of_targets, of_boxes]: [&'static str; 2],
        input: &Input,
        out: &mut impl Sink,
    ) {
        let (from, to, deltas) = (fours::<F>(&input.from), fours::<F>(&input.to), fours::<F>(&input.deltas));
        let (coder, long) = (&input.coder, usize::from(input.long));
        let slots = from.len() + long;
        let lengths = length(from.len(), to.len()).and_then(|()| length(from.len(), slots));
        let targets = || from.iter().zip(&to).map(|(&from, &to)| encoded(from, to, coder)).collect();
        out.answer(of_targets, "by hand");
        (lengths, lengths.map_or(vec![[F::one(); 4]; slots], |()| targets())).add_to(out);

        let even = deltas.len().checked_next_multiple_of(from.len()).unwrap_or(0);
        let slots = deltas.len() + long;
        let lengths = length(even, deltas.len()).and_then(|()| length(deltas.len(), slots));
        let classes = deltas.len() / from.len().max(1);
        let boxes = || {
            let one = |(nth, &four): (usize, &[F; 4])| decoded(from[nth / classes], four, coder);
            deltas.iter().enumerate().map(one).collect()
        };
        out.answer(of_boxes, "by hand");
        (lengths, lengths.map_or(vec![[F::one(); 4]; slots], |()| boxes())).add_to(out);
    }
}
