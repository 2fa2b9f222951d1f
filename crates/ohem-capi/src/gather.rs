//! From a selection to a minibatch: rows of any table, or a mask over all RoIs.
//!
//! A row is a number of bytes, so that one function serves every type: floats, quantised and half-precision
//! numbers, structs.

use core::ffi::c_void;

use ohem_core::gather;

use crate::export::export;
use crate::lend::{slice, slice_mut};
use crate::status::{Refusal, Status};

unsafe fn mask(indices: *const u32, count: usize, out: *mut u8, length: usize) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe { weights(indices, count, 1, 0, out, length) }
}

unsafe fn weights<T: Copy>(
    indices: *const u32,
    count: usize,
    selected: T,
    rest: T,
    out: *mut T,
    length: usize,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (indices, out) = unsafe {
        let out = slice_mut(out, length, Status::PointerOut)?;
        (slice(indices, count, Status::PointerIndices)?, out)
    };
    Ok(gather::mask(indices, selected, rest, out)?)
}

unsafe fn gather_rows(
    indices: *const u32,
    count: usize,
    table: *const c_void,
    rows: usize,
    row_bytes: usize,
    out: *mut c_void,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (indices, table, out) = unsafe {
        let table: &[u8] = slice(table.cast(), rows.saturating_mul(row_bytes), Status::PointerTable)?;
        let out = slice_mut(out.cast(), count.saturating_mul(row_bytes), Status::PointerOut)?;
        (slice(indices, count, Status::PointerIndices)?, table, out)
    };
    check(indices, rows)?;
    Ok(gather::rows(indices, table, row_bytes, out)?)
}

/// Checks that every index names a row, even if rows are 0 bytes.
fn check(indices: &[u32], rows: usize) -> Result<(), Refusal> {
    let missing = indices.iter().position(|&index| index as usize >= rows);
    missing.map_or(Ok(()), |position| Err(Status::Index.of(position)))
}

unsafe fn mask_rows(
    indices: *const u32,
    count: usize,
    table: *mut c_void,
    rows: usize,
    row_bytes: usize,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (indices, table) = unsafe {
        let table: &mut [u8] = slice_mut(table.cast(), rows.saturating_mul(row_bytes), Status::PointerTable)?;
        (slice(indices, count, Status::PointerIndices)?, table)
    };
    check(indices, rows)?;
    zero_between(indices, table, row_bytes);
    Ok(())
}

/// Zeros the rows between each selected one and the next.
///
/// The indices are in another order, and there is no memory to sort them in: each step searches all of them for
/// the next, in O(selected^2).
fn zero_between(indices: &[u32], table: &mut [u8], row_bytes: usize) {
    let mut from = 0_usize;
    loop {
        let next = indices.iter().map(|&index| index as usize).filter(|&index| index >= from).min();
        let end = next.map_or(table.len(), |next| next.saturating_mul(row_bytes));
        if let Some(gap) = table.get_mut(from.saturating_mul(row_bytes)..end) {
            gap.fill(0);
        }
        let Some(next) = next else { return };
        from = next.saturating_add(1);
    }
}

/// Tables of any type.
pub mod any {
    use super::*;

    export! { "";
        /// Writes 1 to the bytes of the selected RoIs, and 0 to the rest of `length`.
        fn mask(indices: *const u32, count: usize, out: *mut u8, length: usize);

        /// Copies the selected rows of a table to `out`, in the order of the indices.
        ///
        /// A row has `row_bytes` bytes; the table has `rows` rows, and `out` has `count`.
        fn gather_rows(
            indices: *const u32,
            count: usize,
            table: *const c_void,
            rows: usize,
            row_bytes: usize,
            out: *mut c_void,
        );

        /// Zeros all rows of a table except the selected ones, in place: the deltas of a backward pass.
        ///
        /// A row has `row_bytes` bytes. They all become 0, which is the number 0 in every type. O(count^2 + rows).
        fn mask_rows(
            indices: *const u32,
            count: usize,
            table: *mut c_void,
            rows: usize,
            row_bytes: usize,
        );
    }
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        #[doc = concat!("Weights in `", stringify!($float), "`.")]
        pub mod $float {
            use super::*;

            export! { concat!("_", stringify!($float));
                /// Writes one weight for each selected RoI, and another one for the rest of `length`.
                fn weights(
                    indices: *const u32,
                    count: usize,
                    selected: $float,
                    rest: $float,
                    out: *mut $float,
                    length: usize,
                );
            }
        }
    )*};
}

instances!(f32 f64);
