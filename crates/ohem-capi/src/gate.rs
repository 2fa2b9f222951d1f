//! A gate for trainers that see one sample at a time: decides which samples get a backward pass.

use core::marker::PhantomData;

use ohem_core::RankKey;

use crate::export::export;
use crate::lend::one_mut;
use crate::status::{Refusal, Status};

/// Number of losses that a gate remembers.
pub const OHEM_GATE_WINDOW: usize = 64;

/// Passes the hardest share of samples, compared with the last `OHEM_GATE_WINDOW` losses.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Gate<H> {
    /// private
    pub state: [u64; 67],
    /// The type of the losses.
    pub losses: PhantomData<H>,
}

/// The gate in the state of C's.
type CoreGate<H> = ohem_core::gate::Gate<H, OHEM_GATE_WINDOW>;

unsafe fn gate_init<H: RankKey>(gate: *mut Gate<H>, share: f32) -> Result<(), Refusal> {
    const { assert!(size_of::<CoreGate<H>>() <= size_of::<Gate<H>>()) }
    const { assert!(align_of::<CoreGate<H>>() <= align_of::<Gate<H>>()) }
    // SAFETY: the caller of the C function promised it, and it fits.
    let gate = unsafe { one_mut(gate.cast::<CoreGate<H>>(), Status::PointerGate)? };
    gate.write(CoreGate::new(share));
    Ok(())
}

/// Returns whether a sample passes; no sample passes a bad pointer.
unsafe fn gate_observe<H: RankKey>(gate: *mut Gate<H>, loss: H) -> bool {
    // SAFETY: the caller of the C function promised it, and that the gate was initialised.
    unsafe {
        let gate = one_mut(gate.cast::<CoreGate<H>>(), Status::PointerGate);
        gate.is_ok_and(|gate| gate.assume_init_mut().observe(loss))
    }
}

macro_rules! instances {
    ($($loss:ident)*) => {$(
        #[doc = concat!("Gates for `", stringify!($loss), "` losses.")]
        pub mod $loss {
            use super::*;

            export! { concat!("_", stringify!($loss));
                /// Makes a gate that passes about this share of the samples, from 0 (none) to 1 (all).
                fn gate_init(gate: *mut Gate<$loss>, share: f32);
            }

            /// Returns whether a sample of this loss is worth a backward pass, and remembers the loss.
            ///
            /// A NaN is harder than any other loss. A bad pointer passes no sample.
            #[unsafe(export_name = concat!("ohem_gate_observe_", stringify!($loss)))]
            pub unsafe extern "C" fn gate_observe(gate: *mut Gate<$loss>, loss: $loss) -> bool {
                // SAFETY: the caller keeps the promises at the top of ohem.h.
                unsafe { super::gate_observe(gate, loss) }
            }
        }
    )*};
}

instances!(f32 i32);
