//! What became of a call: a status, and which index was at fault.

use core::ffi::c_char;

use ohem_core::gather::GatherError;
use ohem_core::iou::IouError;
use ohem_core::loss::LossError;
use ohem_core::rank::RankError;
use ohem_core::{ConfigError, MineError, RoisError};

macro_rules! statuses {
    ($($name:ident = $code:literal, $message:literal;)*) => {
        /// What became of a call; nothing but 0 is success.
        ///
        /// The status of a pointer says that it is `NULL` where something is to be read or written, or is not
        /// aligned for its type, or that the array would be larger than memory can be.
        #[repr(u32)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Status {
            $(
                #[doc = concat!(" Means: ", $message, ".")]
                $name = $code,
            )*
        }

        /// Says in English, in static ASCII, what a status means; never `NULL`.
        #[unsafe(export_name = "ohem_status_message")]
        pub extern "C" fn message(status: u32) -> *const c_char {
            let text = match status {
                $($code => concat!($message, "\0"),)*
                _ => "no status of ohem\0",
            };
            text.as_ptr().cast()
        }

        #[cfg(test)]
        const ALL: &[Status] = &[$(Status::$name),*];
    };
}

statuses! {
    Ok = 0, "done";
    Unexpected = 1, "refused for a reason that the header does not know";
    NanLoss = 2, "a loss is NaN (the offender is its index)";
    Label = 3, "a label is out of range (the offender is its row)";
    Index = 4, "an index is out of range (the offender is its position among the indices)";
    Columns = 5, "a table of boxes has neither 4 columns nor 4 for each label";
    Choice = 6, "a convention, suppression, NaN policy or layout is none of those declared";
    NanThreshold = 7, "the NMS threshold is NaN";
    BatchSize = 8, "the batch is larger than the miner's capacity (the offender is its size)";
    ShortMemory = 9, "the memory is too small (the offender is how many bytes are needed)";
    TooMany = 10, "more RoIs than 32 bits can number (the offender is how many)";
    PointerMiner = 32, "bad pointer: miner";
    PointerConfig = 33, "bad pointer: config";
    PointerRois = 34, "bad pointer: rois";
    PointerBackward = 35, "bad pointer: backward";
    PointerRegression = 36, "bad pointer: regression";
    PointerGate = 37, "bad pointer: gate";
    PointerBoxes = 38, "bad pointer: boxes, or rows or columns of a matrix";
    PointerImages = 39, "bad pointer: images";
    PointerLabels = 40, "bad pointer: labels, or groups";
    PointerLosses = 41, "bad pointer: losses, or scores";
    PointerTable = 42, "bad pointer: logits, probabilities, predictions or table";
    PointerTargets = 43, "bad pointer: targets";
    PointerWeights = 44, "bad pointer: inside or outside weights";
    PointerSelected = 45, "bad pointer: selected";
    PointerMemory = 46, "bad pointer: memory";
    PointerOut = 47, "bad pointer: what is to be written";
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

impl From<ConfigError> for Refusal {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::NanThreshold => Status::NanThreshold.into(),
            ConfigError::BatchSize { batch_size, .. } => Status::BatchSize.of(batch_size),
            _ => Status::Unexpected.into(),
        }
    }
}

impl From<RoisError> for Refusal {
    fn from(error: RoisError) -> Self {
        match error {
            RoisError::TooMany { boxes } => Status::TooMany.of(boxes),
            _ => Status::Unexpected.into(),
        }
    }
}

impl From<RankError> for Refusal {
    fn from(error: RankError) -> Self {
        match error {
            RankError::NanLoss { index } => Status::NanLoss.of(index as usize),
            RankError::TooMany { losses } => Status::TooMany.of(losses),
            _ => Status::Unexpected.into(),
        }
    }
}

impl From<MineError> for Refusal {
    fn from(error: MineError) -> Self {
        match error {
            MineError::Rank(error) => error.into(),
            MineError::Config(error) => error.into(),
            _ => Status::Unexpected.into(),
        }
    }
}

impl From<LossError> for Refusal {
    fn from(error: LossError) -> Self {
        match error {
            LossError::Label { row, .. } => Status::Label.of(row),
            LossError::Index { position, .. } => Status::Index.of(position),
            LossError::Boxes { .. } => Status::Columns.into(),
            _ => Status::Unexpected.into(),
        }
    }
}

impl From<GatherError> for Refusal {
    fn from(error: GatherError) -> Self {
        match error {
            GatherError::Index { position, .. } => Status::Index.of(position),
            _ => Status::Unexpected.into(),
        }
    }
}

impl From<IouError> for Refusal {
    fn from(_: IouError) -> Self {
        Status::Unexpected.into() // the border has made the output as long as there are pairs
    }
}

/// Makes a status of a result, and writes the offender, if it is asked for.
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
    fn every_status_has_a_message_of_its_own() {
        let mut texts: std::vec::Vec<_> = ALL.iter().map(|&status| text(status as u32)).collect();
        assert!(texts.iter().all(|text| text.is_ascii() && !text.is_empty()));
        texts.push(text(u32::MAX));
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), ALL.len() + 1);
    }
}
