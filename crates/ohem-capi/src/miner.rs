//! A miner: a configuration, and memory that the caller lends once.
//!
//! The memory holds a window of candidates, the box of each RoI that can be selected, and its index, in this
//! order. It may begin at any address: a few more bytes leave space for alignment.

use core::ffi::c_void;
use core::mem::MaybeUninit;

use ohem_core::kernel::mine::{COLUMNS, SliceStorage};
use ohem_core::{Float, RankKey, Ranked};

use crate::config::{Checked, MineConfig, Threshold};
use crate::export::export;
use crate::lend::{one, one_mut, slice_mut};
use crate::status::{Refusal, Status};

/// Mines step after step, in memory that stays lent to it.
///
/// You may change the configuration between steps, at no cost; `ohem_miner_init_...` sets the rest.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Miner<F> {
    /// How to mine.
    pub config: MineConfig<F>,
    /// Largest number of RoIs that can be selected.
    pub capacity: usize,
    /// Number of candidates that one scan of the losses finds.
    pub window: usize,
    /// The memory, from its first aligned byte.
    pub memory: *mut F,
}

/// The usual number of candidates: twice as many as can be selected make one scan usual.
const fn usual_window(capacity: usize) -> usize {
    capacity.saturating_add(1).saturating_mul(2)
}

/// The least number of candidates with which ranking comes forward.
const LEAST_WINDOW: usize = 2;

/// Number of bytes to lend; `usize::MAX` if that is too many to count.
const fn size<F: Float>(capacity: usize, window: usize) -> usize {
    let candidate = size_of::<Ranked<F>>(); // which is never less than its alignment
    let selected = COLUMNS * size_of::<F>() + size_of::<u32>();
    window
        .saturating_mul(candidate)
        .saturating_add(capacity.saturating_mul(selected))
        .saturating_add(candidate)
}

unsafe fn miner_init<F: Threshold>(
    miner: *mut Miner<F>,
    memory: *mut c_void,
    size: usize,
    capacity: usize,
    config: *const MineConfig<F>,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe { miner_init_with_window(miner, memory, size, capacity, usual_window(capacity), config) }
}

unsafe fn miner_init_with_window<F: Threshold>(
    miner: *mut Miner<F>,
    memory: *mut c_void,
    size: usize,
    capacity: usize,
    window: usize,
    config: *const MineConfig<F>,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (miner, config, memory) = unsafe {
        let config = one(config, Status::PointerConfig)?;
        let miner = one_mut(miner, Status::PointerMiner)?;
        (miner, *config, slice_mut(memory.cast(), size, Status::PointerMemory)?)
    };
    Checked::new(&config)?;
    if config.batch_size > capacity {
        return Err(Status::BatchSize.of(config.batch_size));
    }
    if window < LEAST_WINDOW {
        return Err(Status::Window.of(LEAST_WINDOW));
    }
    let needed = self::size::<F>(capacity, window);
    let memory = memory.get_mut(..needed).ok_or(Status::ShortMemory.of(needed))?;
    memory.fill(MaybeUninit::new(0_u8)); // mining views it as numbers, which must be initialised
    let memory = memory.as_mut_ptr();
    let memory = memory.wrapping_add(memory.align_offset(align_of::<Ranked<F>>())).cast();
    miner.write(Miner { config, capacity, window, memory });
    Ok(())
}

impl<F: Float> Miner<F> {
    /// Views the memory as the three buffers of mining.
    ///
    /// # Safety
    ///
    /// The miner was initialised, and nothing else uses its memory while `'a` lasts.
    pub(crate) unsafe fn storage<'a, H: RankKey>(&self) -> Result<SliceStorage<'a, F, H>, Refusal> {
        const { assert!(size_of::<Ranked<H>>() <= size_of::<Ranked<F>>()) }
        // A miner that is all 0 was never initialised: it is refused for its memory.
        let candidates = self.window.max(LEAST_WINDOW);
        let columns = self.memory.cast::<Ranked<F>>().wrapping_add(candidates).cast::<F>();
        let floats = self.capacity.saturating_mul(COLUMNS);
        let selected = columns.wrapping_add(floats).cast();
        // SAFETY: they are three parts of the memory, all of it initialised, with zeros at least.
        unsafe {
            Ok(SliceStorage::new(
                slice_mut(self.memory.cast(), candidates, Status::PointerMiner)?,
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

            /// Computes the number of bytes that a miner needs; `SIZE_MAX` if that is too many to count.
            ///
            /// `OHEM_MINER_SIZE_...` is the same as a constant expression.
            #[unsafe(export_name = concat!("ohem_miner_size_", stringify!($float)))]
            pub extern "C" fn miner_size(capacity: usize) -> usize {
                size::<$float>(capacity, usual_window(capacity))
            }

            /// Computes the same for a miner whose window you choose: `OHEM_MINER_SIZE_WITH_WINDOW_...` as a function.
            #[unsafe(export_name = concat!("ohem_miner_size_with_window_", stringify!($float)))]
            pub extern "C" fn miner_size_with_window(capacity: usize, window: usize) -> usize {
                size::<$float>(capacity, window)
            }

            export! { concat!("_", stringify!($float));
                /// Makes a miner that can select `capacity` RoIs, in memory at any address.
                ///
                /// `size` is the size of the memory in bytes, at least `ohem_miner_size_...(capacity)`. The memory
                /// stays lent to the miner as long as you use it; there is nothing to free.
                fn miner_init(
                    miner: *mut Miner<$float>,
                    memory: *mut c_void,
                    size: usize,
                    capacity: usize,
                    config: *const MineConfig<$float>,
                );

                /// Makes a miner with a window of this number of candidates, at least 2; usual is `2 * (capacity + 1)`.
                ///
                /// The selection is the same. A short window saves memory: 8 bytes a candidate, 16 for `double`. A
                /// long one saves time where far more RoIs are visited than are selected: one scan of the losses
                /// finds as many candidates as the window holds. `size` is the size of the memory in bytes, at least
                /// `ohem_miner_size_with_window_...(capacity, window)`.
                fn miner_init_with_window(
                    miner: *mut Miner<$float>,
                    memory: *mut c_void,
                    size: usize,
                    capacity: usize,
                    window: usize,
                    config: *const MineConfig<$float>,
                );
            }
        }
    )*};
}

instances!(f32 f64);
