//! Intersection over union: of a box with many, as a matrix, and of boxes in columns.

use ohem_core::iou::{self, BoxColumns};
use ohem_core::kernel::{self, Simd};
use ohem_core::{BBox, Convention};

use super::numbers::Boxes;
use super::{Column, MAX, Operation, Real, Sink, Source, Words, table};

/// The IoU of some boxes with others.
#[derive(Clone, Copy, Debug)]
pub struct Overlaps;

/// Boxes, and the length of the output.
#[derive(Clone, Debug)]
pub struct Input {
    rows: Column<[f64; 4]>,
    columns: Column<[f64; 4]>,
    convention: Convention,
    /// Too many values of an output, or floats of memory for columns.
    excess: [usize; 2],
}

/// The largest number of rows.
const ROWS: usize = 5;

/// A matrix, a row, pair by pair, and in columns.
type Cases = [&'static str; 4];

const SINGLE: Cases = ["f32 matrix", "f32 row", "f32 pairs", "f32 columns"];
const DOUBLE: Cases = ["f64 matrix", "f64 row", "f64 pairs", "f64 columns"];

impl Operation for Overlaps {
    const NAME: &'static str = "iou";

    const COVERS: &'static [&'static str] = &[
        "iou::matrix",
        "iou::row",
        "iou::row_of_columns",
        "iou::matrix_of_columns",
        "iou::BoxColumns::floats",
        "iou::BoxColumns::new",
        "iou::BoxColumns::len",
        "iou::BoxColumns::is_empty",
        "kernel::iou::matrix",
        "kernel::iou::row",
        "kernel::iou::row_of_columns",
        "kernel::iou::matrix_of_columns",
        "BBox::iou",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (boxes, rows, columns, fault) =
            (Boxes::any(source), source.below(ROWS + 1), source.rows(), source.below(16));
        let mut column = |len| source.column(len, |source| boxes.next(source));
        let (rows, columns) = (column(rows), column(columns));
        let excess = [14, 15].map(|nth| usize::from(nth == fault));
        Input { rows, columns, convention: table::convention(source), excess }
    }

    fn core<S: Simd>(simd: S, input: &Input, out: &mut impl Sink) {
        core::<f32, S>(SINGLE, simd, input, out);
        core::<f64, S>(DOUBLE, simd, input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        std::<f32>(SINGLE, input, out);
        std::<f64>(DOUBLE, input, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        oracle::<f32>(SINGLE, input, out);
        oracle::<f64>(DOUBLE, input, out);
    }
}

/// Memory for the matrix.
type Matrix<F> = [F; MAX * ROWS + 1];

fn core<F: Real, S: Simd>(
    [matrix, row, pairs, in_columns]: Cases,
    simd: S,
    input: &Input,
    out: &mut impl Sink,
) {
    let (rows, columns) = (table::boxes::<F>(&input.rows), table::boxes::<F>(&input.columns));
    let (convention, len) = (input.convention, rows.len() * columns.len() + input.excess[0]);
    let mut floats = [F::one(); BoxColumns::floats(MAX)];
    let floats = floats.get_mut(..BoxColumns::floats(columns.len())).unwrap_or_default();
    let Ok(laid_out) = BoxColumns::new(&columns, convention, floats) else { return };
    let ways =
        ["iou::matrix", "kernel::iou::matrix", "iou::matrix_of_columns", "kernel::iou::matrix_of_columns"];
    for way in ways {
        let mut memory: Matrix<F> = [F::one(); MAX * ROWS + 1];
        let slots = memory.get_mut(..len).unwrap_or_default();
        let written = match way {
            "iou::matrix" => iou::matrix(&rows, &columns, convention, slots),
            "kernel::iou::matrix" => kernel::iou::matrix(simd, &rows, &columns, convention, slots),
            "iou::matrix_of_columns" => iou::matrix_of_columns(&rows, &laid_out, slots),
            _ => kernel::iou::matrix_of_columns(simd, &rows, &laid_out, slots),
        };
        out.answer(matrix, way);
        (written, &*slots).add_to(out);
    }
    for bbox in rows.iter().take(1) {
        one_row(row, simd, bbox, &columns, input, out);
        out.answer(pairs, "BBox::iou");
        columns.iter().for_each(|other| bbox.iou(other, convention).add_to(out));
    }
    out.answer(in_columns, "iou::row_of_columns");
    by_columns(input, &rows, &columns, |columns, bbox, out| iou::row_of_columns(columns, bbox, out), out);
    out.answer(in_columns, "kernel::iou::row_of_columns");
    by_columns(
        input,
        &rows,
        &columns,
        |columns, bbox, out| kernel::iou::row_of_columns(simd, columns, bbox, out),
        out,
    );
}

fn one_row<F: Real, S: Simd>(
    case: &'static str,
    simd: S,
    bbox: &BBox<F>,
    columns: &[BBox<F>],
    input: &Input,
    out: &mut impl Sink,
) {
    let (len, convention) = (columns.len() + input.excess[0], input.convention);
    let (mut plain, mut kernel) = ([F::one(); MAX + 1], [F::one(); MAX + 1]);
    let plain = plain.get_mut(..len).unwrap_or_default();
    out.answer(case, "iou::row");
    (iou::row(bbox, columns, convention, plain), &*plain).add_to(out);
    let kernel = kernel.get_mut(..len).unwrap_or_default();
    out.answer(case, "kernel::iou::row");
    (kernel::iou::row(simd, bbox, columns, convention, kernel), &*kernel).add_to(out);
}

/// Lays boxes out once, and compares each of the others with them.
fn by_columns<F: Real>(
    input: &Input,
    rows: &[BBox<F>],
    columns: &[BBox<F>],
    row: impl Fn(&BoxColumns<&mut [F]>, &BBox<F>, &mut [F]) -> Result<(), ohem_core::LengthMismatch>,
    out: &mut impl Sink,
) {
    let mut floats = [F::one(); BoxColumns::floats(MAX) + 1];
    let floats = floats.get_mut(..BoxColumns::floats(columns.len()) + input.excess[1]).unwrap_or_default();
    let laid_out = match BoxColumns::new(columns, input.convention, floats) {
        Ok(laid_out) => laid_out,
        Err(error) => return error.add_to(out),
    };
    (laid_out.len(), laid_out.is_empty()).add_to(out);
    for bbox in rows {
        let mut memory = [F::one(); MAX + 1];
        let slots = memory.get_mut(..columns.len() + input.excess[0]).unwrap_or_default();
        (row(&laid_out, bbox, slots), &*slots).add_to(out);
    }
}

#[cfg(feature = "std")]
fn std<F: Real>([matrix, row, _, in_columns]: Cases, input: &Input, out: &mut impl Sink) {
    let (rows, columns) = (table::boxes::<F>(&input.rows), table::boxes::<F>(&input.columns));
    if input.excess != [0, 0] {
        return; // outputs are new, and have the right length
    }
    out.answer(matrix, "matrix");
    ohem_std::iou::matrix(&rows, &columns, input.convention).add_to(out);
    for bbox in rows.iter().take(1) {
        out.answer(row, "row");
        let written = ohem_std::iou::row(bbox, &columns, input.convention);
        (Ok::<_, ohem_core::LengthMismatch>(()), written).add_to(out);
    }
    let laid_out = ohem_std::iou::BoxColumns::new(&columns, input.convention);
    out.answer(matrix, "matrix_of_columns");
    ohem_std::iou::matrix_of_columns(&rows, &laid_out).add_to(out);
    out.answer(in_columns, "row_of_columns");
    (laid_out.len(), laid_out.is_empty()).add_to(out);
    for bbox in &rows {
        let written = ohem_std::iou::row_of_columns(&laid_out, bbox);
        (Ok::<_, ohem_core::LengthMismatch>(()), written).add_to(out);
    }
}

#[cfg(feature = "std")]
fn oracle<F: Real>([matrix, row, pairs, in_columns]: Cases, input: &Input, out: &mut impl Sink) {
    use super::mine::naive::corners;
    use super::naive;

    let (rows, columns) = (corners::<F>(&input.rows), corners::<F>(&input.columns));
    let (convention, excess) = (naive::convention(input.convention), input.excess[0]);
    let overlaps = |rows: &[[F; 4]]| -> (Result<(), super::Refused>, Vec<F>) {
        let overlaps = crate::oracle::iou_matrix(rows, &columns, convention);
        let right = naive::length(overlaps.len(), overlaps.len() + excess);
        let len = overlaps.len() + excess;
        (right, right.map_or(vec![F::one(); len], |()| overlaps))
    };
    out.answer(matrix, "pair by pair");
    overlaps(&rows).add_to(out);
    for bbox in rows.iter().take(1) {
        out.answer(row, "pair by pair");
        overlaps(&[*bbox]).add_to(out);
        out.answer(pairs, "pair by pair");
        columns.iter().for_each(|other| crate::oracle::iou(*bbox, *other, convention).add_to(out));
    }
    out.answer(in_columns, "pair by pair");
    let floats = columns.len().div_ceil(32) * 32 * 5;
    match naive::length(floats, floats + input.excess[1]) {
        Ok(()) => {
            (columns.len(), columns.is_empty()).add_to(out);
            rows.iter().for_each(|bbox| overlaps(&[*bbox]).add_to(out));
        }
        Err(refused) => refused.add_to(out),
    }
}
