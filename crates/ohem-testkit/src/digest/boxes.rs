//! Overlaps, and boxes encoded and decoded.

use ohem_core::iou::BoxColumns;
use ohem_core::kernel::{Simd, iou};
use ohem_core::targets::{BoxCoder, Decode, clip};
use ohem_core::{BBox, Convention};

use super::input::cases;
use super::memory::{Arena, MemoryError};
use crate::registry::{Real, Sink};

pub(super) fn run<F: Real, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    for convention in [Convention::Pixel, Convention::Continuous] {
        overlaps::<F, S>(simd, convention, arena, out)?;
        let coder = BoxCoder::new(convention);
        encoded::<F>(&coder, arena, out)?;
        decoded::<F>(&coder, arena, out)?;
        decoded::<F>(&coder.decoding(Decode::Original).largest_log(4.0), arena, out)?;
        clipped::<F>(convention, arena, out)?;
    }
    Ok(())
}

/// The IoU of each pair, as a matrix and row by row.
fn overlaps<F: Real, S: Simd>(
    simd: S,
    convention: Convention,
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    let mut cases = cases!("overlaps");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let (rows, columns) = (cases.boxes::<F>(arena)?, cases.boxes::<F>(arena)?);
        let overlaps = arena.lend::<F>(rows.len() * columns.len())?;
        out.add(&iou::matrix(simd, rows, columns, convention, overlaps));
        out.add(&*overlaps);
        let laid_out =
            BoxColumns::new(columns, convention, arena.lend::<F>(BoxColumns::floats(columns.len()))?);
        for (row, overlaps) in rows.iter().zip(overlaps.chunks_mut(columns.len().max(1))) {
            match &laid_out {
                Ok(laid_out) => out.add(&iou::row_of_columns(simd, laid_out, row, overlaps)),
                Err(error) => out.add(error),
            }
            out.add(&*overlaps);
            columns.iter().for_each(|column| out.add(&row.iou(column, convention)));
        }
    }
    Ok(())
}

fn encoded<F: Real>(coder: &BoxCoder, arena: &mut Arena<'_>, out: &mut impl Sink) -> Result<(), MemoryError> {
    let mut cases = cases!("encode");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let (from, to) = (cases.boxes::<F>(arena)?, cases.boxes::<F>(arena)?);
        from.iter().zip(to).for_each(|(from, to)| out.add(&coder.encode(from, to)));
    }
    Ok(())
}

/// The boxes of each class.
fn decoded<F: Real>(coder: &BoxCoder, arena: &mut Arena<'_>, out: &mut impl Sink) -> Result<(), MemoryError> {
    let mut cases = cases!("decode");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let boxes = cases.boxes::<F>(arena)?;
        let (deltas, _) = cases.floats::<F>(arena)?.as_chunks();
        let classes = deltas.len().checked_div(boxes.len()).unwrap_or_default().max(1);
        for (from, deltas) in boxes.iter().zip(deltas.chunks(classes)) {
            deltas.iter().for_each(|&four| out.add(&coder.decode(from, four)));
        }
    }
    Ok(())
}

fn clipped<F: Real>(
    convention: Convention,
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    let mut cases = cases!("clip");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let (shape, boxes) = (cases.floats::<F>(arena)?, cases.boxes::<F>(arena)?);
        let &mut [height, width] = shape else { continue };
        for &bbox in boxes {
            let mut bbox: [BBox<F>; 1] = [bbox];
            clip(&mut bbox, width, height, convention);
            out.add(&bbox);
        }
    }
    Ok(())
}
