//! Overlaps, and the steps from box to box.

use ohem_core::simd::Simd;
use ohem_core::targets::{BoxCoder, Decode, clip};
use ohem_core::{Convention, Float, iou};

use crate::bits::{Bits, Digest};
use crate::input::cases;
use crate::memory::{Arena, MemoryError};

pub(crate) fn run<F: Float + Bits, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    for convention in [Convention::Pixel, Convention::Continuous] {
        overlaps::<F, S>(simd, convention, arena, digest)?;
        let coder = BoxCoder::new(convention);
        encoded::<F>(&coder, arena, digest)?;
        decoded::<F>(&coder, arena, digest)?;
        decoded::<F>(&coder.decoding(Decode::Reference).largest_log(4.0), arena, digest)?;
        clipped::<F>(convention, arena, digest)?;
    }
    Ok(())
}

/// The IoU of each pair, as a matrix and row by row.
fn overlaps<F: Float + Bits, S: Simd>(
    simd: S,
    convention: Convention,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut cases = cases!("overlaps");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let (rows, columns) = (cases.boxes::<F>(arena)?, cases.boxes::<F>(arena)?);
        let out = arena.lend::<F>(rows.len() * columns.len())?;
        digest.add(&iou::matrix(simd, rows, columns, convention, out));
        digest.add(out);
        let floats = arena.lend::<F>(iou::Columns::<F>::floats(columns.len()))?;
        let laid_out = iou::Columns::new(columns, convention, floats);
        for (row, out) in rows.iter().zip(out.chunks_mut(columns.len().max(1))) {
            digest.add(&laid_out.as_ref().map(|columns| columns.row(simd, row, out)));
            digest.add(out);
            columns.iter().for_each(|column| digest.add(&row.iou(column, convention)));
        }
    }
    Ok(())
}

fn encoded<F: Float + Bits>(
    coder: &BoxCoder,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut cases = cases!("encode");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let (from, to) = (cases.boxes::<F>(arena)?, cases.boxes::<F>(arena)?);
        from.iter().zip(to).for_each(|(from, to)| digest.add(&coder.encode(from, to)));
    }
    Ok(())
}

/// The boxes of each class.
fn decoded<F: Float + Bits>(
    coder: &BoxCoder,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut cases = cases!("decode");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let boxes = cases.boxes::<F>(arena)?;
        let (steps, _) = cases.floats::<F>(arena)?.as_chunks();
        let classes = steps.len().checked_div(boxes.len()).unwrap_or_default().max(1);
        for (from, steps) in boxes.iter().zip(steps.chunks(classes)) {
            steps.iter().for_each(|&step| digest.add(&coder.decode(from, step)));
        }
    }
    Ok(())
}

fn clipped<F: Float + Bits>(
    convention: Convention,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut cases = cases!("clip");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let (shape, boxes) = (cases.floats::<F>(arena)?, cases.boxes::<F>(arena)?);
        let &mut [height, width] = shape else { continue };
        for &bbox in boxes {
            let mut bbox = [bbox];
            clip(&mut bbox, width, height, convention);
            digest.add(&bbox);
        }
    }
    Ok(())
}
