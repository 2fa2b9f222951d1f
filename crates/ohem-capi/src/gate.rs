//! A gate for trainers that see one sample at a time: is this one worth a backward pass?

use core::marker::PhantomData;

use ohem_core::RankKey;
use ohem_core::gate::Gate as Core;

use crate::export::export;
use crate::lend::place;
use crate::status::{Refusal, Status};

/// How many losses a gate remembers.
pub const OHEM_GATE_WINDOW: usize = 64;

/// Lets the hardest share of samples through, as judged by the losses of the last `OHEM_GATE_WINDOW`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Gate<H> {
    /// What it remembers: for ohem alone.
    pub state: [u64; 67],
    /// The type of the losses.
    pub losses: PhantomData<H>,
}

type Inside<H> = Core<H, OHEM_GATE_WINDOW>;

unsafe fn gate_init<H: RankKey>(gate: *mut Gate<H>, share: f32) -> Result<(), Refusal> {
    const { assert!(size_of::<Inside<H>>() <= size_of::<Gate<H>>()) }
    const { assert!(align_of::<Inside<H>>() <= align_of::<Gate<H>>()) }
    // SAFETY: the caller of the C function promised it, and it fits.
    let gate = unsafe { place(gate.cast::<Inside<H>>(), Status::PointerGate)? };
    gate.write(Core::new(share));
    Ok(())
}

/// Says whether a sample passes; no sample passes a bad pointer.
unsafe fn passes<H: RankKey>(gate: *mut Gate<H>, loss: H) -> bool {
    // SAFETY: the caller of the C function promised it, and that the gate was initialised.
    unsafe {
        let gate = place(gate.cast::<Inside<H>>(), Status::PointerGate);
        gate.is_ok_and(|gate| gate.assume_init_mut().observe(loss))
    }
}

macro_rules! instances {
    ($($loss:ident)*) => {$(
        #[doc = concat!("Gates for `", stringify!($loss), "` losses.")]
        pub mod $loss {
            use super::*;

            export! { concat!("_", stringify!($loss));
                /// Makes a gate that lets through about this share of samples, from 0 (none) to 1 (all).
                fn gate_init(gate: *mut Gate<$loss>, share: f32);
            }

            /// Says whether a sample of this loss is worth a backward pass, and remembers the loss.
            ///
            /// A NaN is as hard as can be. Nothing passes a bad pointer.
            #[unsafe(export_name = concat!("ohem_gate_passes_", stringify!($loss)))]
            pub unsafe extern "C" fn gate_passes(gate: *mut Gate<$loss>, loss: $loss) -> bool {
                // SAFETY: the caller keeps the promises that ohem.h opens with.
                unsafe { passes(gate, loss) }
            }
        }
    )*};
}

instances!(f32 i32);
