//! A tile of pixels: a few vectors, whose softmax is computed plane by plane.

use crate::loss::Classes;
use crate::loss::row::{part, write};
use crate::simd::Lanes;
use crate::{Float, Key};

/// Number of vectors of pixels that are computed together.
pub(super) const TILE: usize = 8;

/// Number of partial sums, as of a row.
const PARTIAL: usize = 8;

/// Logits with a plane for each class.
pub(super) struct Planes<'a, F> {
    pub(super) logits: &'a [F],
    pub(super) pixels: usize,
    pub(super) classes: usize,
}

impl<F: Float> Planes<'_, F> {
    /// Visits the vectors of a tile of pixels, class by class; minus infinity fills lanes beyond the last pixel.
    #[inline(always)]
    fn each<V: Lanes<Scalar = F>>(&self, first: usize, mut visit: impl FnMut(usize, usize, V)) {
        let mut plane = self.logits.get(first..).unwrap_or_default();
        let len = self.pixels.saturating_sub(first).min(TILE * V::N);
        for class in 0..self.classes {
            let (whole, rest) = V::chunks(plane.get(..len).unwrap_or_default());
            for (nth, logits) in whole.iter().enumerate() {
                visit(class, nth, V::load(logits));
            }
            if !rest.is_empty() {
                visit(class, whole.len(), part(rest, F::neg_infinity()));
            }
            plane = plane.get(self.pixels..).unwrap_or_default();
        }
    }

    /// Writes zeros for some pixels.
    pub(super) fn clear(&self, first: usize, len: usize, out: &mut [F]) {
        for class in 0..self.classes {
            let pixels = out.get_mut(class * self.pixels + first..).and_then(|out| out.get_mut(..len));
            pixels.unwrap_or_default().fill(F::zero());
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

/// What the loss and the gradient of a vector of pixels have in common.
#[derive(Clone, Copy)]
struct OfPixels<V> {
    /// The class of each pixel, as a float.
    wanted: V,
    maximum: V,
    /// The logit of the class; then how far it is below the maximum.
    gap: V,
    /// Partial sums of the terms of all other classes; then the first is their sum.
    others: [V; PARTIAL],
}

/// A tile of pixels.
pub(super) struct Softmax<V>([OfPixels<V>; TILE]);

impl<F: Float, V: Lanes<Scalar = F>> Softmax<V> {
    #[inline(always)]
    pub(super) fn new<L: Key>(planes: &Planes<'_, F>, first: usize, classes: Classes, labels: &[L]) -> Self {
        let (zero, least) = (V::splat(F::zero()), V::splat(F::neg_infinity()));
        let mut tile = [OfPixels { wanted: zero, maximum: least, gap: zero, others: [zero; PARTIAL] }; TILE];
        for (pixels, labels) in tile.iter_mut().zip(labels.chunks(V::N)) {
            pixels.wanted = wanted(classes, labels);
        }
        planes.each(
            first,
            #[inline(always)]
            |class, nth, logits: V| {
                if let Some(pixels) = tile.get_mut(nth) {
                    pixels.maximum = pixels.maximum.max(logits);
                    pixels.gap = V::select(pixels.wanted.eq(V::splat(number(class))), logits, pixels.gap);
                }
            },
        );
        planes.each(
            first,
            #[inline(always)]
            |class, nth, logits: V| {
                if let Some(pixels) = tile.get_mut(nth)
                    && let Some(sum) = pixels.others.get_mut(class % PARTIAL)
                {
                    let terms = F::exp_lanes(logits.sub(pixels.maximum));
                    *sum = sum.add(V::select(pixels.wanted.eq(V::splat(number(class))), zero, terms));
                }
            },
        );
        for pixels in &mut tile {
            let [a, b, c, d, e, f, g, h] = pixels.others;
            let sum = a.add(e).add(c.add(g)).add(b.add(f).add(d.add(h)));
            pixels.others = [sum; PARTIAL];
            pixels.gap = pixels.gap.sub(pixels.maximum);
        }
        Self(tile)
    }

    /// The losses of a vector of pixels; 0 for ignored ones.
    #[inline(always)]
    pub(super) fn losses(&self, nth: usize) -> V {
        let (zero, one) = (V::splat(F::zero()), V::splat(F::one()));
        let Some(OfPixels { wanted, gap, others: [others, ..], .. }) = self.0.get(nth) else { return zero };
        let ignored = wanted.le(V::splat(-F::one()));
        let (others, gap) = (V::select(ignored, zero, *others), V::select(ignored, zero, *gap));
        // The sum less 1. Without a gap the class's own term is that 1, and adding it would cost digits.
        let beyond_one = V::select(gap.eq(zero), others, others.add(F::exp_lanes(gap)).sub(one));
        F::ln_1p_lanes(beyond_one).sub(gap)
    }

    /// Writes the gradients of the pixels whose factor is not 0, and 0 for the others.
    #[inline(always)]
    pub(super) fn write_gradient(&self, planes: &Planes<'_, F>, first: usize, factors: &[F], out: &mut [F]) {
        let zero = V::splat(F::zero());
        let mut scaled =
            [Scaled { wanted: zero, maximum: zero, factors: zero, factor: zero, own: zero }; TILE];
        for ((scaled, pixels), factors) in scaled.iter_mut().zip(&self.0).zip(factors.chunks(V::N)) {
            *scaled = Scaled::new(pixels, part(factors, F::zero()));
        }
        planes.each(
            first,
            #[inline(always)]
            |class, nth, logits: V| {
                let Some(pixels) = scaled.get(nth) else { return };
                let others = F::exp_lanes(logits.sub(pixels.maximum)).mul(pixels.factor);
                let gradient = V::select(pixels.wanted.eq(V::splat(number(class))), pixels.own, others);
                let gradient = V::select(pixels.factors.eq(zero), zero, gradient);
                let (from, to) = (first + nth * V::N, planes.pixels.min(first + nth * V::N + V::N));
                let slots = out.get_mut(class * planes.pixels + from..class * planes.pixels + to);
                write(gradient, 0, slots.unwrap_or_default());
            },
        );
    }
}

/// What the gradients of a vector of pixels have in common.
#[derive(Clone, Copy)]
struct Scaled<V> {
    wanted: V,
    maximum: V,
    /// The factors of the pixels that are trained on, 0 for the others.
    factors: V,
    /// What a term is multiplied by.
    factor: V,
    /// The gradient at the class of each pixel.
    own: V,
}

impl<F: Float, V: Lanes<Scalar = F>> Scaled<V> {
    #[inline(always)]
    fn new(pixels: &OfPixels<V>, factors: V) -> Self {
        let &OfPixels { wanted, maximum, gap, others: [others, ..] } = pixels;
        let (zero, minus) = (V::splat(F::zero()), V::splat(-F::one()));
        let factor = factors.div(others.add(F::exp_lanes(gap)));
        // `p - 1` would cancel at the class of a confident pixel; minus the sum of the others is the same.
        let own = others.mul(factor).mul(minus);
        Self { wanted, maximum, factors: V::select(wanted.le(minus), zero, factors), factor, own }
    }
}
