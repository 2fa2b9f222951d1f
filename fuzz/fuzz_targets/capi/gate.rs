//! The gate passes the same samples as the oracle's, and a broken pointer passes none.

use core::marker::PhantomData;
use core::slice;

use ohem_capi::Status;
use ohem_capi::gate::{self, Gate, OHEM_GATE_WINDOW};
use ohem_core::RankKey;
use ohem_testkit::oracle;

use crate::Case;
use crate::lend::Call;

type Init<H> = unsafe extern "C" fn(*mut Gate<H>, f32, *mut usize) -> Status;
type Observe<H> = unsafe extern "C" fn(*mut Gate<H>, H) -> bool;

pub(crate) fn check(case: &Case) {
    let floats = case.table.losses::<f32>();
    let bits: Vec<i32> = floats.iter().map(|loss| loss.to_bits().cast_signed()).collect();
    check_gate(case, &floats, gate::f32::gate_init, gate::f32::gate_observe);
    check_gate(case, &bits, gate::i32::gate_init, gate::i32::gate_observe);
}

fn check_gate<H: RankKey>(case: &Case, losses: &[H], init: Init<H>, observe: Observe<H>) {
    #[expect(clippy::cast_possible_truncation, reason = "any share will do")]
    let share = case.config.nms.map_or(f64::NAN, |nms| nms.iou_threshold) as f32;
    const STALE: u64 = 0xAAAA_AAAA_AAAA_AAAA;
    let mut gate = Box::new(Gate { state: [STALE; 67], losses: PhantomData });
    let mut call = Call::new(case.fault);
    let pointer = call.lend_mut(slice::from_mut(&mut *gate), Status::PointerGate);
    // SAFETY: the pointer is to a gate, or it is refused.
    let status = unsafe { init(pointer, share, call.offender()) };
    let mut made = false;
    call.check(status, || {
        made = true;
        Ok(())
    });
    // Three times, so that the window fills up.
    let losses: Vec<H> = losses.iter().copied().cycle().take(3 * losses.len()).collect();
    let want = if made { oracle::gate(&losses, share, OHEM_GATE_WINDOW) } else { vec![false; losses.len()] };
    for (loss, want) in losses.into_iter().zip(want) {
        // SAFETY: it is the same pointer: the gate was made, or the pointer is refused.
        assert_eq!(unsafe { observe(pointer, loss) }, want);
    }
    if !made {
        assert_eq!(gate.state, [STALE; 67]);
    }
}
