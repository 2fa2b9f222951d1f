//! The rules of other frameworks select what core does, in the memory of a miner.

use core::slice;

use ohem_capi::Status;
use ohem_capi::anchors::{Anchors, TensorflowConfig};
use ohem_capi::rois::Selection;
use ohem_capi::rules::MmdetConfig;
use ohem_core::rules;
use ohem_core::{ArrayStorage, ConfigError, Match, MineError};

use crate::Case;
use crate::abi::Abi;
use crate::lend::{Call, NOBODY, Refused, UNTOUCHED};
use crate::mining::{make, nothing};

/// An unknown choice.
const UNKNOWN: u32 = 9;

/// The most RoIs of a table, so that core's storage holds them all; a miner may hold fewer.
const MOST: usize = 80;

pub(crate) fn check<F: Abi>(case: &Case) {
    let miner = &mut make::<F>(case, None).miner;
    let capacity = miner.capacity;
    let (losses, matches) = (case.table.losses::<F>(), case.labels(case.table.len(), 5));
    let core_matches = Match::from_numbers(&matches);
    let is_broken = case.broken_value().is_some();
    let nan = if is_broken { UNKNOWN } else { F::CONFIG(case.config).nan };
    let ratio = F::from_f64([-1.0, 0.0, 1.5, 3.0][case.spare]);
    let limit = [None, Some(0.0), Some(1.5), Some(3.0)][case.spare];
    let mut storage = ArrayStorage::<F, MOST>::new();

    // A quota that the miner holds: what it does not hold is refused by a number that depends on the rule.
    let num = case.few.min(capacity);
    let config = MmdetConfig { num, pos_fraction: F::from_f64(0.25), neg_pos_ub: ratio, nan };
    let (mut selection, mut positives, mut call) = (nothing(), UNTOUCHED, Call::new(case.fault));
    // SAFETY: every pointer is to a live array of the length passed, or it is refused.
    let status = unsafe {
        let (by, of) =
            (call.lend(&losses, Status::PointerLosses), call.lend(&matches, Status::PointerMatches));
        let at = call.lend_mut(slice::from_mut(miner), Status::PointerMiner);
        let config = call.lend(slice::from_ref(&config), Status::PointerConfig);
        let to = call.lend_mut(slice::from_mut(&mut selection), Status::PointerOut);
        let counted = call.lend_mut(slice::from_mut(&mut positives), Status::PointerOut);
        F::MMDET(at, by, of, losses.len(), config, to, counted, call.offender())
    };
    let mut core = rules::MmdetConfig::new().num(num).pos_fraction(0.25).nan(case.config.nan);
    core.neg_pos_ub = limit;
    let core = rules::mmdet(&losses, core_matches, &core, &mut storage);
    let want = core.map(|(positives, hard)| (positives, hard.indices().to_vec()));
    check_selection(&call, status, (&selection, positives), is_broken, want);

    let boxes = case.boxes::<F>();
    let threshold = case.config.nms.map_or(0.5, |nms| nms.iou_threshold);
    let config = TensorflowConfig {
        num_hard_examples: num,
        iou_threshold: F::from_f64(threshold),
        max_negatives_per_positive: ratio,
        min_negatives_per_image: 1,
        ignored: 0,
        nan,
    };
    let (mut selection, mut call) = (nothing(), Call::new(case.fault));
    // SAFETY: every pointer is to a live array of the length passed, or it is refused.
    let status = unsafe {
        let anchors = Anchors {
            boxes: call.lend(&boxes, Status::PointerBoxes),
            losses: call.lend(&losses, Status::PointerLosses),
            matches: call.lend(&matches, Status::PointerMatches),
            length: losses.len(),
        };
        let anchors = call.lend(slice::from_ref(&anchors), Status::PointerAnchors);
        let at = call.lend_mut(slice::from_mut(miner), Status::PointerMiner);
        let config = call.lend(slice::from_ref(&config), Status::PointerConfig);
        let to = call.lend_mut(slice::from_mut(&mut selection), Status::PointerOut);
        F::TENSORFLOW(at, anchors, config, to, call.offender())
    };
    let rows = case.table.boxes::<F>();
    let mut core = rules::TensorflowConfig::new()
        .num_hard_examples(Some(num))
        .iou_threshold(threshold)
        .min_negatives_per_image(1)
        .nan(case.config.nan);
    core.max_negatives_per_positive = limit;
    let core =
        rules::tensorflow(ohem_core::BBox::from_rows(&rows), &losses, core_matches, &core, &mut storage);
    let want = core.map(|hard| (0, hard.indices().to_vec()));
    check_selection(&call, status, (&selection, 0), is_broken, want);
}

/// Checks a selection, and that a refused call left it as it was.
fn check_selection(
    call: &Call,
    status: Status,
    (selection, positives): (&Selection, usize),
    is_broken: bool,
    want: Result<(usize, Vec<u32>), MineError>,
) {
    let mut sound = None;
    call.check(status, || {
        if is_broken {
            return Err((Status::Choice, NOBODY));
        }
        sound = Some(want.map_err(refused)?);
        Ok(())
    });
    let Some((of, want)) = sound else { return assert_eq!(selection.count, UNTOUCHED) };
    // SAFETY: the call succeeded, so `count` indices can be read.
    let indices = unsafe { slice::from_raw_parts(selection.indices, selection.count) };
    assert_eq!((positives, indices), (of, want.as_slice()));
}

fn refused(error: MineError) -> Refused {
    match error {
        MineError::Nan(nan) => (Status::NanLoss, nan.index as usize),
        MineError::Config(ConfigError::Setting { .. }) => (Status::NanThreshold, NOBODY),
        error => unreachable!("{error}"),
    }
}
