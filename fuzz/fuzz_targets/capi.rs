//! Through the C ABI everything is as in core, and what is broken on purpose is refused by its name: pointers
//! that are NULL or misaligned, memory that is short, choices that are none. Arrays end where their memory does,
//! so that the address sanitizer sees a step beyond.

#![no_main]

use core::ffi::c_void;
use core::{ptr, slice};

use arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use ohem_capi::config::{MineConfig, OHEM_NAN_FIRST};
use ohem_capi::miner::Miner;
use ohem_capi::rois::{BBox, Rois, Selection};
use ohem_capi::{Status, iou, mine, miner, top_k};
use ohem_core::Float;
use ohem_fuzz::{naive, options, read, wide};
use ohem_testkit::{Table, nasty};

#[derive(Debug)]
struct Case {
    config: ohem_core::MineConfig,
    double: bool,
    fault: Option<Fault>,
    /// The first byte of the miner's memory, from an aligned one.
    offset: usize,
    /// Room for more than the batch.
    spare: usize,
    table: Table,
}

/// What is broken, the only thing in a call.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
enum Fault {
    Null(Argument),
    Misaligned(Argument),
    Choice,
    NanThreshold,
    LargeBatch,
    ShortMemory,
}

#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
enum Argument {
    Config,
    Miner,
    Memory,
    Rois,
    Boxes,
    Labels,
    Losses,
    Out,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        let (double, offset, spare) = (o.arbitrary()?, o.int_in_range(0..=15)?, o.int_in_range(0..=3)?);
        let (fault, config) = (o.arbitrary()?, read::mine_config(o)?);
        Ok(Self { config, double, fault, offset, spare, table: nasty::table(u, 80, true)? })
    }
}

impl Fault {
    /// How it is refused; not at all if nothing is read or written there.
    fn status(self, case: &Case) -> Option<Status> {
        let n = case.table.len();
        match self {
            Self::Misaligned(Argument::Memory) | Self::Null(Argument::Labels) => None,
            Self::Null(argument) | Self::Misaligned(argument) => match argument {
                Argument::Config => Some(Status::PointerConfig),
                Argument::Miner => Some(Status::PointerMiner),
                Argument::Memory => Some(Status::PointerMemory),
                Argument::Rois => Some(Status::PointerRois),
                Argument::Boxes => Some(Status::PointerBoxes).filter(|_| n > 0),
                Argument::Labels => Some(Status::PointerLabels).filter(|_| n > 0),
                Argument::Losses => Some(Status::PointerLosses).filter(|_| n > 0),
                Argument::Out => Some(Status::PointerOut),
            },
            Self::Choice => Some(Status::Choice),
            Self::NanThreshold => Some(Status::NanThreshold),
            Self::LargeBatch => Some(Status::BatchSize).filter(|_| case.config.batch_size > 0),
            Self::ShortMemory => Some(Status::ShortMemory),
        }
    }

    /// Whether it is found when the miner is made.
    fn is_of_the_miner(self) -> bool {
        match self {
            Self::Null(argument) | Self::Misaligned(argument) => {
                matches!(argument, Argument::Config | Argument::Miner | Argument::Memory)
            }
            _ => true,
        }
    }
}

/// The functions of one float type.
struct Abi<F> {
    size: extern "C" fn(usize) -> usize,
    init: unsafe extern "C" fn(
        *mut Miner<F>,
        *mut c_void,
        usize,
        usize,
        *const MineConfig,
        *mut usize,
    ) -> Status,
    mine: unsafe extern "C" fn(*mut Miner<F>, *const Rois<F>, *const F, *mut Selection, *mut usize) -> Status,
    top_k: unsafe extern "C" fn(*const F, usize, usize, u32, *mut u32, *mut usize, *mut usize) -> Status,
    iou_matrix:
        unsafe extern "C" fn(*const BBox<F>, usize, *const BBox<F>, usize, u32, *mut F, *mut usize) -> Status,
}

const SINGLE: Abi<f32> = Abi {
    size: miner::f32::miner_size,
    init: miner::f32::miner_init,
    mine: mine::f32::mine,
    top_k: top_k::f32::top_k,
    iou_matrix: iou::f32::iou_matrix,
};

const DOUBLE: Abi<f64> = Abi {
    size: miner::f64::miner_size,
    init: miner::f64::miner_init,
    mine: mine::f64::mine,
    top_k: top_k::f64::top_k,
    iou_matrix: iou::f64::iou_matrix,
};

/// The number of no index, where one may be written.
const UNTOUCHED: usize = 77;

impl Case {
    /// The pointer to an argument, as sound as the case has it.
    fn lend<T>(&self, argument: Argument, pointer: *const T) -> *const T {
        match self.fault {
            Some(Fault::Null(broken)) if broken == argument => ptr::null(),
            Some(Fault::Misaligned(broken)) if broken == argument => pointer.wrapping_byte_add(1),
            _ => pointer,
        }
    }

    fn lend_mut<T>(&self, argument: Argument, pointer: *mut T) -> *mut T {
        self.lend(argument, pointer).cast_mut()
    }

