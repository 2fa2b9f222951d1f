//! The gate passes the same samples as the oracle's, and a broken pointer, or a gate that was not made, every one.

use core::marker::PhantomData;
use core::slice;

use ohem_capi::Status;
use ohem_capi::gate::{self, Gate};
use ohem_core::RankKey;
use ohem_testkit::oracle;

use crate::Case;
use crate::lend::Call;

type Init<H> = unsafe extern "C" fn(*mut Gate<H>, *mut u64, usize, f32, *mut usize) -> Status;
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
    let mut gate = Box::new(Gate { state: [0; 7], losses: PhantomData });
    // Its end is that of its memory.
    let mut window = vec![u64::MAX; case.few].into_boxed_slice();
    let (length, mut call) = (window.len(), Call::new(case.fault));
    let pointer = call.lend_mut(slice::from_mut(&mut *gate), Status::PointerGate);
    let memory = call.lend_mut(&mut window, Status::PointerMemory);
    // SAFETY: the pointers are to a gate and its window, or they are refused.
    let status = unsafe { init(pointer, memory, length, share, call.offender()) };
    let mut made = false;
    if length == 0 {
        assert_eq!(status, Status::Window); // before any pointer is looked at
    } else {
        call.check(status, || {
            made = true;
            Ok(())
        });
    }
    // Three times, so that the window fills up.
    let losses: Vec<H> = losses.iter().copied().cycle().take(3 * losses.len()).collect();
    let want = if made { oracle::gate(&losses, share, length) } else { vec![true; losses.len()] };
    for (loss, want) in losses.into_iter().zip(want) {
        // SAFETY: it is the same pointer: the gate was made, or the pointer is refused.
        assert_eq!(unsafe { observe(pointer, loss) }, want);
    }
    if !made {
        assert_eq!(gate.state, [0; 7]);
    }
}
