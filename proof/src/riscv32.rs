//! Linux on a RISC-V of 32 bits without a C library, as `qemu-riscv32` has it.

use core::arch::{asm, global_asm};

use super::start;

/// Ends the process.
pub fn exit(code: i32) -> ! {
    // SAFETY: `exit_group` takes its status in a0 and does not return.
    unsafe { asm!("ecall", in("a7") 94, in("a0") code, options(noreturn)) }
}

global_asm!(".globl _start", "_start:", "andi sp, sp, -16", "call {start}", "unimp", start = sym start);

/// Writes texts to the standard output.
pub fn tell(texts: &[&str]) {
    for text in texts {
        // SAFETY: `write` reads the bytes of `text`.
        unsafe {
            asm!("ecall", in("a7") 64, inlateout("a0") 1 => _, in("a1") text.as_ptr(), in("a2") text.len());
        }
    }
}
