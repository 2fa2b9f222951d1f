//! Softmax cross-entropy of pixels: logits with a plane for each class, as networks for segmentation write them.
//!
//! Pixels are the lanes of a vector: it holds the logits of neighbouring pixels in one plane. So nothing is transposed,
//! and nothing is reduced across lanes. The terms of a pixel are added in the order in which [`softmax`](super::softmax)
//! adds those of a row, so that the bits are the same.
//!
//! Planes are often a power of two apart, so that their lines in the cache evict each other. Hence a tile of several
//! vectors of pixels: a pass over all planes then uses whole lines.

use super::classes::Classes;
use super::row::write;
use crate::error::{ConfigError, InputError, LengthMismatch};
use crate::simd::{Lanes, Portable, Simd};
use crate::{Float, Key};

mod tile;

use tile::{Planes, Softmax, TILE};

/// Length of the planes of logits, in the words of an error.
const TABLE: &str = "values of logits (classes x pixels)";

/// Largest number of classes: a float of either type holds each of their numbers exactly.
const MAX_CLASSES: usize = 1 << 24;

/// Writes the softmax cross-entropy of every pixel, from logits with a plane for each class.
///
/// `logits` has `classes.count` planes, each with a value for every pixel; a batch of images in NCHW order takes a call
/// for each image. The same bits as [`cross_entropy`](super::cross_entropy) of the transposed table. O(n x classes).
///
/// # Errors
///
/// If `logits` or `losses` has the wrong length, a label names no class, or there are more than 2^24 classes. Nothing is
/// written then.
///
/// # Examples
///
/// ```
/// use ohem_core::loss::{self, Classes};
///
/// let logits = [20.0, 0.0, 0.0, 0.0]; // of class 0 for two pixels, then of class 1
/// let mut losses = [0.0; 2];
/// loss::cross_entropy_planes(&logits, Classes::new(2), &[0, 1], &mut losses)?;
/// assert_eq!(losses, [2.061_153_620_314_381e-9, std::f64::consts::LN_2]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn cross_entropy_planes<F: Float, L: Key>(
    logits: &[F],
    classes: Classes,
    labels: &[L],
    losses: &mut [F],
) -> Result<(), InputError> {
    cross_entropy_planes_on(Portable, logits, classes, labels, losses)
}

/// As [`cross_entropy_planes`], on a chosen instruction set.
pub fn cross_entropy_planes_on<F: Float, L: Key, S: Simd>(
    simd: S,
    logits: &[F],
    classes: Classes,
    labels: &[L],
    losses: &mut [F],
) -> Result<(), InputError> {
    check(logits, classes, labels)?;
    LengthMismatch::check("losses", labels.len(), losses.len())?;
    let planes = Planes { logits, pixels: labels.len(), classes: classes.count };
    let tile = TILE * F::Lanes::<S>::N;
    simd.run(
        #[inline(always)]
        || {
            let mut first = 0;
            for (labels, losses) in labels.chunks(tile).zip(losses.chunks_mut(tile)) {
                let softmax = Softmax::<F::Lanes<S>>::new(&planes, first, classes, labels);
                for (nth, slots) in losses.chunks_mut(F::Lanes::<S>::N).enumerate() {
                    write(softmax.losses(nth), 0, slots);
                }
                first += tile;
            }
        },
    );
    Ok(())
}

/// Writes the gradient of [`cross_entropy_planes`] by the logits, times a factor for each pixel.
///
/// `out` has the planes of `logits`. `factors` has 0 for a pixel that is not trained on: its gradient is 0, and costs
/// nothing if its neighbours are not trained on either. The same bits as
/// [`cross_entropy_gradient`](super::cross_entropy_gradient) of the transposed table with that scale. O(n x classes).
///
/// # Errors
///
/// If `logits`, `factors` or `out` has the wrong length, a label names no class, or there are more than 2^24 classes.
/// Nothing is written then.
///
/// # Examples
///
/// ```
/// use ohem_core::loss::{self, Classes};
///
/// let (logits, mut gradient) = ([0.0, 0.0, 0.0, 3.0], [f32::NAN; 4]);
/// loss::cross_entropy_planes_gradient(&logits, Classes::new(2), &[1, 1], &[0.5, 0.0], &mut gradient)?;
/// assert_eq!(gradient, [0.25, 0.0, -0.25, 0.0]); // pixel 1 is not trained on
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn cross_entropy_planes_gradient<F: Float, L: Key>(
    logits: &[F],
    classes: Classes,
    labels: &[L],
    factors: &[F],
    out: &mut [F],
) -> Result<(), InputError> {
    cross_entropy_planes_gradient_on(Portable, logits, classes, labels, factors, out)
}

/// As [`cross_entropy_planes_gradient`], on a chosen instruction set.
pub fn cross_entropy_planes_gradient_on<F: Float, L: Key, S: Simd>(
    simd: S,
    logits: &[F],
    classes: Classes,
    labels: &[L],
    factors: &[F],
    out: &mut [F],
) -> Result<(), InputError> {
    check(logits, classes, labels)?;
    LengthMismatch::check("factors", labels.len(), factors.len())?;
    LengthMismatch::check("values of the gradient (classes x pixels)", logits.len(), out.len())?;
    let planes = Planes { logits, pixels: labels.len(), classes: classes.count };
    let tile = TILE * F::Lanes::<S>::N;
    simd.run(
        #[inline(always)]
        || {
            let mut first = 0;
            for (labels, factors) in labels.chunks(tile).zip(factors.chunks(tile)) {
                if factors.iter().any(|&factor| factor != F::zero()) {
                    let softmax = Softmax::<F::Lanes<S>>::new(&planes, first, classes, labels);
                    softmax.write_gradient(&planes, first, factors, out);
                } else {
                    planes.clear(first, factors.len(), out);
                }
                first += tile;
            }
        },
    );
    Ok(())
}

fn check<F: Float, L: Key>(logits: &[F], classes: Classes, labels: &[L]) -> Result<(), InputError> {
    LengthMismatch::check_table(TABLE, classes.count, labels.len(), logits.len())?;
    ConfigError::check_capacity("classes", classes.count, MAX_CLASSES)?;
    Ok(classes.check_columns(labels)?)
}
