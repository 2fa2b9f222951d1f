//! The outcome of a call: a status, and the index at fault.

use core::ffi::c_char;

use ohem_core::{ConfigError, InputError, InvalidBox, LengthMismatch, MineError, NanLoss, OutOfRange};

/// The outcome of a call, one of `OHEM_STATUS_...`; only 0 is success.
///
/// A bad pointer is `NULL` or misaligned although its array is not empty, or its array is larger than the
/// address space.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(u32);

macro_rules! statuses {
    ($($name:ident $code_name:ident = $code:literal, $message:literal;)*) => {
        $(
            #[doc = concat!(" Means: ", $message, ".")]
            pub const $code_name: u32 = $code;
        )*

        /// cbindgen:ignore
        #[allow(non_upper_case_globals, reason = "they are read as the variants of an enum, which C++ would refuse as a tag")]
        impl Status {
            $(
                #[doc = concat!(" Means: ", $message, ".")]
                pub const $name: Self = Self($code);
            )*
        }

        /// Describes a status in English, in static ASCII; never `NULL`.
        #[unsafe(export_name = "ohem_status_message")]
        pub extern "C" fn message(status: Status) -> *const c_char {
            let text = match status.0 {
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
    Ok OHEM_STATUS_OK = 0, "done";
    Unexpected OHEM_STATUS_UNEXPECTED = 1, "refused for a reason that this version of the header does not name";
    NanLoss OHEM_STATUS_NAN_LOSS = 2, "a loss is NaN (the offender is its index)";
    Label OHEM_STATUS_LABEL = 3, "a label is out of range (the offender is its row)";
    Index OHEM_STATUS_INDEX = 4, "an index is out of range (the offender is its position)";
    Columns OHEM_STATUS_COLUMNS = 5, "a table of boxes has neither 4 columns nor 4 for each class";
    Choice OHEM_STATUS_CHOICE = 6, "unknown convention, suppression, NaN policy, handling of labels, layout, or another choice";
    NanThreshold OHEM_STATUS_NAN_THRESHOLD = 7, "the IoU threshold is NaN";
    BatchSize OHEM_STATUS_BATCH_SIZE = 8, "the batch is larger than the miner's capacity (the offender is the batch size)";
    ShortMemory OHEM_STATUS_SHORT_MEMORY = 9, "the memory is too small (the offender is the number of bytes needed)";
    TooMany OHEM_STATUS_TOO_MANY = 10, "more RoIs than 32 bits can number (the offender is their number)";
    Beta OHEM_STATUS_BETA = 11, "beta is negative or NaN";
    Window OHEM_STATUS_WINDOW = 12, "the window is too short (the offender is the least length)";
    Normalization OHEM_STATUS_NORMALIZATION = 13, "means and deviations that cannot scale (the offender is their row)";
    Capacity OHEM_STATUS_CAPACITY = 14, "an output is too short (the offender is the number of elements needed)";
    Setting OHEM_STATUS_SETTING = 15, "a setting is out of range: a fraction, or a number of bins";
    InvalidBox OHEM_STATUS_INVALID_BOX = 16, "a ground-truth box is invalid (the offender is its index)";
    PointerMiner OHEM_STATUS_POINTER_MINER = 32, "bad pointer: miner";
    PointerConfig OHEM_STATUS_POINTER_CONFIG = 33, "bad pointer: config";
    PointerRois OHEM_STATUS_POINTER_ROIS = 34, "bad pointer: rois";
    PointerSpec OHEM_STATUS_POINTER_SPEC = 35, "bad pointer: spec";
    PointerRegression OHEM_STATUS_POINTER_REGRESSION = 36, "bad pointer: regression";
    PointerGate OHEM_STATUS_POINTER_GATE = 37, "bad pointer: gate, or a zeroed gate";
    PointerBoxes OHEM_STATUS_POINTER_BOXES = 38, "bad pointer: boxes, or rows or columns of a matrix";
    PointerImages OHEM_STATUS_POINTER_IMAGES = 39, "bad pointer: images";
    PointerLabels OHEM_STATUS_POINTER_LABELS = 40, "bad pointer: labels, or groups";
    PointerLosses OHEM_STATUS_POINTER_LOSSES = 41, "bad pointer: losses, or scores";
    PointerTable OHEM_STATUS_POINTER_TABLE = 42, "bad pointer: logits, probabilities, deltas or table";
    PointerTargets OHEM_STATUS_POINTER_TARGETS = 43, "bad pointer: targets";
    PointerWeights OHEM_STATUS_POINTER_WEIGHTS = 44, "bad pointer: inside or outside weights";
    PointerIndices OHEM_STATUS_POINTER_INDICES = 45, "bad pointer: indices, or selected";
    PointerMemory OHEM_STATUS_POINTER_MEMORY = 46, "bad pointer: memory";
    PointerOut OHEM_STATUS_POINTER_OUT = 47, "bad pointer: an output";
    PointerStream OHEM_STATUS_POINTER_STREAM = 48, "bad pointer: stream, or a zeroed stream";
    PointerSelection OHEM_STATUS_POINTER_SELECTION = 49, "bad pointer: selection";
    PointerCoder OHEM_STATUS_POINTER_CODER = 50, "bad pointer: coder";
    PointerNormalization OHEM_STATUS_POINTER_NORMALIZATION = 51, "bad pointer: normalization, its means or its deviations";
    PointerOverlaps OHEM_STATUS_POINTER_OVERLAPS = 52, "bad pointer: overlaps";
    PointerMatches OHEM_STATUS_POINTER_MATCHES = 53, "bad pointer: matches";
    PointerAnchors OHEM_STATUS_POINTER_ANCHORS = 54, "bad pointer: anchors";
    PointerFlags OHEM_STATUS_POINTER_FLAGS = 55, "bad pointer: flags of the pixels that take part";
    PointerGenerator OHEM_STATUS_POINTER_GENERATOR = 56, "bad pointer: generator, or its function";
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

/// Mining and ranking: the only setting that core can refuse is the threshold, the only capacity is the miner's, and the
/// only number out of range is that of an image without a quota.
impl From<MineError> for Refusal {
    fn from(error: MineError) -> Self {
        match error {
            MineError::Nan(NanLoss { index }) => Status::NanLoss.of(index as usize),
            MineError::OutOfRange(OutOfRange { position, .. }) => Status::Index.of(position),
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

    fn text(status: Status) -> &'static str {
        // SAFETY: a message is static and ends with its only 0.
        unsafe { CStr::from_ptr(message(status)) }.to_str().unwrap()
    }

    #[test]
    fn every_status_has_another_message() {
        let mut texts: std::vec::Vec<_> = ALL.iter().map(|&status| text(status)).collect();
        assert!(texts.iter().all(|text| text.is_ascii() && !text.is_empty()));
        texts.push(text(Status(u32::MAX)));
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), ALL.len() + 1);
    }
}
