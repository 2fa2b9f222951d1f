//! Losses and their gradients.
//!
//! The oracle computes them in `f64` with the platform's `exp` and `ln`. The bounds on how near it is allow for a
//! difference of logits that `f32` rounds, and for sums of up to 24 terms in another order. Core and std agree
//! to the bit.

mod binary;
mod regression;
mod rows;
mod smooth;

pub use binary::{Binary, BinaryGradient};
pub use regression::Boxes;
pub use rows::{
    CrossEntropy, CrossEntropyGradient, ProbabilityCrossEntropy, ProbabilityCrossEntropyGradient,
    SigmoidCrossEntropy, SigmoidCrossEntropyGradient,
};
pub use smooth::{Reduced, Smooth};

use ohem_core::Float;
use ohem_core::loss::{GradientSpec, Layout};

use super::{Column, Source};

/// Values of a table of scores: 40 rows of 24.
const VALUES: usize = ROWS * COLUMNS;

/// The largest number of rows: more than are batched.
const ROWS: usize = 40;

/// The largest number of columns: three vectors.
const COLUMNS: usize = 24;

/// A table in fixed memory.
type Table<T> = heapless::Vec<T, VALUES>;

/// A table in a float type.
fn table<F: Float>(values: &[f64]) -> Table<F> {
    let mut table = Table::new();
    values.iter().for_each(|&value| table.push(F::from_f64(value)).unwrap_or_default());
    core::hint::black_box(table) // of any length, as far as the optimiser knows
}

/// A table of `len` values.
fn values(source: &mut Source<'_>, len: usize, mut next: impl FnMut(&mut Source<'_>) -> f64) -> Table<f64> {
    let mut table = Table::new();
    for _ in 0..len {
        let _ = table.push(next(source));
    }
    table
}

/// A logit: usually moderate, now and then a value that overflows, vanishes, or is NaN.
fn logit(source: &mut Source<'_>) -> f64 {
    const SPECIAL: [f64; 7] = [-0.0, 1e30, -1e30, 1e-40, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    match source.below(64) {
        0..48 => 8.0 * source.unit() - 4.0,
        48..60 => 100.0 * source.unit() - 50.0,
        60..63 => [0.0, 1.0, -1.0].into_iter().nth(source.below(3)).unwrap_or_default(),
        _ if source.once_in(8) => source.choose(0.0, SPECIAL),
        _ => 0.0,
    }
}

/// What a gradient is asked for.
#[derive(Clone, Debug)]
struct Spec {
    selected: Column<u32>,
    scale: f64,
    layout: Layout,
    /// Whether the output is one too long.
    long: bool,
}

impl Spec {
    /// Some of `rows` rows; now and then a row that does not exist, or too long an output.
    fn any(source: &mut Source<'_>, rows: usize, fault: Option<bool>) -> Self {
        let count = source.below(rows);
        let mut selected =
            source.column(count, |source| u32::try_from(source.below(rows)).unwrap_or_default());
        if fault == Some(false) {
            let _ = selected.push(u32::try_from(rows).unwrap_or_default());
        }
        let scale = source.choose(1.0, [0.5, -2.0, 0.0, 0.3]);
        let layout = source.choose(Layout::Dense, [Layout::Gathered]);
        Self { selected, scale, layout, long: fault == Some(true) }
    }

    fn of<F: Float>(&self) -> GradientSpec<'_, F> {
        GradientSpec::new(&self.selected).scale(F::from_f64(self.scale)).layout(self.layout)
    }

    /// How many rows a gradient has.
    fn rows(&self, rows: usize) -> usize {
        if self.layout == Layout::Dense { rows } else { self.selected.len() }
    }
}

#[cfg(feature = "std")]
mod naive {
    use super::Spec;
    use crate::registry::naive::{in_range, length};
    use crate::registry::{Real, Refused, Sink, Words};
    use ohem_core::loss::Layout;

    /// Values as they are after rounding, in `f64`.
    pub(super) fn rounded<F: Real>(values: &[f64]) -> Vec<f64> {
        values.iter().map(|&value| F::from_f64(value).to_f64()).collect()
    }

    impl Spec {
        /// Checks indices and output.
        pub(super) fn check(&self, rows: usize, columns: usize) -> Result<(), Refused> {
            let selected: Vec<usize> = self.selected.iter().map(|&index| index as usize).collect();
            in_range(&selected, rows)?;
            length(self.rows(rows) * columns, self.rows(rows) * columns + usize::from(self.long))
        }

        /// Adds the gradient of each row where it belongs, or the fault and an output that was not written.
        pub(super) fn add<F: Real>(
            &self,
            rows: usize,
            columns: usize,
            checked: Result<(), Refused>,
            gradient: impl Fn(usize) -> Vec<F>,
            out: &mut impl Sink,
        ) {
            let checked = checked.and_then(|()| self.check(rows, columns));
            let len = self.rows(rows) * columns + usize::from(self.long);
            let mut table = vec![if checked.is_ok() { F::zero() } else { F::one() }; len];
            for (nth, &index) in self.selected.iter().enumerate().filter(|_| checked.is_ok()) {
                let row = if self.layout == Layout::Dense { index as usize } else { nth };
                table[row * columns..][..columns].copy_from_slice(&gradient(index as usize));
            }
            (checked, table).add_to(out);
        }
    }
}
