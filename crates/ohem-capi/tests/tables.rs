//! Overlaps, masks, rows and the gate are those of the oracle, by `==`.

#![expect(clippy::cast_possible_truncation, reason = "small inputs, and quantised losses on purpose")]

use core::ptr;

use ohem_capi::config::Convention;
use ohem_capi::rois::BBox;
use ohem_capi::{Status, gate, gather, iou};
use ohem_core::Float;
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
    fn gates(table in strategy::table(200, true), share in 0.0..1.0_f32) {
        let mut floats = gate::Gate { state: [u64::MAX; 67], losses: core::marker::PhantomData::<f32> };
        let mut integers = gate::Gate { state: [u64::MAX; 67], losses: core::marker::PhantomData::<i32> };
        // SAFETY: both point to a gate.
        unsafe {
            prop_assert_eq!(gate::f32::gate_init(&mut floats, share, ptr::null_mut()), Status::Ok);
            prop_assert_eq!(gate::i32::gate_init(&mut integers, share, ptr::null_mut()), Status::Ok);
        }
        let losses = table.losses::<f32>();
        let whole: Vec<_> = losses.iter().map(|&loss| loss as i32).collect();
        let wanted_floats = oracle::gate(&losses, share, gate::OHEM_GATE_WINDOW);
        let wanted_integers = oracle::gate(&whole, share, gate::OHEM_GATE_WINDOW);
        for (at, (loss, whole)) in losses.into_iter().zip(whole).enumerate() {
            // SAFETY: both gates were initialised.
            let (float, integer) = unsafe {
                (gate::f32::gate_observe(&mut floats, loss), gate::i32::gate_observe(&mut integers, whole))
            };
            prop_assert_eq!(float, wanted_floats[at]);
            prop_assert_eq!(integer, wanted_integers[at]);
        }
    }
}
