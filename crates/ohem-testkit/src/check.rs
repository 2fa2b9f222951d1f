//! Whether core and std agree with the oracle: what property tests and fuzz targets ask of one input.
//!
//! Each function panics if they do not, and runs std on the tier in use.

pub mod integers;
pub mod labels;
pub mod layouts;
pub mod merge;
pub mod mine_by;
pub mod rules;
pub mod steps;
pub mod targets;

use core::fmt::Debug;

/// All three must be the same.
#[track_caller]
fn agree<T: Debug + PartialEq>(oracle: T, core: T, std: T) {
    assert_eq!(core, oracle, "core, and the oracle");
    assert_eq!(std, oracle, "std, and the oracle");
}
