//! Overlaps, masks, rows and the gate are those of the oracle, by `==`.

#![expect(clippy::cast_possible_truncation, reason = "small inputs, and quantised losses on purpose")]

use core::marker::PhantomData;
use core::ptr;

use half::{bf16, f16};
use ohem_capi::config::Convention;
use ohem_capi::rois::BBox;
use ohem_capi::{Status, gate, gather, iou};
use ohem_core::{Float, RankKey};
use ohem_testkit::generate::{Table, strategy};
use ohem_testkit::oracle;
use proptest::collection::vec;
use proptest::prelude::*;

type Iou<F> = extern "C" fn(BBox<F>, BBox<F>, Convention) -> F;
type Matrix<F> = unsafe extern "C" fn(
    *const BBox<F>,
    usize,
    *const BBox<F>,
    usize,
    Convention,
    *mut F,
    *mut usize,
) -> Status;

fn check_iou<F: Float>(iou: Iou<F>, matrix: Matrix<F>, table: &Table, choice: Convention, columns: usize) {
    let rows = table.boxes::<F>();
    let columns = &rows[..columns.min(rows.len())];
    let convention = [oracle::Convention::Continuous, oracle::Convention::Pixel][choice as usize];
    let wanted = oracle::iou_matrix(&rows, columns, convention);
    let boxes = |rows: &[[F; 4]]| -> Vec<_> {
        rows.iter().map(|&[x1, y1, x2, y2]| BBox { x1, y1, x2, y2 }).collect()
    };
    let (rows, columns) = (boxes(&rows), boxes(columns));
    let mut out = vec![F::nan(); wanted.len()];
    // SAFETY: every pointer is to what it should be.
    let status = unsafe {
        let (columns, count) = (columns.as_ptr(), columns.len());
        matrix(rows.as_ptr(), rows.len(), columns, count, choice, out.as_mut_ptr(), ptr::null_mut())
    };
    assert_eq!((status, &out), (Status::Ok, &wanted));
    let each: Vec<_> = rows.iter().flat_map(|&a| columns.iter().map(move |&b| iou(a, b, choice))).collect();
    assert_eq!(each, wanted);
}

/// Runs a call; returns success, or the position of the index at fault.
fn outcome(call: impl FnOnce(*mut usize) -> Status) -> Result<(), usize> {
    let mut offender = usize::MAX;
    match call(&mut offender) {
        Status::Ok => Ok(()),
        status => {
            assert_eq!(status, Status::Index);
            Err(offender)
        }
    }
}

type GateInit<H> = unsafe extern "C" fn(*mut gate::Gate<H>, *mut u64, usize, f32, *mut usize) -> Status;
type GateObserve<H> = unsafe extern "C" fn(*mut gate::Gate<H>, H) -> bool;

/// The gate passes what the oracle's does, also after it was copied, and everything before it is made.
fn check_gate<H: RankKey>(
    init: GateInit<H>,
    observe: GateObserve<H>,
    losses: &[H],
    share: f32,
    window: usize,
) {
    let mut gate = gate::Gate { state: [0; 7], losses: PhantomData };
    let mut memory = vec![u64::MAX; window];
    for &loss in losses {
        // SAFETY: it is a gate whose words are 0.
        assert!(unsafe { observe(&mut gate, loss) });
    }
    // SAFETY: every pointer is to what it should be.
    let status = unsafe { init(&mut gate, memory.as_mut_ptr(), window, share, ptr::null_mut()) };
    assert_eq!(status, Status::Ok);
    let wanted = oracle::gate(losses, share, window);
    for (at, (&loss, wanted)) in losses.iter().zip(wanted).enumerate() {
        let mut copy = Box::new(gate);
        // SAFETY: the gate was initialised, and only the copy is used from here on.
        assert_eq!(unsafe { observe(&mut *copy, loss) }, wanted, "{at}");
        gate = *copy;
    }
}

