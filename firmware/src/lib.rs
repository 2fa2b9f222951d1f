//! What the images share: a clock that counts instructions, how deep the stack went, and how an image ends.

#![no_std]
#![warn(missing_docs)]

pub mod clock;
pub mod stack;

use core::panic::PanicInfo;

use cortex_m_rt::{ExceptionFrame, exception};
use cortex_m_semihosting::{debug, hprintln};

/// Ends the image: QEMU's exit status is 0 exactly if all went well.
pub fn exit(well: bool) -> ! {
    let status = if well { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE };
    loop {
        debug::exit(status);
    }
}

/// Nothing refers to it: `scripts/firmware.sh` looks for what would.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    exit(false)
}

/// Without it a fault spins for ever.
///
/// # Safety
///
/// It is called by the processor alone.
#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    hprintln!("hard fault at {:08x}", frame.pc());
    exit(false)
}
