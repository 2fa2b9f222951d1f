//! Making a miner, mining and suppressing, by floats and by quantised losses.

use core::{ptr, slice};

use ohem_capi::Status;
use ohem_capi::config::MineConfig;
use ohem_capi::miner::Miner;
use ohem_capi::rois::{Rois, Selection};
use ohem_core::RankKey;
use ohem_testkit::adapters::{mine, wide};
use ohem_testkit::generate::Table;

use crate::Case;
use crate::abi::{Abi, BY_I8, Select};
use crate::lend::{Call, Fault, NOBODY, Refused, UNTOUCHED};

/// A configuration, and how it is refused if it is broken.
struct Config<F> {
    c: MineConfig<F>,
    refused: Option<Refused>,
}

impl<F: Abi> Config<F> {
    fn new(case: &Case, capacity: usize) -> Self {
        let mut c = F::CONFIG(case.config);
        let refused = match case.broken_value().map(|which| which % 6) {
            Some(0) => (c.suppress = 9, Some((Status::Choice, NOBODY))).1,
            Some(1) => (c.convention = 9, Some((Status::Choice, NOBODY))).1,
            Some(2) => (c.nan = 9, Some((Status::Choice, NOBODY))).1,
            Some(3) => {
                (c.with_nms, c.iou_threshold) = (1, F::nan());
                Some((Status::NanThreshold, NOBODY))
            }
            Some(4) => (c.batch_size = capacity + 1, Some((Status::BatchSize, capacity + 1))).1,
            _ => None,
        };
        Self { c, refused }
    }
}

/// A miner, and the memory that it was lent.
pub(crate) struct Lent<F> {
    pub(crate) miner: Miner<F>,
    _memory: Box<[u8]>,
}

pub(crate) fn check<F: Abi>(case: &Case) {
    make::<F>(case, case.fault);
    let miner = &mut make::<F>(case, None).miner;
    let mut checks = Checks { case, miner };
    checks.check(&F::BY_FLOATS, &case.table.losses::<F>());
    if !case.double {
        let Lent { miner, _memory } = &mut make::<f32>(case, None);
        #[expect(clippy::cast_possible_truncation, reason = "quantised on purpose, with many ties")]
        let losses: Vec<i8> = case.table.losses.iter().map(|&loss| (loss * 8.0) as i8).collect();
        Checks { case, miner }.check(&BY_I8, &losses);
    }
}

/// Makes a miner, in memory that begins anywhere; a refusal writes nothing.
pub(crate) fn make<F: Abi>(case: &Case, fault: Option<Fault>) -> Lent<F> {
    let capacity = case.config.batch_size + case.spare;
    let needed = F::MINER_SIZE(capacity);
    let config = match fault {
        Some(_) => Config::new(case, capacity),
        None => Config { c: F::CONFIG(case.config), refused: None },
    };
    let short = matches!(fault, Some(Fault::Value(which)) if which % 6 == 5);
    let size = needed - usize::from(short);
    let mut memory = vec![0xFF_u8; case.few + size].into_boxed_slice();
    let mut miner =
        Miner { config: config.c, capacity: UNTOUCHED, window: UNTOUCHED, memory: ptr::null_mut() };
    let mut call = Call::new(fault);
    // SAFETY: every pointer is to live memory of the size passed, or it is refused.
    let status = unsafe {
        let to = call.lend_mut(slice::from_mut(&mut miner), Status::PointerMiner);
        let at = call.lend_mut(&mut memory[case.few..], Status::PointerMemory).cast();
        let config = call.lend(slice::from_ref(&config.c), Status::PointerConfig);
        F::MINER_INIT(to, at, size, capacity, config, call.offender())
    };
    let mut made = false;
    call.check(status, || {
        let refused = config.refused.or_else(|| short.then_some((Status::ShortMemory, needed)));
        made = refused.is_none();
        refused.map_or(Ok(()), Err)
    });
    assert_eq!(miner.capacity, if made { capacity } else { UNTOUCHED });
    Lent { miner, _memory: memory }
}

struct Checks<'a, F> {
    case: &'a Case,
    miner: &'a mut Miner<F>,
}

