//! A row of logits as vectors, and the one order in which its terms are added up.
//!
//! Rounding depends on the order of a sum. This one is the same for any number of lanes: [`PARTIAL`] sums,
//! sum `i` of terms `i`, `i + 16`, `i + 32` and so on; then the upper half of the sums is added to the lower
//! one, until a single sum is left. Sums that no term falls to are 0, and change nothing.

use crate::Float;
use crate::simd::Lanes;

/// How many partial sums there are: the lanes of the widest vector of floats.
const PARTIAL: usize = 16;

/// A row as vectors, the last of them filled up.
#[derive(Clone, Copy)]
pub(super) struct Row<'a, V: Lanes> {
    whole: &'a [V::Array],
    rest: Option<V>,
}

impl<'a, F: Float, V: Lanes<Scalar = F>> Row<'a, V> {
    /// The first `width` of some values, and then minus infinity.
    ///
    /// The last vector is read across the end of the row, into what lies behind it, if anything does.
    #[inline(always)]
    pub(super) fn new(values: &'a [F], width: usize) -> Self {
        let row = values.get(..width).unwrap_or(values);
        let (whole, rest) = V::chunks(row);
        if rest.is_empty() {
            return Self { whole, rest: None };
        }
        let across = values.get(row.len() - rest.len()..).unwrap_or_default();
        let filler = V::splat(F::neg_infinity());
        let rest = match V::chunks(across).0.first() {
            Some(across) => V::select(lane_numbers::<F, V>().le(lane_number(rest.len() - 1)), V::load(across), filler),
            None => part(rest, F::neg_infinity()),
        };
        Self { whole, rest: Some(rest) }
    }

    /// Hands out each vector, and the column of its first lane.
    #[inline(always)]
    pub(super) fn each(&self, mut visit: impl FnMut(usize, V)) {
        let mut column = 0;
        for values in self.whole {
            visit(column, V::load(values));
            column += V::N;
        }
        if let Some(values) = self.rest {
            visit(column, values);
        }
    }

    /// The largest value; any, if one is NaN.
    #[inline(always)]
    pub(super) fn maximum(&self) -> F {
        let mut maximum = V::splat(F::neg_infinity());
        self.each(
            #[inline(always)]
            |_, values| maximum = maximum.max(values),
        );
        let larger = |a: F, &b: &F| if a > b { a } else { b };
        maximum.store().as_ref().iter().fold(F::neg_infinity(), larger)
    }
}

/// The sum of a row, as far as it has been added up.
pub(super) struct Sums<F>([F; PARTIAL]);

impl<F: Float> Sums<F> {
    /// Nothing as yet.
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self([F::zero(); PARTIAL])
    }

    /// Adds a vector of terms, the first of which is in this column.
    #[inline(always)]
    pub(super) fn add<V: Lanes<Scalar = F>>(&mut self, column: usize, terms: V) {
        let (sums, _) = V::chunks_mut(&mut self.0);
        if let Some(sums) = sums.get_mut(column % PARTIAL / V::N) {
            *sums = V::load(sums).add(terms).store();
        }
    }

    /// All of it.
    #[inline(always)]
    pub(super) fn total(mut self) -> F {
        for half in [8, 4, 2, 1] {
            let Some((lower, upper)) = self.0.split_at_mut_checked(half) else { break };
            for (lower, &upper) in lower.iter_mut().zip(&*upper) {
                *lower = *lower + upper;
            }
        }
        let [total, ..] = self.0;
        total
    }
}

/// The number of each lane.
#[inline(always)]
fn lane_numbers<F: Float, V: Lanes<Scalar = F>>() -> V {
    V::load(&V::array(number))
}

/// The number of one lane, in every lane.
#[inline(always)]
fn lane_number<F: Float, V: Lanes<Scalar = F>>(lane: usize) -> V {
    V::splat(number(lane))
}

#[inline(always)]
fn number<F: Float>(lane: usize) -> F {
    F::from_u24(u32::try_from(lane).unwrap_or(u32::MAX))
}

/// Where `label` is, in a vector whose first lane is in this column.
#[inline(always)]
pub(super) fn at_label<F: Float, V: Lanes<Scalar = F>>(label: usize, column: usize) -> V::Mask {
    lane_numbers::<F, V>().eq(lane_number(label.wrapping_sub(column).min(V::N)))
}

/// Fewer values than there are lanes, filled up.
#[inline(always)]
pub(super) fn part<F: Float, V: Lanes<Scalar = F>>(values: &[F], filler: F) -> V {
    V::load(&V::array(
        #[inline(always)]
        |lane| values.get(lane).copied().unwrap_or(filler),
    ))
}

/// Writes a vector from a column on, as far as the row goes.
#[inline(always)]
pub(super) fn write<F: Float, V: Lanes<Scalar = F>>(values: V, column: usize, row: &mut [F]) {
    let Some(out) = row.get_mut(column..) else { return };
    let values = values.store();
    match V::chunks_mut(out) {
        ([first, ..], _) => *first = values,
        ([], rest) => rest.iter_mut().zip(values.as_ref()).for_each(|(slot, &value)| *slot = value),
    }
}
