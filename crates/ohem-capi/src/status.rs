//! The outcome of a call: a status, and the index at fault.

use core::ffi::c_char;

use ohem_core::{ConfigError, InputError, InvalidBox, LengthMismatch, MineError, NanLoss, OutOfRange};

macro_rules! statuses {
    ($($name:ident = $code:literal, $message:literal;)*) => {
        /// The outcome of a call; only 0 is success.
        ///
        /// A bad pointer is `NULL` or misaligned although its array is not empty, or its array is larger than the
        /// address space.
        #[repr(u32)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Status {
            $(
                #[doc = concat!(" Means: ", $message, ".")]
                $name = $code,
            )*
        }

        /// Describes a status in English, in static ASCII; never `NULL`.
        #[unsafe(export_name = "ohem_status_message")]
        pub extern "C" fn message(status: u32) -> *const c_char {
            let text = match status {
                $($code => concat!($message, "\0"),)*
                _ => "unknown status\0",
            };
            text.as_ptr().cast()
        }

        #[cfg(test)]
        const ALL: &[Status] = &[$(Status::$name),*];
    };
}

statuses! {
    Ok = 0, "done";
    Unexpected = 1, "refused for a reason that this version of the header does not name";
    NanLoss = 2, "a loss is NaN (the offender is its index)";
    Label = 3, "a label is out of range (the offender is its row)";
    Index = 4, "an index is out of range (the offender is its position)";
    Columns = 5, "a table of boxes has neither 4 columns nor 4 for each class";
    Choice = 6, "unknown convention, suppression, NaN policy, handling of labels or layout";
    NanThreshold = 7, "the IoU threshold is NaN";
    BatchSize = 8, "the batch is larger than the miner's capacity (the offender is the batch size)";
    ShortMemory = 9, "the memory is too small (the offender is the number of bytes needed)";
    TooMany = 10, "more RoIs than 32 bits can number (the offender is their number)";
    Beta = 11, "beta is negative or NaN";
    InvalidBox = 12, "a ground-truth box is invalid (the offender is its index)";
    PointerMiner = 32, "bad pointer: miner";
    PointerConfig = 33, "bad pointer: config";
    PointerRois = 34, "bad pointer: rois";
    PointerSpec = 35, "bad pointer: spec";
    PointerRegression = 36, "bad pointer: regression";
    PointerGate = 37, "bad pointer: gate";
    PointerBoxes = 38, "bad pointer: boxes, or rows or columns of a matrix";
    PointerImages = 39, "bad pointer: images";
    PointerLabels = 40, "bad pointer: labels, or groups";
    PointerLosses = 41, "bad pointer: losses, or scores";
    PointerTable = 42, "bad pointer: logits, probabilities, deltas or table";
    PointerTargets = 43, "bad pointer: targets";
    PointerWeights = 44, "bad pointer: inside or outside weights";
    PointerIndices = 45, "bad pointer: indices, or selected";
    PointerMemory = 46, "bad pointer: memory";
    PointerOut = 47, "bad pointer: an output";
}

/// Why a call was refused: a status, and the offender if it has one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Refusal {
    status: Status,
    offender: usize,
}

impl Status {
    /// Refuses with this status because of an index, or another number.
    pub(crate) fn of(self, offender: usize) -> Refusal {
        Refusal { status: self, offender }
    }
}

/// Refuses without an offender.
impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        status.of(usize::MAX)
    }
}

// Core's errors, as C sees them. What cannot happen here: choices are checked before core is called, slices have the
// lengths that the caller passes, and `u32` keys are valid.

/// Mining and ranking: the only setting that core can refuse is the threshold, the only capacity is the miner's.
impl From<MineError> for Refusal {
    fn from(error: MineError) -> Self {
        match error {
            MineError::Nan(NanLoss { index }) => Status::NanLoss.of(index as usize),
            MineError::Box(InvalidBox { index, .. }) => Status::InvalidBox.of(index),
            MineError::Config(ConfigError::Setting { .. }) => Status::NanThreshold.into(),
            MineError::Config(ConfigError::Capacity { needed, .. }) => Status::BatchSize.of(needed),
            _ => Status::Unexpected.into(),
        }
    }
}

/// Losses, gradients and tables: the only setting that core can refuse is `beta`, the only length that can be wrong
/// is that of a table of boxes.
impl From<InputError> for Refusal {
    fn from(error: InputError) -> Self {
        match error {
            InputError::OutOfRange(OutOfRange { what: "label", position, .. }) => Status::Label.of(position),
            InputError::OutOfRange(OutOfRange { position, .. }) => Status::Index.of(position),
            InputError::Box(InvalidBox { index, .. }) => Status::InvalidBox.of(index),
            InputError::Length(_) => Status::Columns.into(),
            InputError::Config(ConfigError::Setting { .. }) => Status::Beta.into(),
            _ => Status::Unexpected.into(),
        }
    }
}

impl From<ConfigError> for Refusal {
    fn from(error: ConfigError) -> Self {
        MineError::from(error).into()
    }
}

impl From<LengthMismatch> for Refusal {
    fn from(error: LengthMismatch) -> Self {
        InputError::from(error).into()
    }
}

impl From<OutOfRange> for Refusal {
    fn from(error: OutOfRange) -> Self {
        InputError::from(error).into()
    }
}

/// Checks that 32 bits can number RoIs.
pub(crate) fn check_countable(length: usize) -> Result<(), Refusal> {
    if u32::try_from(length).is_ok() { Ok(()) } else { Err(Status::TooMany.of(length)) }
}

/// Turns a result into a status, and writes the offender if the caller asks for it.
///
/// # Safety
///
/// `offender` is `NULL`, or may be written to.
pub(crate) unsafe fn report(offender: *mut usize, result: Result<(), Refusal>) -> Status {
    let Err(refusal) = result else { return Status::Ok };
    if !offender.is_null() && offender.is_aligned() {
        // SAFETY: it is aligned, and the caller says that it may be written to.
        unsafe { offender.write(refusal.offender) }
    }
    refusal.status
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use core::ffi::CStr;

    fn text(status: u32) -> &'static str {
        // SAFETY: a message is static and ends with its only 0.
        unsafe { CStr::from_ptr(message(status)) }.to_str().unwrap()
    }

    #[test]
    fn every_status_has_another_message() {
        let mut texts: std::vec::Vec<_> = ALL.iter().map(|&status| text(status as u32)).collect();
        assert!(texts.iter().all(|text| text.is_ascii() && !text.is_empty()));
        texts.push(text(u32::MAX));
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), ALL.len() + 1);
    }
}
