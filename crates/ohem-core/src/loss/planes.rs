//! Softmax cross-entropy of pixels: logits with a plane for each class, as networks for segmentation write them.
//!
//! Pixels are the lanes of a vector: it holds the logits of neighbouring pixels in one plane. So nothing is transposed,
//! and nothing is reduced across lanes. The terms of a pixel are added in the order in which [`softmax`](super::softmax)
//! adds those of a row, so that the bits are the same.

use super::classes::Classes;
use super::row::part;
use crate::error::{ConfigError, InputError, LengthMismatch};
use crate::simd::{Lanes, Portable, Simd};
use crate::{Float, Key};

/// Length of the planes of logits, in the words of an error.
const TABLE: &str = "values of logits (classes x pixels)";

/// Number of partial sums, as of a row.
const PARTIAL: usize = 8;

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
    simd.run(
        #[inline(always)]
        || {
            let vectors = labels.chunks(F::Lanes::<S>::N).zip(losses.chunks_mut(F::Lanes::<S>::N));
            let mut first = 0;
            for (labels, losses) in vectors {
                let softmax = Softmax::<F::Lanes<S>>::new(&planes, first, &wanted(classes, labels));
                let of_pixels = softmax.losses().store();
                losses.iter_mut().zip(of_pixels.as_ref()).for_each(|(slot, &loss)| *slot = loss);
                first += F::Lanes::<S>::N;
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
    out.fill(F::zero());
    simd.run(
        #[inline(always)]
        || {
            let vectors = labels.chunks(F::Lanes::<S>::N).zip(factors.chunks(F::Lanes::<S>::N));
            let mut first = 0;
            for (labels, factors) in vectors {
                if factors.iter().any(|&factor| factor != F::zero()) {
                    let softmax = Softmax::<F::Lanes<S>>::new(&planes, first, &wanted(classes, labels));
                    softmax.write_gradient(&planes, first, part(factors, F::zero()), out);
                }
                first += F::Lanes::<S>::N;
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

/// Logits with a plane for each class.
struct Planes<'a, F> {
    logits: &'a [F],
    pixels: usize,
    classes: usize,
}

impl<F: Float> Planes<'_, F> {
    /// Visits the logits of neighbouring pixels, class by class; minus infinity fills lanes beyond the last pixel.
    #[inline(always)]
    fn each<V: Lanes<Scalar = F>>(&self, first: usize, mut visit: impl FnMut(usize, V)) {
        let mut planes = self.logits.get(first..).unwrap_or_default();
        let len = self.pixels - first;
        for class in 0..self.classes {
            visit(
                class,
                match V::chunks(planes).0.first().filter(|_| len >= V::N) {
                    Some(whole) => V::load(whole),
                    None => part(planes.get(..len).unwrap_or(planes), F::neg_infinity()),
                },
            );
            planes = planes.get(self.pixels..).unwrap_or_default();
        }
    }
}

/// The number of each pixel's class as a float; -1 if the pixel is ignored.
#[inline(always)]
fn wanted<F: Float, L: Key, V: Lanes<Scalar = F>>(classes: Classes, labels: &[L]) -> V {
    V::load(&V::array(
        #[inline(always)]
        |lane| match labels.get(lane).and_then(|&label| classes.column(label)) {
            Some(column) => number(column),
            None => -F::one(),
        },
    ))
}

#[inline(always)]
fn number<F: Float>(class: usize) -> F {
    F::from_u24(u32::try_from(class).unwrap_or_default())
}

/// What losses and gradients of neighbouring pixels have in common.
struct Softmax<V> {
    /// The class of each pixel, as a float.
    wanted: V,
    maximum: V,
    /// How far the logit of the class is below the maximum.
    gap: V,
    /// The sum of the terms of all other classes.
    others: V,
}

impl<F: Float, V: Lanes<Scalar = F>> Softmax<V> {
    #[inline(always)]
    fn new(planes: &Planes<'_, F>, first: usize, wanted: &V) -> Self {
        let (wanted, zero) = (*wanted, V::splat(F::zero()));
        let (mut maximum, mut own) = (V::splat(F::neg_infinity()), zero);
        planes.each(
            first,
            #[inline(always)]
            |class, logits: V| {
                maximum = maximum.max(logits);
                own = V::select(wanted.eq(V::splat(number(class))), logits, own);
            },
        );
        let mut sums = [zero; PARTIAL];
        planes.each(
            first,
            #[inline(always)]
            |class, logits: V| {
                let terms = F::exp_lanes(logits.sub(maximum));
                let terms = V::select(wanted.eq(V::splat(number(class))), zero, terms);
                if let Some(sum) = sums.get_mut(class % PARTIAL) {
                    *sum = sum.add(terms);
                }
            },
        );
        let [a, b, c, d, e, f, g, h] = sums;
        let others = a.add(e).add(c.add(g)).add(b.add(f).add(d.add(h)));
        Self { wanted, maximum, gap: own.sub(maximum), others }
    }

    /// The losses; 0 for ignored pixels.
    #[inline(always)]
    fn losses(&self) -> V {
        let (zero, one) = (V::splat(F::zero()), V::splat(F::one()));
        let ignored = self.wanted.le(V::splat(-F::one()));
        let (others, gap) = (V::select(ignored, zero, self.others), V::select(ignored, zero, self.gap));
        // The sum less 1. Without a gap the class's own term is that 1, and adding it would cost digits.
        let beyond_one = V::select(gap.eq(zero), others, others.add(F::exp_lanes(gap)).sub(one));
        F::ln_1p_lanes(beyond_one).sub(gap)
    }

    /// Writes the gradients of the pixels whose factor is not 0.
    #[inline(always)]
    fn write_gradient(&self, planes: &Planes<'_, F>, first: usize, factors: V, out: &mut [F]) {
        let zero = V::splat(F::zero());
        let factor = factors.div(self.others.add(F::exp_lanes(self.gap)));
        // `p - 1` would cancel at the class of a confident pixel; minus the sum of the others is the same.
        let own = self.others.mul(factor).mul(V::splat(-F::one()));
        let ignored = self.wanted.le(V::splat(-F::one()));
        let len = (planes.pixels - first).min(V::N);
        planes.each(
            first,
            #[inline(always)]
            |class, logits: V| {
                let others = F::exp_lanes(logits.sub(self.maximum)).mul(factor);
                let gradient = V::select(self.wanted.eq(V::splat(number(class))), own, others);
                let gradient = V::select(ignored, zero, gradient);
                let gradient = V::select(factors.eq(zero), zero, gradient).store();
                let slots = out.get_mut(class * planes.pixels + first..).and_then(|out| out.get_mut(..len));
                let slots = slots.unwrap_or_default().iter_mut();
                slots.zip(gradient.as_ref()).for_each(|(slot, &value)| *slot = value);
            },
        );
    }
}
