//! A row of logits as vectors, and the one order in which its terms are added.
//!
//! Rounding depends on the order of a sum. This order is the same for any number of lanes: [`PARTIAL`] sums,
//! sum `i` of terms `i`, `i + 8`, `i + 16` and so on; then the upper half of the sums is added to the lower
//! half until one sum is left. A sum without terms is 0 and changes nothing.
//!
//! Instructions limit the speed, most of them those of `exp`: for each logit of rows of 21, 12 on AVX2 and 21
//! on SSE2 (`scripts/instructions.sh`). A row of 21 fills three vectors of 8 to seven eighths.

use crate::Float;
use crate::simd::{Lanes, check_lanes};

/// Number of partial sums.
const PARTIAL: usize = 8;

/// How rows of one width split into vectors.
#[derive(Clone, Copy)]
pub(super) struct RowShape<V: Lanes> {
    width: usize,
    /// Number of columns that fill whole vectors.
    whole: usize,
    /// Which lanes of the last vector are columns.
    columns: V::Mask,
}

impl<F: Float, V: Lanes<Scalar = F>> RowShape<V> {
    #[inline(always)]
    pub(super) fn new(width: usize) -> Self {
        const { check_lanes::<V>() };
        let rest = width % V::N;
        let last = V::splat(number::<F>(rest) - F::one());
        Self { width, whole: width - rest, columns: lane_numbers::<F, V>().le(last) }
    }

    /// The first row of a table.
    ///
    /// The last vector of a row may have fewer columns than lanes; minus infinity fills the other lanes. It
    /// is read in one load that reaches into the next row, except at the end of the table, where nothing
    /// follows.
    #[inline(always)]
    pub(super) fn row<'a>(&self, values: &'a [F]) -> Row<'a, V> {
        let (whole, rest) = values.split_at_checked(self.whole).unwrap_or((values, &[]));
        let rest = (self.whole < self.width).then(
            #[inline(always)]
            || match V::chunks(rest).0.first() {
                Some(across) => V::select(self.columns, V::load(across), V::splat(F::neg_infinity())),
                None => part(rest.get(..self.width - self.whole).unwrap_or(rest), F::neg_infinity()),
            },
        );
        Row { whole: V::chunks(whole).0, rest }
    }
}

/// A row as vectors; minus infinity fills the last one.
#[derive(Clone, Copy)]
pub(super) struct Row<'a, V: Lanes> {
    whole: &'a [V::Array],
    rest: Option<V>,
}

impl<F: Float, V: Lanes<Scalar = F>> Row<'_, V> {
    /// Visits each vector with the column of its first lane.
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

    /// The largest value; unspecified if one of them is NaN.
    #[inline(always)]
    pub(super) fn maximum(&self) -> F {
        let mut maximum = V::splat(F::neg_infinity());
        self.each(
            #[inline(always)]
            |_, values| maximum = maximum.max(values),
        );
        // Lanes are reduced as the sums are: for a maximum any order would do, but this one is at hand.
        let mut lanes = Sums([F::neg_infinity(); PARTIAL]);
        lanes.join(0, maximum, V::max, larger);
        halved(lanes.0, larger)
    }
}

#[inline(always)]
fn larger<F: Float>(a: F, b: F) -> F {
    if a > b { a } else { b }
}

/// The partial sums of a row.
pub(super) struct Sums<F>([F; PARTIAL]);

impl<F: Float> Sums<F> {
    /// All sums 0.
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self([F::zero(); PARTIAL])
    }

    /// Adds a vector of terms whose first lane is in this column.
    #[inline(always)]
    pub(super) fn add<V: Lanes<Scalar = F>>(&mut self, column: usize, terms: V) {
        self.join(column, terms, V::add, |a, b| a + b);
    }

    /// Joins each lane of a vector to its partial sum.
    #[inline(always)]
    fn join<V: Lanes<Scalar = F>>(
        &mut self,
        column: usize,
        terms: V,
        lanes: impl Fn(V, V) -> V,
        one: impl Fn(F, F) -> F,
    ) {
        if V::N <= PARTIAL {
            // Columns advance by whole vectors, so the lanes belong to sums that lie side by side.
            if let Some(sums) = V::chunks_mut(&mut self.0).0.get_mut(column % PARTIAL / V::N) {
                *sums = lanes(V::load(sums), terms).store();
            }
            return;
        }
        // A vector wider than all sums goes in pieces, the lower terms first.
        for terms in terms.store().as_ref().chunks(PARTIAL) {
            self.0.iter_mut().zip(terms).for_each(|(sum, &term)| *sum = one(*sum, term));
        }
    }

    /// The sum of the partial sums.
    #[inline(always)]
    pub(super) fn total(self) -> F {
        halved(self.0, |a, b| a + b)
    }
}

/// Joins the upper half of the values to the lower half until one is left.
#[inline(always)]
fn halved<F: Float>(mut values: [F; PARTIAL], join: impl Fn(F, F) -> F) -> F {
    for half in [4, 2, 1] {
        let Some((lower, upper)) = values.split_at_mut_checked(half) else { break };
        for (lower, &upper) in lower.iter_mut().zip(&*upper) {
            *lower = join(*lower, upper);
        }
    }
    let [last, ..] = values;
    last
}

/// The number of each lane.
#[inline(always)]
fn lane_numbers<F: Float, V: Lanes<Scalar = F>>() -> V {
    V::load(&V::array(number))
}

#[inline(always)]
fn number<F: Float>(lane: usize) -> F {
    F::from_u24(u32::try_from(lane).unwrap_or(u32::MAX))
}

/// The lane of column `wanted` in a vector whose first lane is in column `first`, if it has that column.
#[inline(always)]
pub(super) fn at_column<F: Float, V: Lanes<Scalar = F>>(wanted: usize, first: usize) -> V::Mask {
    // A column before the vector wraps to a large number: like one behind it, it matches no lane.
    lane_numbers::<F, V>().eq(V::splat(number(wanted.wrapping_sub(first).min(V::N))))
}

/// Loads at most as many values as there are lanes; `filler` fills the others.
#[inline(always)]
pub(super) fn part<F: Float, V: Lanes<Scalar = F>>(values: &[F], filler: F) -> V {
    V::load(&V::array(
        #[inline(always)]
        |lane| values.get(lane).copied().unwrap_or(filler),
    ))
}

/// Writes a vector from a column on, up to the end of the row.
#[inline(always)]
pub(super) fn write<F: Float, V: Lanes<Scalar = F>>(values: V, column: usize, row: &mut [F]) {
    let Some(out) = row.get_mut(column..) else { return };
    let values = values.store();
    match V::chunks_mut(out) {
        ([first, ..], _) => *first = values,
        ([], rest) => rest.iter_mut().zip(values.as_ref()).for_each(|(slot, &value)| *slot = value),
    }
}
