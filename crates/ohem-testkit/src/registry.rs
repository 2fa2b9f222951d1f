//! Every public operation of core, once: its inputs, how core and std run it, and its oracle.
//!
//! Property tests, the fuzz target `operations`, the digest of all instruction sets, the proof that nothing panics,
//! instruction counts and benches go over the same list ([`for_each`]), so an operation that has an entry is in all
//! of them. `scripts/registry.sh` fails when a public function of core is in no entry.
//!
//! Without the feature `std`, the rest runs on every machine, in fixed memory, and cannot panic.
//!
//! To add an operation: write its entry in the file of its module, and name it in the list below.

#[cfg(feature = "std")]
pub mod check;
#[cfg(feature = "std")]
pub mod naive;
pub mod numbers;
#[cfg(feature = "std")]
mod prepared;
mod refused;
mod sink;
mod source;
pub mod table;
pub mod targets;
mod types;

use core::fmt::Debug;

use ohem_core::kernel::Simd;

#[cfg(feature = "std")]
pub use prepared::Prepared;
pub use refused::Refused;
pub use sink::{Sink, Words};
pub use source::Source;
pub use table::{Column, MAX};
pub use types::{Loss, Real};

pub mod boxes;
pub mod gate;
pub mod gather;
pub mod iou;
pub mod loss;
pub mod merge;
pub mod mine;
pub mod nms;
pub mod rank;
pub mod rules;

/// How near the answers of an oracle are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Agreement {
    /// They are the same words.
    Exact,
    /// Floats differ by at most this many units in the last place of the expected value.
    Relative {
        /// How many, in the float type of the answer.
        ulps: f64,
    },
    /// Floats differ by at most this many units in the last place of the expected value, or of 1 if that is larger.
    Absolute {
        /// How many, in the float type of the answer.
        ulps: f64,
    },
}

/// A public operation, with everything that is needed to run it, to check it, and to measure it.
pub trait Operation {
    /// Its name in tests, tables and the digest.
    const NAME: &'static str;

    /// The public functions of core that it calls, by their paths: `"iou::row"`, `"Miner::mine"`.
    const COVERS: &'static [&'static str];

    /// How near its oracle is; core and std always agree to the bit.
    const ORACLE: Agreement = Agreement::Exact;

    /// What it is run on.
    type Input: Debug;

    /// Makes an input: nasty now and then, and at most one fault in it.
    fn generate(source: &mut Source<'_>) -> Self::Input;

    /// Runs it in core: by plain functions, and by kernels with this token.
    fn core<S: Simd>(simd: S, input: &Self::Input, out: &mut impl Sink);

    /// Runs it in std, on the tier in use.
    #[cfg(feature = "std")]
    fn std(input: &Self::Input, out: &mut impl Sink);

    /// Gives the answer of each case by the naive twin.
    #[cfg(feature = "std")]
    fn oracle(input: &Self::Input, out: &mut impl Sink);
}

/// An action on every operation.
pub trait Visitor {
    /// Does it with one.
    fn visit<O: Operation>(&mut self);
}

/// Names every operation to a macro: `with_operations!(callback)` calls `callback!(path::Of, ...)`.
#[macro_export]
macro_rules! with_operations {
    ($callback:ident) => {
        $callback! {
            mine::Mine,
            mine::MineIntegers,
            mine::MineBy,
            mine::Layouts,
            mine::Selected,
            mine::Spatial,
            nms::Suppressed,
            rank::TopOf,
            rank::Stream,
            rank::Lazily,
            rank::Nth,
            gate::Passed,
            gather::Rows,
            merge::Merged,
            iou::Overlaps,
            boxes::Shapes,
            boxes::Matches,
            boxes::Floats,
            boxes::Vectors,
            rules::Rfcn,
            rules::Tensorflow,
            rules::Ssd,
            rules::Mmdet,
            rules::Monai,
            rules::Libra,
            rules::Pisa,
            rules::Segmentation,
            targets::Assigned,
            targets::Labelled,
            targets::Sampled,
            targets::Coded,
            targets::Encoded,
            targets::Normalized,
            targets::Expanded,
            targets::Clipped,
            targets::Forced,
            loss::CrossEntropy,
            loss::CrossEntropyGradient,
            loss::ProbabilityCrossEntropy,
            loss::ProbabilityCrossEntropyGradient,
            loss::SigmoidCrossEntropy,
            loss::SigmoidCrossEntropyGradient,
            loss::Binary,
            loss::BinaryGradient,
            loss::Boxes,
            loss::Smooth,
            loss::Reduced,
        }
    };
}

macro_rules! visit_each {
    ($($module:ident::$operation:ident,)*) => {
        /// Has every operation visited, in the order of the list.
        pub fn for_each(visitor: &mut impl Visitor) {
            $(visitor.visit::<$module::$operation>();)*
        }

        /// How many operations there are.
        pub const COUNT: usize = [$(stringify!($module::$operation)),*].len();
    };
}

with_operations!(visit_each);
