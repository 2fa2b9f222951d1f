//! What a C caller lends, as slices: every pointer of the interface is checked and read here.
//!
//! Of the caller's promises, a pointer itself can show three broken: that it is not `NULL`, that it is aligned,
//! and that its array is no larger than memory can be. Those are refusals that name the argument. An array of
//! nothing may have any pointer.

use core::mem::MaybeUninit;
use core::slice as raw;

use crate::status::{Refusal, Status};

/// Views what is lent to be read.
///
/// # Safety
///
/// If the pointer passes the check, so many values can be read from it, and are not written while `'a` lasts.
pub(crate) unsafe fn slice<'a, T>(pointer: *const T, length: usize, bad: Status) -> Result<&'a [T], Refusal> {
    if length == 0 {
        return Ok(&[]);
    }
    check(pointer, length, bad)?;
    // SAFETY: not null, aligned and not too long, by the check; readable and not written, by the caller.
    Ok(unsafe { raw::from_raw_parts(pointer, length) })
}

/// Views what is lent to be written.
///
/// # Safety
///
/// If the pointer passes the check, so many values can be written there, and nothing else uses them while `'a`
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

/// Views a single value to be written, which need not have been one yet.
///
/// # Safety
///
/// As [`slice_mut`] of 1.
pub(crate) unsafe fn place<'a, T>(pointer: *mut T, bad: Status) -> Result<&'a mut MaybeUninit<T>, Refusal> {
    // SAFETY: as promised by the caller.
    unsafe { slice_mut(pointer.cast(), 1, bad) }?.first_mut().ok_or(bad.into())
}

fn check<T>(pointer: *const T, length: usize, bad: Status) -> Result<(), Refusal> {
    let fits = length.checked_mul(size_of::<T>()).is_some_and(|bytes| isize::try_from(bytes).is_ok());
    if fits && !pointer.is_null() && pointer.is_aligned() { Ok(()) } else { Err(bad.into()) }
}
