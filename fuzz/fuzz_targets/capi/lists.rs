//! The hardest k, and IoU.

use core::slice;

use ohem_capi::Status;
use ohem_capi::config::{OHEM_CONVENTION_CONTINUOUS, OHEM_CONVENTION_PIXEL};
use ohem_core::Convention;
use ohem_testkit::adapters::{Iou as _, Oracle, Rank as _, wide};
use ohem_testkit::compare::Bits;

use crate::Case;
use crate::abi::Abi;
use crate::lend::{Call, NOBODY, UNTOUCHED};

/// An unknown choice.
const UNKNOWN: u32 = 9;

pub(crate) fn check<F: Abi>(case: &Case) {
    check_top_k::<F>(case);
    check_overlaps::<F>(case);
}

fn check_top_k<F: Abi>(case: &Case) {
    let (losses, k) = (case.table.losses::<F>(), case.config.batch_size);
    let (mut indices, mut count) = (vec![7; losses.len()], UNTOUCHED);
    let broken = case.broken_value().is_some();
    let nan = if broken { UNKNOWN } else { F::CONFIG(case.config).nan };
    let mut call = Call::new(case.fault);
    // SAFETY: each pointer is to an array as long as the losses, or to one value, or it is refused.
    let status = unsafe {
        let (from, to) =
            (call.lend(&losses, Status::PointerLosses), call.lend_mut(&mut indices, Status::PointerOut));
        let counted = call.lend_mut(slice::from_mut(&mut count), Status::PointerOut);
        F::TOP_K(from, losses.len(), k, nan, to, counted, call.offender())
    };
    let mut want = None;
    call.check(status, || {
        let top = Oracle::top_k(&losses, k, case.config.nan);
        let top =
            if broken { Err((Status::Choice, NOBODY)) } else { top.map_err(|nan| (Status::NanLoss, nan)) };
        top.map(|top| want = Some(top))
    });
    match want {
        Some(want) => assert_eq!(wide(&indices[..count]), want),
        None => assert_eq!(count, UNTOUCHED),
    }
}

fn check_overlaps<F: Abi>(case: &Case) {
    let (all, rows) = (case.boxes::<F>(), case.table.boxes::<F>());
    let few = all.len().min(case.few);
    let mut out = vec![F::nan(); few * all.len()];
    let broken = case.broken_value().is_some();
    let core_convention = case.config.nms.map_or(Convention::Continuous, |nms| nms.convention);
    let convention = match core_convention {
        _ if broken => UNKNOWN,
        Convention::Continuous => OHEM_CONVENTION_CONTINUOUS,
        Convention::Pixel => OHEM_CONVENTION_PIXEL,
    };
    let (columns, own) = (all.as_slice(), all[..few].to_vec());
    let mut call = Call::new(case.fault);
    // SAFETY: the arrays have the lengths passed, and `out` one value for each pair, or the pointer is refused.
    let status = unsafe {
        let (own, columns) =
            (call.lend(&own, Status::PointerBoxes), call.lend(columns, Status::PointerBoxes));
        let to = call.lend_mut(&mut out, Status::PointerOut);
        F::IOU_MATRIX(own, few, columns, all.len(), convention, to, call.offender())
    };
    let mut want = vec![F::nan(); out.len()];
    call.check(status, || {
        if broken {
            return Err((Status::Choice, NOBODY));
        }
        want = Oracle::iou(&rows[..few], &rows, core_convention);
        Ok(())
    });
    // The sign of a zero is not specified.
    let plain = |overlaps: Vec<F>| Bits(overlaps.into_iter().map(|overlap| overlap + F::zero()).collect());
    assert_eq!(plain(out), plain(want));
}
