//! Encoding and decoding of many boxes.

use super::BoxCoder;
use crate::error::LengthMismatch;
use crate::{BBox, Float};

/// Writes the regression target that leads from each box to its partner. O(n).
///
/// Source and differences: as [`BoxCoder::encode`].
///
/// # Errors
///
/// If the slices differ in length. Nothing is written then.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::{BoxCoder, encode};
/// use ohem_core::{BBox, Convention};
///
/// let from = BBox::from_rows(&[[0.0, 0.0, 2.0, 2.0], [5.0, 5.0, 6.0, 6.0]]);
/// let to = BBox::from_rows(&[[1.0, 0.0, 3.0, 2.0], [5.0, 5.0, 6.0, 6.0]]);
/// let mut targets = [[f32::NAN; 4]; 2];
/// encode(&BoxCoder::new(Convention::Continuous), from, to, &mut targets)?;
/// assert_eq!(targets, [[0.5, 0.0, 0.0, 0.0], [0.0; 4]]);
/// # Ok::<(), ohem_core::LengthMismatch>(())
/// ```
pub fn encode<F: Float>(
    coder: &BoxCoder,
    from: &[BBox<F>],
    to: &[BBox<F>],
    targets: &mut [[F; 4]],
) -> Result<(), LengthMismatch> {
    LengthMismatch::check("boxes to encode", from.len(), to.len())?;
    LengthMismatch::check("targets", from.len(), targets.len())?;
    for ((target, from), to) in targets.iter_mut().zip(from).zip(to) {
        *target = coder.encode(from, to);
    }
    Ok(())
}

/// Writes the boxes to which predicted deltas lead: from each box the same number, one for each class. O(n x
/// K).
///
/// `deltas` is the `n x 4K` blob of a network, four values at a time; `boxes` becomes `n x K`.
///
/// Source and differences: as [`BoxCoder::decode`].
///
/// # Errors
///
/// If the deltas do not divide evenly among the boxes, or `boxes` is not as long as `deltas`. Nothing is
/// written then.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::{BoxCoder, decode};
/// use ohem_core::{BBox, Convention};
///
/// let from = [BBox::new(0.0, 0.0, 2.0, 2.0)];
/// let deltas = [[0.0; 4], [0.5, 0.0, 0.0, 0.0]]; // of two classes
/// let mut boxes = [BBox::default(); 2];
/// decode(&BoxCoder::new(Convention::Continuous), &from, &deltas, &mut boxes)?;
/// assert_eq!(boxes, [BBox::new(0.0, 0.0, 2.0, 2.0), BBox::new(1.0, 0.0, 3.0, 2.0)]);
/// # Ok::<(), ohem_core::LengthMismatch>(())
/// ```
pub fn decode<F: Float>(
    coder: &BoxCoder,
    from: &[BBox<F>],
    deltas: &[[F; 4]],
    boxes: &mut [BBox<F>],
) -> Result<(), LengthMismatch> {
    // The next number that divides evenly; without boxes, no delta is expected.
    let even = deltas.len().checked_next_multiple_of(from.len()).unwrap_or(0);
    LengthMismatch::check("deltas (boxes x classes)", even, deltas.len())?;
    LengthMismatch::check("decoded boxes", deltas.len(), boxes.len())?;
    // No classes, no work; a chunk must not be empty.
    let classes = deltas.len().checked_div(from.len()).unwrap_or(0).max(1);
    let of_box = deltas.chunks_exact(classes).zip(boxes.chunks_exact_mut(classes));
    for (from, (deltas, boxes)) in from.iter().zip(of_box) {
        boxes.iter_mut().zip(deltas).for_each(|(bbox, &deltas)| *bbox = coder.decode(from, deltas));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Convention;

    #[test]
    fn an_error_names_the_slice_of_the_wrong_length() {
        let (coder, boxes) = (BoxCoder::new(Convention::Pixel), [BBox::new(0.0, 0.0, 9.0, 9.0); 3]);
        let length = |what, expected, actual| Err(LengthMismatch { what, expected, actual });
        let mut targets = [[7.0; 4]; 3];
        assert_eq!(encode(&coder, &boxes, &boxes[1..], &mut targets), length("boxes to encode", 3, 2));
        assert_eq!(encode(&coder, &boxes, &boxes, &mut targets[1..]), length("targets", 3, 2));
        assert_eq!(targets, [[7.0; 4]; 3], "nothing is written");

        let mut out = boxes;
        let decoded =
            |boxes: &[_], deltas: usize, out: &mut [_]| decode(&coder, boxes, &[[9.0; 4]; 8][..deltas], out);
        assert_eq!(decoded(&boxes[..2], 3, &mut out), length("deltas (boxes x classes)", 4, 3));
        assert_eq!(decoded(&[], 3, &mut out), length("deltas (boxes x classes)", 0, 3));
        assert_eq!(decoded(&boxes[..1], 2, &mut out), length("decoded boxes", 2, 3));
        assert_eq!(out, boxes, "nothing is written");
        assert_eq!(decoded(&[], 0, &mut []), Ok(()));
        assert_eq!(decoded(&boxes, 0, &mut []), Ok(()));
    }
}
