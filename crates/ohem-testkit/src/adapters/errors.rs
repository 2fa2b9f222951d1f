//! The index of the NaN that an error names.

use ohem_core::MineError;

/// The index of the first NaN; any other error is a bug of the test or of what it tests.
pub(super) fn first_nan(error: MineError) -> usize {
    match error {
        MineError::Nan(fault) => fault.index as usize,
        error => panic!("{error}"),
    }
}
