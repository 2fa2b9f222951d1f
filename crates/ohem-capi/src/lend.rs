//! Lent memory as slices: every pointer of the interface is checked and read here.
//!
//! Three faults can be seen in a pointer itself: it is `NULL`, it is misaligned, or its array is larger than the
//! address space. The status of such a refusal names the argument. An empty array may have any pointer.

use core::mem::MaybeUninit;
use core::slice as raw;

use ohem_core::{RankKey, Ranked};

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

/// A value of Rust in opaque words of C, which C may copy to any address.
///
/// It is read and written as a whole, so the words need no alignment but their own. Words that are all 0, as a `static` of
/// C begins, hold none.
#[repr(C)]
struct Kept<T> {
    is_made: usize,
    value: MaybeUninit<T>,
}

/// Puts a value into words of C.
///
/// # Safety
///
/// As [`slice_mut`] of 1.
pub(crate) unsafe fn keep<C, T>(pointer: *mut C, value: T, bad: Status) -> Result<(), Refusal> {
    const { assert!(size_of::<Kept<T>>() <= size_of::<C>()) }
    // SAFETY: as promised by the caller.
    let words = unsafe { one_mut(pointer, bad)? };
    let kept = Kept { is_made: 1, value: MaybeUninit::new(value) };
    // SAFETY: it fits, and the words are ours alone.
    unsafe { words.as_mut_ptr().cast::<Kept<T>>().write_unaligned(kept) }
    Ok(())
}

/// Lets a function use, and change, the value that was put into words of C; refuses words without one.
///
/// # Safety
///
/// As [`slice_mut`] of 1; the words are 0, or [`keep`] put a `T` there, and the memory that it borrows may still be used.
pub(crate) unsafe fn with_kept<C, T, R>(
    pointer: *mut C,
    bad: Status,
    use_it: impl FnOnce(&mut T) -> R,
) -> Result<R, Refusal> {
    // SAFETY: as promised by the caller.
    let words = unsafe { one_mut(pointer, bad)? }.as_mut_ptr().cast::<Kept<T>>();
    // SAFETY: the words are initialised; a flag may have any bits.
    if unsafe { (&raw const (*words).is_made).read_unaligned() } == 0 {
        return Err(bad.into());
    }
    // SAFETY: there is a value, whose copy replaces it below.
    let mut value = unsafe { (&raw const (*words).value).cast::<T>().read_unaligned() };
    let result = use_it(&mut value);
    // SAFETY: as above.
    unsafe { (&raw mut (*words).value).cast::<T>().write_unaligned(value) }
    Ok(result)
}

/// An array that stays lent between calls.
#[derive(Clone, Copy)]
pub(crate) struct Lent<T> {
    pointer: *mut T,
    length: usize,
}

impl<T> Lent<T> {
    /// Borrows an array until its owner is no longer used.
    ///
    /// # Safety
    ///
    /// The array may be written as long as this, or a copy, is used, and nothing else uses it meanwhile.
    pub(crate) unsafe fn new(array: &mut [T]) -> Self {
        Self { pointer: array.as_mut_ptr(), length: array.len() }
    }
}

impl<T> AsMut<[T]> for Lent<T> {
    fn as_mut(&mut self) -> &mut [T] {
        // SAFETY: it was a slice, and still is one of ours alone, as promised in `new`.
        unsafe { raw::from_raw_parts_mut(self.pointer, self.length) }
    }
}

/// Words of C as memory of candidates: all that fit, from the first one that is aligned.
///
/// # Safety
///
/// As [`slice_mut`].
pub(crate) unsafe fn candidates<'a, H: RankKey>(
    memory: *mut u64,
    words: usize,
) -> Result<&'a mut [Ranked<H>], Refusal> {
    // SAFETY: as promised by the caller.
    let memory: &mut [MaybeUninit<u64>] = unsafe { slice_mut(memory.cast(), words, Status::PointerMemory)? };
    memory.fill(MaybeUninit::new(0)); // it is viewed as numbers, which must be initialised
    // SAFETY: a candidate is a number, of which any bits are legal.
    Ok(unsafe { memory.align_to_mut::<Ranked<H>>().1 })
}

fn check<T>(pointer: *const T, length: usize, bad: Status) -> Result<(), Refusal> {
    let fits = length.checked_mul(size_of::<T>()).is_some_and(|bytes| isize::try_from(bytes).is_ok());
    if fits && !pointer.is_null() && pointer.is_aligned() { Ok(()) } else { Err(bad.into()) }
}
