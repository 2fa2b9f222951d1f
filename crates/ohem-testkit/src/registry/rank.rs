//! Ranking: the hardest few of a list or a stream, all lazily, the n-th alone, and the order itself.

mod lazy;
mod nth;
mod stream;
mod top_k;

pub use lazy::Lazily;
pub use nth::Nth;
pub use stream::Stream;
pub use top_k::TopOf;

use ohem_core::NanPolicy;

use super::numbers::Numbers;
use super::{Column, MAX, Source, table};

/// Losses, and how many of the hardest are wanted.
#[derive(Clone, Debug)]
pub struct Ranking {
    losses: Column<f64>,
    k: usize,
    nan: NanPolicy,
}

impl Ranking {
    fn any(source: &mut Source<'_>) -> Self {
        let (rows, numbers, with_nan) = (source.rows(), Numbers::any(source), source.once_in(2));
        let next = |source: &mut Source<'_>| {
            if with_nan { numbers.next(source) } else { numbers.next_but_nan(source) }
        };
        let losses = source.column(rows, next);
        let k = if source.once_in(4) { source.below(MAX + 2) } else { source.below(24) };
        Self { losses, k, nan: table::nan(source) }
    }

    fn losses<H: super::Loss>(&self) -> Column<H> {
        table::each(&self.losses, |&loss| H::of(loss))
    }
}

/// Calls a function for each type of losses, with the name of its case.
macro_rules! each_type {
    ($run:ident [$($simd:ident)?] $($argument:expr),*) => {
        $run::<f32, $($simd)?>("f32", $($argument),*);
        $run::<f64, $($simd)?>("f64", $($argument),*);
        $run::<i8, $($simd)?>("i8", $($argument),*);
        $run::<i16, $($simd)?>("i16", $($argument),*);
        $run::<i32, $($simd)?>("i32", $($argument),*);
        $run::<half::f16, $($simd)?>("f16", $($argument),*);
        $run::<half::bf16, $($simd)?>("bf16", $($argument),*);
    };
}
pub(super) use each_type;

/// The order of all that take part.
#[cfg(feature = "std")]
pub(super) fn order<H: super::Loss>(losses: &[H], nan: NanPolicy) -> Result<Vec<usize>, super::Refused> {
    crate::oracle::rank(losses, super::naive::nan(nan)).map_err(|index| super::Refused::Nan { index })
}

/// A loss as ranking has it: +0 for -0, and one NaN for all.
#[cfg(feature = "std")]
pub(super) fn ranked<H: super::Loss>(losses: &[H], index: usize) -> (H, usize) {
    let zero = H::of(0.0);
    (if losses[index] == zero { zero } else { losses[index] }, index)
}
