//! Assignments, labels and encoded boxes are those of core, and a fault is refused by its name.

use core::slice;

use ohem_capi::Status;
use ohem_capi::coder::BoxCoder;
use ohem_capi::labels::LabelConfig;
use ohem_core::targets::{self, Assignment};
use ohem_core::{Convention, InputError, InvalidBox, Match};
use ohem_testkit::compare::Bits;

use crate::Case;
use crate::abi::Abi;
use crate::lend::{Call, NOBODY};

/// An unknown choice.
const UNKNOWN: u32 = 9;

pub(crate) fn check<F: Abi>(case: &Case) {
    let convention = case.config.nms.map_or(Convention::Continuous, |nms| nms.convention);
    let is_broken = case.broken_value().is_some();
    let choice = if is_broken { UNKNOWN } else { (convention == Convention::Pixel).into() };
    let (overlaps, matches) = check_assignment::<F>(case, convention, choice);
    check_labels(case, &overlaps, &matches);
    check_encoding::<F>(case, convention, choice);
}

fn core_boxes<F: Abi>(case: &Case) -> Vec<ohem_core::BBox<F>> {
    case.table.boxes::<F>().into_iter().map(ohem_core::BBox::from).collect()
}

/// The first few boxes are the ground truth.
fn check_assignment<F: Abi>(case: &Case, convention: Convention, choice: u32) -> (Vec<F>, Vec<u32>) {
    let (rois, core) = (case.boxes::<F>(), core_boxes::<F>(case));
    let (n, few) = (rois.len(), rois.len().min(case.few));
    let truth = rois[..few].to_vec();
    let (mut overlaps, mut matches) = (vec![F::one(); n], vec![77; n]);
    let (mut want, mut core_matches) = (overlaps.clone(), matches.clone());
    let mut call = Call::new(case.fault);
    // SAFETY: the arrays have the lengths passed, or the pointer is refused.
    let status = unsafe {
        let (from, truth) = (call.lend(&rois, Status::PointerBoxes), call.lend(&truth, Status::PointerBoxes));
        let to = call.lend_mut(&mut overlaps, Status::PointerOut);
        let of = call.lend_mut(&mut matches, Status::PointerOut);
        F::ASSIGN(from, n, truth, few, choice, to, of, call.offender())
    };
    let out = Match::from_numbers_mut(&mut core_matches);
    let mut core = || match targets::assign(&core, &core[..few], convention, &mut want, out) {
        Err(InputError::Box(InvalidBox { index, .. })) => Err((Status::InvalidBox, index)),
        assigned => Ok(assigned.unwrap()),
    };
    call.check(status, || if choice == UNKNOWN { Err((Status::Choice, NOBODY)) } else { core() });
    assert_eq!((Bits(overlaps.clone()), &matches), (Bits(want), &core_matches));
    (overlaps, matches)
}

fn check_labels<F: Abi>(case: &Case, overlaps: &[F], matches: &[u32]) {
    let n = overlaps.len();
    // Where an assignment was refused, matches name no object.
    let classes = case.labels(n, 9).iter().map(|&label| label.min(8)).collect::<Box<_>>();
    let matches: Vec<u32> = matches.iter().map(|&of| if of == 77 { u32::MAX } else { of }).collect();
    let thresholds = [0.5, 0.125, 0.75].map(F::from_f64);
    let [foreground, background_from, background_below] = thresholds;
    let is_broken = case.broken_value().is_some();
    let on_overlap = if is_broken { UNKNOWN } else { 0 };
    let config =
        LabelConfig { foreground, background_from, background_below, target: foreground, on_overlap };
    let (mut labels, mut want, mut call) = (vec![77; n], vec![77; n], Call::new(case.fault));
    // SAFETY: the arrays have the lengths passed, or the pointer is refused.
    let status = unsafe {
        let by = call.lend(overlaps, Status::PointerOverlaps);
        let of = call.lend(&matches, Status::PointerMatches);
        let named = call.lend(&classes, Status::PointerLabels);
        let config = call.lend(slice::from_ref(&config), Status::PointerConfig);
        let to = call.lend_mut(&mut labels, Status::PointerOut);
        F::LABEL(by, of, n, named, classes.len(), config, to, call.offender())
    };
    let core = targets::LabelConfig::new().foreground(0.5).background(0.125, 0.75);
    let assignment = Assignment { overlaps, matches: Match::from_numbers(&matches) };
    let out = Match::from_numbers_mut(&mut want);
    let mut core = || targets::label(assignment, &classes, &core, out).unwrap();
    call.check(status, || if is_broken { Err((Status::Choice, NOBODY)) } else { Ok(core()) });
    assert_eq!(labels, want);
}

/// Each box is encoded from the one in its place counted from the end.
fn check_encoding<F: Abi>(case: &Case, convention: Convention, choice: u32) {
    let (from, core) = (case.boxes::<F>(), core_boxes::<F>(case));
    let (to, core_to) =
        (from.iter().rev().copied().collect::<Vec<_>>(), core.iter().rev().copied().collect::<Vec<_>>());
    let coder = BoxCoder { convention: choice, decoding: 0, largest_log: F::zero() };
    let (mut out, mut want) = (vec![[F::one(); 4]; from.len()], vec![[F::one(); 4]; from.len()]);
    let mut call = Call::new(case.fault);
    // SAFETY: the arrays have the lengths passed, or the pointer is refused.
    let status = unsafe {
        let coder = call.lend(slice::from_ref(&coder), Status::PointerCoder);
        let (a, b) = (call.lend(&from, Status::PointerBoxes), call.lend(&to, Status::PointerBoxes));
        let values = call.lend_mut(out.as_flattened_mut(), Status::PointerOut);
        F::ENCODE(coder, a, b, from.len(), values, call.offender())
    };
    let mut core =
        || targets::encode(&targets::BoxCoder::new(convention), &core, &core_to, &mut want).unwrap();
    call.check(status, || if choice == UNKNOWN { Err((Status::Choice, NOBODY)) } else { Ok(core()) });
    assert_eq!(Bits(out.into_flattened()), Bits(want.into_flattened()));
}
