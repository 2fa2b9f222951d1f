//! Lent memory as slices: every pointer of the interface is checked and read here.
//!
//! Three faults can be seen in a pointer itself: it is `NULL`, it is misaligned, or its array is larger than the
//! address space. The status of such a refusal names the argument. An empty array may have any pointer.

use core::mem::MaybeUninit;
use core::slice as raw;

use crate::status::{Refusal, Status};

/// Views an array that the caller lets us read.
///
/// # Safety
///
/// If the pointer passes the check, `length` values can be read from it, and are not written while `'a` lasts.
pub(crate) unsafe fn slice<'a, T>(pointer: *const T, length: usize, bad: Status) -> Result<&'a [T], Refusal> {
    if length == 0 {
        return Ok(&[]);
    }
    check(pointer, length, bad)?;
    // SAFETY: not null, aligned and not too long, by the check; readable and not written, by the caller.
    Ok(unsafe { raw::from_raw_parts(pointer, length) })
}

/// Views an array that the caller lets us write.
///
/// # Safety
///
/// If the pointer passes the check, `length` values can be written there, and nothing else uses them while `'a`
/// lasts.
pub(crate) unsafe fn slice_mut<'a, T>(
    pointer: *mut T,
    length: usize,
    bad: Status,
) -> Result<&'a mut [T], Refusal> {
    if length == 0 {
        return Ok(&mut []);
    }
    check(pointer, length, bad)?;
    // SAFETY: not null, aligned and not too long, by the check; ours alone, by the caller.
    Ok(unsafe { raw::from_raw_parts_mut(pointer, length) })
}

/// Views a single value to be read.
///
/// # Safety
///
/// As [`slice`] of 1.
pub(crate) unsafe fn one<'a, T>(pointer: *const T, bad: Status) -> Result<&'a T, Refusal> {
    // SAFETY: as promised by the caller.
    unsafe { slice(pointer, 1, bad) }?.first().ok_or(bad.into())
}

/// Views a single value to be written, which need not be initialised.
///
/// # Safety
///
/// As [`slice_mut`] of 1.
pub(crate) unsafe fn one_mut<'a, T>(pointer: *mut T, bad: Status) -> Result<&'a mut MaybeUninit<T>, Refusal> {
    // SAFETY: as promised by the caller.
    unsafe { slice_mut(pointer.cast(), 1, bad) }?.first_mut().ok_or(bad.into())
}

fn check<T>(pointer: *const T, length: usize, bad: Status) -> Result<(), Refusal> {
    let fits = length.checked_mul(size_of::<T>()).is_some_and(|bytes| isize::try_from(bytes).is_ok());
    if fits && !pointer.is_null() && pointer.is_aligned() { Ok(()) } else { Err(bad.into()) }
}
