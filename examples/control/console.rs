//! How the examples for embassy and RTIC print and end: by semihosting, or with the feature `defmt` in its format.

use core::panic::PanicInfo;

use cortex_m_rt::{ExceptionFrame, exception};
use cortex_m_semihosting::debug;
#[cfg(feature = "defmt")]
use defmt_semihosting as _;

/// Prints a line.
#[cfg(not(feature = "defmt"))]
macro_rules! say {
    ($($what:tt)*) => { let _ = cortex_m_semihosting::hprintln!($($what)*); };
}
/// Prints a line.
#[cfg(feature = "defmt")]
macro_rules! say {
    ($($what:tt)*) => { defmt::println!($($what)*) };
}
pub(crate) use say;

/// Ends the program: QEMU's exit status is 0 exactly if all went well.
pub fn exit(well: bool) -> ! {
    loop {
        debug::exit(if well { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    say!("panic");
    exit(false)
}

/// Without it a fault spins forever.
#[exception]
unsafe fn HardFault(_: &ExceptionFrame) -> ! {
    exit(false)
}