    fn check<F: Float>(&self, abi: &Abi<F>) {
        let (config, capacity) = self.config();
        let needed = (abi.size)(capacity);
        let size = needed - usize::from(self.fault == Some(Fault::ShortMemory));
        let mut memory = vec![0xFF_u8; self.offset + size].into_boxed_slice();
        let empty = Miner { config, capacity: UNTOUCHED, memory: ptr::null_mut() };
        let (mut miner, mut offender) = (empty, UNTOUCHED);
        let at = memory[self.offset..].as_mut_ptr().cast();
        // SAFETY: every pointer is to live memory of that many bytes, or it is one that is refused.
        let status = unsafe {
            let miner = self.lend_mut(Argument::Miner, &raw mut miner);
            let at = if self.fault == Some(Fault::Null(Argument::Memory)) { ptr::null_mut() } else { at };
            (abi.init)(
                miner,
                at,
                size,
                capacity,
                self.lend(Argument::Config, &raw const config),
                &raw mut offender,
            )
        };
        match self.fault.filter(|fault| fault.is_of_the_miner()).and_then(|fault| fault.status(self)) {
            Some(refused) => {
                assert_eq!((status, miner.capacity), (refused, UNTOUCHED));
                let named = match refused {
                    Status::BatchSize => self.config.batch_size,
                    Status::ShortMemory => needed,
                    _ => usize::MAX,
                };
                assert_eq!(offender, named);
            }
            None => {
                assert_eq!((status, offender), (Status::Ok, UNTOUCHED));
                self.check_mine(abi, &mut miner);
            }
        }
        self.check_top_k(abi);
        self.check_overlaps(abi);
    }

    /// The configuration in C, and a capacity; broken if the case has it so.
    fn config(&self) -> (MineConfig, usize) {
        let (mut config, mut capacity) = (MineConfig::from(self.config), self.config.batch_size + self.spare);
        match self.fault {
            Some(Fault::Choice) => config.suppress = 9,
            Some(Fault::NanThreshold) => (config.with_nms, config.nms_threshold) = (1, f64::NAN),
            Some(Fault::LargeBatch) => capacity = self.config.batch_size.saturating_sub(1),
            _ => {}
        }
        (config, capacity)
    }

    fn check_mine<F: Float>(&self, abi: &Abi<F>, miner: &mut Miner<F>) {
        let (boxes, losses) = (boxes::<F>(&self.table), self.table.losses::<F>());
        let Table { images, labels, .. } = &self.table;
        let one_label = self.fault == Some(Fault::Null(Argument::Labels));
        let rois = Rois {
            boxes: self.lend(Argument::Boxes, boxes.as_ptr()),
            images: images.as_ptr(),
            labels: self.lend(Argument::Labels, labels.as_ptr()),
            length: boxes.len(),
        };
        let empty = Selection { indices: ptr::null(), count: UNTOUCHED, total: 0, visited: 0 };
        let (mut selection, mut offender) = (empty, UNTOUCHED);
        // SAFETY: every pointer is to live memory of that many values, or it is one that is refused.
        let status = unsafe {
            let rois = self.lend(Argument::Rois, &raw const rois);
            let out = self.lend_mut(Argument::Out, &raw mut selection);
            (abi.mine)(miner, rois, self.lend(Argument::Losses, losses.as_ptr()), out, &raw mut offender)
        };
        if let Some(refused) = self.fault.and_then(|fault| fault.status(self)) {
            assert_eq!((status, offender, selection.count), (refused, usize::MAX, UNTOUCHED));
            return;
        }
        let mut table = self.table.clone();
        if one_label {
            table.labels.fill(0);
        }
        match naive::mine::<F, F>(&table, &losses, &self.config) {
            Ok(want) => {
                assert_eq!(
                    (status, selection.total, selection.visited),
                    (Status::Ok, boxes.len(), want.visited)
                );
                // SAFETY: the call was made, so there are so many.
                let indices = unsafe { slice::from_raw_parts(selection.indices, selection.count) };
                assert_eq!(wide(indices), want.selected);
            }
            Err(first) => assert_eq!((status, offender), (Status::NanLoss, first)),
        }
    }

    fn check_top_k<F: Float>(&self, abi: &Abi<F>) {
        let (losses, k) = (self.table.losses::<F>(), self.config.batch_size);
        let (mut indices, mut count) = (vec![7; losses.len()], UNTOUCHED);
        let (from, to) = (losses.as_ptr(), indices.as_mut_ptr());
        // SAFETY: there is a place for each loss, and no offender is asked for.
        let status = unsafe {
            (abi.top_k)(from, losses.len(), k, OHEM_NAN_FIRST, to, &raw mut count, ptr::null_mut())
        };
        let want = ohem_reference::top_k(&losses, k, ohem_reference::Nan::First).unwrap();
        assert_eq!((status, wide(&indices[..count])), (Status::Ok, want));
    }

    fn check_overlaps<F: Float>(&self, abi: &Abi<F>) {
        let (all, rows) = (boxes::<F>(&self.table), self.table.boxes::<F>());
        let (few, convention) = (all.len().min(self.offset), MineConfig::from(self.config).convention);
        let mut out = vec![F::nan(); few * all.len()];
        // SAFETY: there is a place for each pair, and no offender is asked for.
        let status = unsafe {
            let columns = all.as_ptr();
            (abi.iou_matrix)(columns, few, columns, all.len(), convention, out.as_mut_ptr(), ptr::null_mut())
        };
        let want = ohem_reference::iou_matrix(&rows[..few], &rows, naive::convention(self.config.convention));
        assert_eq!((status, out), (Status::Ok, want));
    }
}

fn boxes<F: Float>(table: &Table) -> Vec<BBox<F>> {
    table.boxes::<F>().into_iter().map(|[x1, y1, x2, y2]| BBox { x1, y1, x2, y2 }).collect()
}

fuzz_target!(|case: Case| if case.double { case.check(&DOUBLE) } else { case.check(&SINGLE) });