proptest! {
    #[test]
    fn overlaps(table in strategy::table(40, false), choice in 0..2_u32, columns in 0..50_usize) {
        check_iou(iou::f32::iou, iou::f32::iou_matrix, &table, choice, columns);
        check_iou(iou::f64::iou, iou::f64::iou_matrix, &table, choice, columns);
    }

    #[test]
    fn rows(selected in vec(0..12_u32, 0..9), rows in 1..12_usize, width in 0..4_usize) {
        let count = selected.len();
        let table: Vec<i16> = (1..).take(rows * width).collect();
        let at_fault = selected.iter().position(|&index| index as usize >= rows);
        let indices: Vec<_> = selected.iter().map(|&index| index as usize).collect();
        let (mut mask, mut weights) = (vec![9; rows], vec![9.0; rows]);
        let (mut gathered, mut masked) = (vec![9; count * width], table.clone());
        // SAFETY: every pointer is to what it should be.
        let outcomes = unsafe {
            let selected = selected.as_ptr();
            [
                outcome(|offender| gather::any::mask(selected, count, mask.as_mut_ptr(), rows, offender)),
                outcome(|offender| {
                    gather::f64::weights(selected, count, 0.5, 0.25, weights.as_mut_ptr(), rows, offender)
                }),
                outcome(|offender| {
                    let (table, out) = (table.as_ptr().cast(), gathered.as_mut_ptr().cast());
                    gather::any::gather_rows(selected, count, table, rows, 2 * width, out, offender)
                }),
                outcome(|offender| {
                    let table = masked.as_mut_ptr().cast();
                    gather::any::mask_rows(selected, count, table, rows, 2 * width, offender)
                }),
            ]
        };
        if let Some(position) = at_fault {
            prop_assert_eq!(outcomes, [Err(position); 4]);
            prop_assert!(mask.iter().all(|&byte| byte == 9) && weights.iter().all(|&weight| weight == 9.0));
            prop_assert!(gathered.iter().all(|&value| value == 9) && masked == table);
        } else {
            prop_assert_eq!(outcomes, [Ok(()); 4]);
            let wanted = oracle::mask(&indices, rows);
            prop_assert_eq!(mask, wanted.iter().map(|&hard| u8::from(hard)).collect::<Vec<_>>());
            prop_assert_eq!(weights, wanted.iter().map(|&hard| if hard { 0.5 } else { 0.25 }).collect::<Vec<_>>());
            prop_assert_eq!(gathered, oracle::gather(&indices, &table, width));
            let kept = (0..rows * width).map(|at| if wanted[at / width] { table[at] } else { 0 });
            prop_assert_eq!(masked, kept.collect::<Vec<_>>());
        }
    }

    #[test]
    fn gates(table in strategy::table(200, true), share in -0.5..1.5_f32, window in 1..100_usize) {
        let losses = table.losses::<f32>();
        check_gate(gate::f32::gate_init, gate::f32::gate_observe, &losses, share, window);
        let of = |scale: f32| losses.iter().map(move |&loss| loss * scale);
        let whole: Vec<_> = of(1e6).map(|loss| loss as i32).collect();
        check_gate(gate::i32::gate_init, gate::i32::gate_observe, &whole, share, window);
        let whole: Vec<_> = of(1e3).map(|loss| loss as i16).collect();
        check_gate(gate::i16::gate_init, gate::i16::gate_observe, &whole, share, window);
        let whole: Vec<_> = of(8.0).map(|loss| loss as i8).collect();
        check_gate(gate::i8::gate_init, gate::i8::gate_observe, &whole, share, window);
        let half: Vec<_> = losses.iter().map(|&loss| f16::from_f32(loss)).collect();
        check_gate(gate::f16::gate_init, gate::f16::gate_observe, &half, share, window);
        let half: Vec<_> = losses.iter().map(|&loss| bf16::from_f32(loss)).collect();
        check_gate(gate::bf16::gate_init, gate::bf16::gate_observe, &half, share, window);
    }
}