impl<F: Abi> Checks<'_, F> {
    fn check<H: RankKey>(&mut self, abi: &Select<F, H>, losses: &[H]) {
        let config = Config::<F>::new(self.case, self.miner.capacity);
        self.miner.config = config.c;
        self.check_mine(abi, losses, config.refused);
        // Suppression does not read the batch size.
        self.check_nms(abi, losses, config.refused.filter(|refused| refused.0 != Status::BatchSize));
    }

    fn check_mine<H: RankKey>(&mut self, abi: &Select<F, H>, losses: &[H], refused: Option<Refused>) {
        let (boxes, mut table) = (self.case.boxes::<F>(), self.case.table.clone());
        let (mut selection, mut call) = (nothing(), Call::new(self.case.fault));
        // SAFETY: every pointer is to a live array of the length passed, or it is refused.
        let status = unsafe {
            let rois = Rois {
                // Without suppression, boxes may be left out.
                boxes: match self.miner.config.with_nms {
                    0 => call.lend_optional(&boxes, Status::PointerBoxes),
                    _ => call.lend(&boxes, Status::PointerBoxes),
                },
                images: call.lend_optional(&table.images, Status::PointerImages),
                labels: call.lend_optional(&table.labels, Status::PointerLabels),
                length: boxes.len(),
            };
            let by = call.lend(losses, Status::PointerLosses);
            let miner = call.lend_mut(slice::from_mut(self.miner), Status::PointerMiner);
            let to = call.lend_mut(slice::from_mut(&mut selection), Status::PointerOut);
            let keys = [(rois.images, &mut table.images), (rois.labels, &mut table.labels)];
            keys.into_iter().filter(|(lent, _)| lent.is_null()).for_each(|(_, keys)| keys.fill(0));
            let rois = call.lend(slice::from_ref(&rois), Status::PointerRois);
            (abi.mine)(miner, rois, by, to, call.offender())
        };
        check_selection::<F, _>(&call, status, &selection, refused, (&table, losses, &self.case.config));
    }

    fn check_nms<H: RankKey>(&mut self, abi: &Select<F, H>, losses: &[H], refused: Option<Refused>) {
        let (boxes, mut table) = (self.case.boxes::<F>(), self.case.table.clone());
        table.images.fill(0);
        let (mut kept, mut call) = (nothing(), Call::new(self.case.fault));
        // SAFETY: every pointer is to a live array of the length passed, or it is refused.
        let status = unsafe {
            let from = match self.miner.config.with_nms {
                0 => call.lend_optional(&boxes, Status::PointerBoxes),
                _ => call.lend(&boxes, Status::PointerBoxes),
            };
            let scores = call.lend(losses, Status::PointerLosses);
            let groups = call.lend_optional(&table.labels, Status::PointerLabels);
            let miner = call.lend_mut(slice::from_mut(self.miner), Status::PointerMiner);
            let to = call.lend_mut(slice::from_mut(&mut kept), Status::PointerOut);
            if groups.is_null() {
                table.labels.fill(0);
            }
            (abi.batched_nms)(miner, from, scores, groups, boxes.len(), to, call.offender())
        };
        let config = self.case.config.batch_size(self.miner.capacity);
        check_selection::<F, _>(&call, status, &kept, refused, (&table, losses, &config));
    }
}

pub(crate) fn nothing() -> Selection {
    Selection { indices: ptr::null(), count: UNTOUCHED, total: 0, visited: 0, ignored: 0, is_partial: true }
}

/// Checks a selection, and that a refused call left it as it was.
fn check_selection<F: Abi, H: RankKey>(
    call: &Call,
    status: Status,
    selection: &Selection,
    refused: Option<Refused>,
    (table, losses, config): (&Table, &[H], &ohem_core::MineConfig),
) {
    let mut want = None;
    call.check(status, || {
        let mined = || mine::wanted::<F, H>(table, losses, config).map_err(|nan| (Status::NanLoss, nan));
        want = Some(refused.map_or_else(mined, Err)?);
        Ok(())
    });
    let Some(want) = want else { return assert_eq!(selection.count, UNTOUCHED) };
    assert_eq!((selection.total, selection.visited), (table.len(), want.visited));
    // SAFETY: the call succeeded, so `count` indices can be read.
    let indices = unsafe { slice::from_raw_parts(selection.indices, selection.count) };
    assert_eq!(wide(indices), want.selected);
}
