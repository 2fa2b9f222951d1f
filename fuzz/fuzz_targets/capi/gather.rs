//! From a selection to a minibatch.

use ohem_capi::Status;
use ohem_capi::gather::any;
use ohem_testkit::compare::Bits;

use crate::Case;
use crate::abi::Abi;
use crate::lend::{Call, Refused};

/// A selection of rows, and how it is refused if an index names no row.
struct Selection {
    rows: usize,
    indices: Box<[u32]>,
    refused: Option<Refused>,
}

impl Selection {
    fn new(case: &Case) -> Self {
        let rows = case.table.len();
        let mut indices = case.selected(rows);
        let broken = case.broken_value().and_then(|which| which.checked_rem(indices.len()));
        if let Some(position) = broken {
            indices[position] = u32::try_from(rows + position * position).unwrap();
        }
        Self { rows, indices, refused: broken.map(|position| (Status::Index, position)) }
    }

    fn has(&self, row: usize) -> bool {
        self.indices.iter().any(|&index| index as usize == row)
    }

    /// Does the same as a sound call, unless an index is broken.
    fn unless_refused(&self, sound: impl FnOnce()) -> Result<(), Refused> {
        self.refused.map_or_else(|| Ok(sound()), Err)
    }
}

pub(crate) fn check<F: Abi>(case: &Case) {
    let selection = &Selection::new(case);
    check_mask(case, selection);
    check_weights::<F>(case, selection);
    check_gathered(case, selection);
    check_masked(case, selection);
}

fn check_mask(case: &Case, selection: &Selection) {
    let (mut mask, mut call) = (vec![77; selection.rows], Call::new(case.fault));
    // SAFETY: the arrays have the lengths passed, or the pointer is refused.
    let status = unsafe {
        let selected = call.lend(&selection.indices, Status::PointerIndices);
        let to = call.lend_mut(&mut mask, Status::PointerOut);
        any::mask(selected, selection.indices.len(), to, selection.rows, call.offender())
    };
    let mut want = vec![77; selection.rows];
    call.check(status, || {
        selection.unless_refused(|| want = (0..selection.rows).map(|row| selection.has(row).into()).collect())
    });
    assert_eq!(mask, want);
}

fn check_weights<F: Abi>(case: &Case, selection: &Selection) {
    let (weight, rest) = (F::from_f64(0.25), -F::zero());
    let (mut weights, mut call) = (vec![F::one(); selection.rows], Call::new(case.fault));
    // SAFETY: the arrays have the lengths passed, or the pointer is refused.
    let status = unsafe {
        let selected = call.lend(&selection.indices, Status::PointerIndices);
        let to = call.lend_mut(&mut weights, Status::PointerOut);
        F::WEIGHTS(selected, selection.indices.len(), weight, rest, to, selection.rows, call.offender())
    };
    let mut want = vec![F::one(); selection.rows];
    call.check(status, || {
        let weight = |row| if selection.has(row) { weight } else { rest };
        selection.unless_refused(|| want = (0..selection.rows).map(weight).collect())
    });
    assert_eq!(Bits(weights), Bits(want));
}

/// Rows of a few bytes, or of none.
fn table(case: &Case) -> Vec<u8> {
    (0..=u8::MAX).cycle().take(case.table.len() * case.few).collect()
}

fn check_gathered(case: &Case, selection: &Selection) {
    let (table, count) = (table(case), selection.indices.len());
    let (mut out, mut call) = (vec![77; count * case.few], Call::new(case.fault));
    // SAFETY: the arrays have the lengths passed, or the pointer is refused.
    let status = unsafe {
        let selected = call.lend(&selection.indices, Status::PointerIndices);
        let from = call.lend(&table, Status::PointerTable).cast();
        let to = call.lend_mut(&mut out, Status::PointerOut).cast();
        any::gather_rows(selected, count, from, selection.rows, case.few, to, call.offender())
    };
    let mut want = vec![77; out.len()];
    call.check(status, || {
        let row = |&index: &u32| &table[index as usize * case.few..][..case.few];
        selection.unless_refused(|| want = selection.indices.iter().flat_map(row).copied().collect())
    });
    assert_eq!(out, want);
}

fn check_masked(case: &Case, selection: &Selection) {
    let (mut masked, mut want, mut call) = (table(case), table(case), Call::new(case.fault));
    // SAFETY: the arrays have the lengths passed, or the pointer is refused.
    let status = unsafe {
        let selected = call.lend(&selection.indices, Status::PointerIndices);
        let rows = call.lend_mut(&mut masked, Status::PointerTable).cast();
        any::mask_rows(selected, selection.indices.len(), rows, selection.rows, case.few, call.offender())
    };
    call.check(status, || {
        let rest = |row: &usize| !selection.has(*row);
        selection.unless_refused(|| {
            (0..selection.rows).filter(rest).for_each(|row| want[row * case.few..][..case.few].fill(0));
        })
    });
    assert_eq!(masked, want);
}
