//! A miner: a configuration, and memory that the caller lends once.
//!
//! The memory is cut into a window of candidates, a place for the box of each RoI that can be selected, and one
//! for its index. It may begin at any address: there are some bytes more than that, for alignment.

use core::ffi::c_void;
use core::mem::MaybeUninit;

use ohem_core::admit::COLUMNS;
use ohem_core::mine::Memory;
use ohem_core::rank::FixedBuffer;
use ohem_core::{Float, RankKey, Ranked};

use crate::config::MineConfig;
use crate::export::export;
use crate::lend::{one, place, slice_mut};
use crate::status::{Refusal, Status};

/// Mines step after step, in memory that was lent for as long as it is used.
///
/// The configuration may be changed between steps; the rest is set by `ohem_miner_init_...`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Miner<F> {
    /// How to mine.
    pub config: MineConfig,
    /// How many RoIs can be selected at the most.
    pub capacity: usize,
    /// The memory, from its first aligned byte.
    pub memory: *mut F,
}

/// How many candidates one pass over the losses finds: twice as many as can be selected make one pass usual.
const fn window(capacity: usize) -> usize {
    capacity.saturating_add(1).saturating_mul(2)
}

/// How many bytes to lend, `usize::MAX` if that is too many to count.
const fn size<F: Float>(capacity: usize) -> usize {
    let candidate = size_of::<Ranked<F>>(); // which is never less than its alignment
    let selected = COLUMNS * size_of::<F>() + size_of::<u32>();
    window(capacity)
        .saturating_mul(candidate)
        .saturating_add(capacity.saturating_mul(selected))
        .saturating_add(candidate)
}

unsafe fn miner_init<F: Float>(
    miner: *mut Miner<F>,
    memory: *mut c_void,
    size: usize,
    capacity: usize,
    config: *const MineConfig,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (miner, config, memory) = unsafe {
        let config = one(config, Status::PointerConfig)?;
        (place(miner, Status::PointerMiner)?, *config, slice_mut(memory.cast(), size, Status::PointerMemory)?)
    };
    config.checked()?.check(capacity)?;
    let needed = self::size::<F>(capacity);
    let memory = memory.get_mut(..needed).ok_or(Status::ShortMemory.of(needed))?;
    memory.fill(MaybeUninit::new(0_u8)); // what is read of it later must have been written to
    let memory = memory.as_mut_ptr();
    let memory = memory.wrapping_add(memory.align_offset(align_of::<Ranked<F>>())).cast();
    miner.write(Miner { config, capacity, memory });
    Ok(())
}

impl<F: Float> Miner<F> {
    /// Cuts the memory.
    ///
    /// # Safety
    ///
    /// It was initialised, and nothing else uses its memory while `'a` lasts.
    pub(crate) unsafe fn memory<'a, H: RankKey>(&self) -> Result<Memory<'a, F, FixedBuffer<'a, H>>, Refusal> {
        const { assert!(size_of::<Ranked<H>>() <= size_of::<Ranked<F>>()) }
        let places = window(self.capacity);
        let columns = self.memory.cast::<Ranked<F>>().wrapping_add(places).cast::<F>();
        let floats = self.capacity.saturating_mul(COLUMNS);
        let selected = columns.wrapping_add(floats).cast();
        // SAFETY: three parts of the memory, which all have been written to, with zeros at least.
        unsafe {
            Ok(Memory::new(
                FixedBuffer(slice_mut(self.memory.cast(), places, Status::PointerMiner)?),
                slice_mut(columns, floats, Status::PointerMiner)?,
                slice_mut(selected, self.capacity, Status::PointerMiner)?,
            ))
        }
    }
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        #[doc = concat!("Miners of `", stringify!($float), "` boxes.")]
        pub mod $float {
            use super::*;

            /// Computes how many bytes of memory a miner needs; `SIZE_MAX` if that is too many to count.
            ///
            /// `OHEM_MINER_SIZE_...` is the same as a constant expression.
            #[unsafe(export_name = concat!("ohem_miner_size_", stringify!($float)))]
            pub extern "C" fn miner_size(capacity: usize) -> usize {
                size::<$float>(capacity)
            }

            export! { concat!("_", stringify!($float));
                /// Makes a miner that can select `capacity` RoIs, in memory at any address.
                ///
                /// `size` is that of the memory, at least `ohem_miner_size_...(capacity)`. It is lent for as long
                /// as the miner is used; nothing need be freed.
                fn miner_init(
                    miner: *mut Miner<$float>,
                    memory: *mut c_void,
                    size: usize,
                    capacity: usize,
                    config: *const MineConfig,
                );
            }
        }
    )*};
}

instances!(f32 f64);
