//! Random numbers, which come from the caller.

use core::convert::Infallible;
use core::ffi::c_void;

use rand_core::TryRng;

use crate::lend::one;
use crate::status::{Refusal, Status};

/// A generator of random numbers: the same numbers give the same sample on every target.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Generator {
    /// Returns the next number, all of whose 32 bits are random.
    pub next: Option<unsafe extern "C" fn(state: *mut c_void) -> u32>,
    /// What `next` is called with; may be `NULL`.
    pub state: *mut c_void,
}

/// A generator whose function is there.
pub(crate) struct Numbers {
    next: unsafe extern "C" fn(state: *mut c_void) -> u32,
    state: *mut c_void,
}

impl Numbers {
    /// Views a generator.
    ///
    /// # Safety
    ///
    /// As [`one`]; its function may be called with its state.
    pub(crate) unsafe fn new(generator: *const Generator) -> Result<Self, Refusal> {
        // SAFETY: as promised by the caller.
        let &Generator { next, state } = unsafe { one(generator, Status::PointerGenerator)? };
        Ok(Self { next: next.ok_or(Status::PointerGenerator)?, state })
    }
}

impl TryRng for Numbers {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        // SAFETY: promised in `new`.
        Ok(unsafe { (self.next)(self.state) })
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from(self.try_next_u32()?) | u64::from(self.try_next_u32()?) << 32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            chunk.iter_mut().zip(self.try_next_u32()?.to_le_bytes()).for_each(|(to, byte)| *to = byte);
        }
        Ok(())
    }
}
