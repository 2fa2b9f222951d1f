//! The mining rules of other frameworks.

mod libra;
mod mmdet;
mod monai;
mod pisa;
mod rfcn;
mod segmentation;
mod ssd;
mod tensorflow;

pub use libra::Libra;
pub use mmdet::Mmdet;
pub use monai::Monai;
pub use pisa::Pisa;
pub use rfcn::Rfcn;
pub use segmentation::Segmentation;
pub use ssd::Ssd;
pub use tensorflow::Tensorflow;

use ohem_core::{ArrayStorage, Match, MineError, NanPolicy, Selection};

use super::mine::{WINDOW, spoil};
use super::table::{self, Table, each};
use super::{Column, MAX, Refused, Sink, Source, Words};

/// Memory that holds every selection.
type Large<F, H> = ArrayStorage<F, MAX, H, WINDOW>;

/// Memory that holds few.
type Small<F, H> = ArrayStorage<F, FEW, H, WINDOW>;

/// Capacity of little memory.
const FEW: usize = 8;

/// An image's anchors, and what they were matched to.
#[derive(Clone, Debug)]
pub struct Anchors {
    table: Table,
    /// As TensorFlow writes them: -1 is background, less is ignored.
    matches: Column<i32>,
    nan: NanPolicy,
}

impl Anchors {
    /// Nasty anchors; now and then one fault.
    fn any(source: &mut Source<'_>) -> Self {
        let mut table = Table::any(source);
        let others = [-1, 0, -2, 1, -1, i32::MIN, i32::MAX];
        let mut matches = source.column(table.len(), |source| source.choose(-1, others));
        match source.below(32) {
            30 => spoil(&mut matches),
            31 => spoil(&mut table.losses),
            _ => {}
        }
        Self { table, matches, nan: table::nan(source) }
    }

    fn matches(&self) -> Column<Match> {
        each(&self.matches, |&matched| Match::from_signed(matched))
    }
}

/// A share or a ratio, some of which make no sense.
fn ratio(source: &mut Source<'_>) -> f64 {
    source.choose(0.5, [0.25, 0.0, 1.0, 3.0, 1.0 / 3.0, -1.0, 1e300, f64::INFINITY, f64::NAN])
}

/// Adds the indices of a selection, and of how many they are.
fn selected(mined: Result<Selection<&[u32]>, MineError>, out: &mut impl Sink) {
    mined.map(|hard| Listed(hard.total(), hard)).map_err(Refused::from).add_to(out);
}

/// A selection by its indices and the number of RoIs.
struct Listed<'a>(usize, Selection<&'a [u32]>);

impl Words for Listed<'_> {
    fn add_to(&self, out: &mut impl Sink) {
        (self.0, self.1.indices()).add_to(out);
    }
}

/// Adds the same, and how many of them are positives.
fn in_parts(mined: Result<(usize, Selection<&[u32]>), MineError>, out: &mut impl Sink) {
    let mined = mined.map(|(positives, hard)| (positives, Listed(hard.total(), hard)));
    mined.map_err(Refused::from).add_to(out);
}

#[cfg(feature = "std")]
mod naive {
    use super::{Anchors, Refused};
    use crate::registry::naive::length;

    impl Anchors {
        /// Checks that there is a match for each loss; returns their number.
        pub(super) fn lengths(&self) -> Result<usize, Refused> {
            length(self.table.losses.len(), self.matches.len())?;
            Ok(self.table.losses.len())
        }
    }

    /// The fault of a NaN.
    pub(super) fn nan_at(index: usize) -> Refused {
        Refused::Nan { index }
    }

    /// A number without its fraction; 0 if it is negative or NaN.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast that saturates is meant"
    )]
    pub(super) fn truncated(number: f64) -> usize {
        number as usize
    }
}
#[cfg(feature = "std")]
use naive::{nan_at, truncated};
