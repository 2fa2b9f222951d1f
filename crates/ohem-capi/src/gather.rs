//! From a selection to a minibatch: rows of any table, or a mask over all RoIs.
//!
//! Tables are of bytes, so that one function serves every type: floats, quantised and half-precision ones, rows
//! of a struct.

use core::ffi::c_void;

use ohem_core::gather;

use crate::export::export;
use crate::lend::{slice, slice_mut};
use crate::status::{Refusal, Status};

unsafe fn mask(selected: *const u32, count: usize, mask: *mut u8, length: usize) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe { weights(selected, count, 1, 0, mask, length) }
}

unsafe fn weights<T: Copy>(
    selected: *const u32,
    count: usize,
    weight: T,
    rest: T,
    weights: *mut T,
    length: usize,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (selected, weights) = unsafe {
        let weights = slice_mut(weights, length, Status::PointerOut)?;
        (slice(selected, count, Status::PointerSelected)?, weights)
    };
    Ok(gather::mask(selected, weight, rest, weights)?)
}

unsafe fn gather_rows(
    selected: *const u32,
    count: usize,
    table: *const c_void,
    rows: usize,
    row_bytes: usize,
    out: *mut c_void,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (selected, table, out) = unsafe {
        let table: &[u8] = slice(table.cast(), rows.saturating_mul(row_bytes), Status::PointerTable)?;
        let out = slice_mut(out.cast(), count.saturating_mul(row_bytes), Status::PointerOut)?;
        (slice(selected, count, Status::PointerSelected)?, table, out)
    };
    check(selected, rows)?;
    Ok(gather::rows(selected, table, row_bytes, out)?)
}

/// Checks that every index names a row, of nothing perhaps.
fn check(selected: &[u32], rows: usize) -> Result<(), Refusal> {
    let missing = selected.iter().position(|&index| index as usize >= rows);
    missing.map_or(Ok(()), |position| Err(Status::Index.of(position)))
}

unsafe fn mask_rows(
    selected: *const u32,
    count: usize,
    table: *mut c_void,
    rows: usize,
    row_bytes: usize,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (selected, table) = unsafe {
        let table: &mut [u8] = slice_mut(table.cast(), rows.saturating_mul(row_bytes), Status::PointerTable)?;
        (slice(selected, count, Status::PointerSelected)?, table)
    };
    check(selected, rows)?;
    zero_between(selected, table, row_bytes);
    Ok(())
}

/// Zeros the rows from each one selected to the next.
///
/// The selection is in another order, and there is no memory to sort it in: the next one is looked for in all
/// of it, in O(selected^2).
fn zero_between(selected: &[u32], table: &mut [u8], row_bytes: usize) {
    let mut from = 0_usize;
    loop {
        let next = selected.iter().map(|&index| index as usize).filter(|&index| index >= from).min();
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
        /// Writes 1 to the bytes of the RoIs selected, and 0 to the rest of `length`.
        fn mask(selected: *const u32, count: usize, mask: *mut u8, length: usize);

        /// Copies the rows of a table that were selected, in that order, to `out`.
        ///
        /// A row is `row_bytes` bytes, of which the table has `rows`, and `out` `count`.
        fn gather_rows(
            selected: *const u32,
            count: usize,
            table: *const c_void,
            rows: usize,
            row_bytes: usize,
            out: *mut c_void,
        );

        /// Zeros the rows of a table that were not selected, in place: the deltas of a backward pass.
        ///
        /// A row is `row_bytes` bytes, all of which become 0, as in 0 of every type. O(count^2 + rows).
        fn mask_rows(
            selected: *const u32,
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
                /// Writes one weight to the places of the RoIs selected, and another to the rest of `length`.
                fn weights(
                    selected: *const u32,
                    count: usize,
                    weight: $float,
                    rest: $float,
                    weights: *mut $float,
                    length: usize,
                );
            }
        }
    )*};
}

instances!(f32 f64);
