//! A gate for trainers that see one sample at a time: decides which samples get a backward pass.

use core::marker::PhantomData;

use ohem_core::gate::GateOver;
use ohem_core::{RankKey, Ranked};

use crate::export::export;
use crate::lend::{Lent, candidates, keep, with_kept};
use crate::status::{Refusal, Status};

/// Passes the hardest share of samples, compared with the losses of the last ones.
///
/// A gate that is all 0, as a `static` begins, passes every sample until it is initialised.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Gate<H> {
    /// private
    pub state: [usize; 7],
    /// The type of the losses.
    pub losses: PhantomData<H>,
}

/// The gate in the state of C's.
type CoreGate<H> = GateOver<H, Lent<Ranked<H>>>;

unsafe fn gate_init<H: RankKey>(
    gate: *mut Gate<H>,
    window: *mut u64,
    length: usize,
    share: f32,
) -> Result<(), Refusal> {
    if length == 0 {
        return Err(Status::Window.of(1));
    }
    // SAFETY: the caller of the C function promised it, and that the window stays lent.
    unsafe {
        let window = Lent::new(candidates::<H>(window, length)?);
        keep(gate, CoreGate::with_memory(window, share), Status::PointerGate)
    }
}

/// Returns whether a sample passes; every sample passes a bad pointer.
unsafe fn gate_observe<H: RankKey>(gate: *mut Gate<H>, loss: H) -> bool {
    // SAFETY: the caller of the C function promised it.
    unsafe { with_kept(gate, Status::PointerGate, |gate: &mut CoreGate<H>| gate.observe(loss)) }
        .unwrap_or(true)
}

macro_rules! instances {
    ($($loss:ident)*) => {$(
        #[doc = concat!("Gates for `", stringify!($loss), "` losses.")]
        pub mod $loss {
            use super::*;
            #[allow(unused_imports, reason = "only some of the types are imported")]
            use half::{bf16, f16};

            export! { concat!("_", stringify!($loss));
                /// Makes a gate that passes about this share of the samples, from 0 (none) to 1 (all).
                ///
                /// It compares with the last `length` losses, at least 1. `window` has as many elements, and stays lent
                /// to the gate as long as you use it.
                fn gate_init(gate: *mut Gate<$loss>, window: *mut u64, length: usize, share: f32);
            }

            /// Returns whether a sample of this loss is worth a backward pass, and remembers the loss. O(window).
            ///
            /// A NaN is harder than any other loss. Every sample passes a bad pointer, or a gate that is all 0: training
            /// goes on, and takes longer.
            #[unsafe(export_name = concat!("ohem_gate_observe_", stringify!($loss)))]
            pub unsafe extern "C" fn gate_observe(gate: *mut Gate<$loss>, loss: $loss) -> bool {
                // SAFETY: the caller keeps the promises at the top of ohem.h.
                unsafe { super::gate_observe(gate, loss) }
            }
        }
    )*};
}

instances!(f32 i8 i16 i32 f16 bf16);
