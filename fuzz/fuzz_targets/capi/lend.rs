//! A call whose arguments are lent one by one, at most one of them broken.

use core::ptr;

use arbitrary::Arbitrary;
use ohem_capi::Status;

/// The only fault of a call.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    /// The pointer that is lent after this number of others is `NULL`; a call with fewer pointers is sound.
    Null(u8),
    /// It is misaligned.
    Misaligned(u8),
    /// A choice, a label or an index is invalid; the call decides which one.
    Value(u8),
}

/// How a call is refused, and its offender.
pub(crate) type Refused = (Status, usize);

/// The offender of a refusal that has none.
pub(crate) const NOBODY: usize = usize::MAX;

/// A number that no call writes.
pub(crate) const UNTOUCHED: usize = 77;

/// Only this number of pointers are ever broken.
const MOST: u8 = 9;

/// One call of a C function.
pub(crate) struct Call {
    fault: Option<Fault>,
    lent: u8,
    refused: Option<Status>,
    offender: usize,
}

impl Call {
    pub(crate) fn new(fault: Option<Fault>) -> Self {
        Self { fault, lent: 0, refused: None, offender: UNTOUCHED }
    }

    /// Lends values to be read; `bad` is the status of the call if their pointer is broken.
    pub(crate) fn lend<T>(&mut self, values: &[T], bad: Status) -> *const T {
        self.pointer(values.as_ptr(), values.len(), bad)
    }

    /// Lends values that may be left out: `NULL` is sound.
    pub(crate) fn lend_optional<T>(&mut self, values: &[T], bad: Status) -> *const T {
        let refused = self.refused;
        let pointer = self.lend(values, bad);
        if pointer.is_null() {
            self.refused = refused;
        }
        pointer
    }

    /// Lends values to be written.
    pub(crate) fn lend_mut<T>(&mut self, values: &mut [T], bad: Status) -> *mut T {
        self.pointer(values.as_mut_ptr(), values.len(), bad).cast_mut()
    }

    fn pointer<T>(&mut self, sound: *const T, length: usize, bad: Status) -> *const T {
        let nth = self.lent;
        self.lent += 1;
        let broken = match self.fault {
            Some(Fault::Null(which)) if which % MOST == nth => ptr::null(),
            Some(Fault::Misaligned(which)) if which % MOST == nth && align_of::<T>() > 1 => {
                sound.wrapping_byte_add(1)
            }
            // An empty array may be anywhere.
            _ if length == 0 => return ptr::null(),
            _ => return sound,
        };
        if length > 0 {
            self.refused = Some(bad);
        }
        broken
    }

    /// The address at which the call writes the offender.
    pub(crate) fn offender(&mut self) -> *mut usize {
        &raw mut self.offender
    }

    /// Checks that the call was refused for its broken pointer, or did the same as `sound`.
    pub(crate) fn check(&self, status: Status, sound: impl FnOnce() -> Result<(), Refused>) {
        let want = self.refused.map_or_else(sound, |bad| Err((bad, NOBODY)));
        assert_eq!((status, self.offender), want.err().unwrap_or((Status::Ok, UNTOUCHED)));
    }
}
