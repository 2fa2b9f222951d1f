//! An image of nothing but `core` and ohem-core, which calls every public function with what no optimiser
//! can foresee.
//!
//! It links only if ohem-core uses neither std nor alloc nor libc. Any path to a panic that survives the
//! optimiser keeps a symbol of `core::panicking` in it; `scripts/no-panic.sh` looks for those.

#![no_std]
#![no_main]

use core::arch::{asm, global_asm};

mod calls;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    panic_reached()
}

/// Stays in the image exactly if a panic can be reached.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn panic_reached() -> ! {
    exit(101)
}

fn exit(code: i32) -> ! {
    // SAFETY: `exit_group` takes its status in rdi and does not return.
    unsafe { asm!("syscall", in("rax") 231, in("rdi") code, options(noreturn)) }
}

// What the compiler may emit calls to.
global_asm!(
    ".globl memcpy", "memcpy:", "mov rax, rdi", "mov rcx, rdx", "rep movsb", "ret",
    ".globl memmove", "memmove:", "mov rax, rdi", "mov rcx, rdx", "cmp rdi, rsi", "jbe 3f",
    "lea rdi, [rdi + rcx - 1]", "lea rsi, [rsi + rcx - 1]", "std", "rep movsb", "cld", "ret",
    "3:", "rep movsb", "ret",
    ".globl memset", "memset:", "mov r8, rdi", "mov eax, esi", "mov rcx, rdx", "rep stosb", "mov rax, r8", "ret",
    ".globl memcmp", "memcmp:", "xor ecx, ecx", "4:", "cmp rcx, rdx", "je 5f",
    "movzx eax, byte ptr [rdi + rcx]", "movzx r8d, byte ptr [rsi + rcx]", "inc rcx",
    "sub eax, r8d", "je 4b", "ret", "5:", "xor eax, eax", "ret",
    ".globl bcmp", ".set bcmp, memcmp",
    ".globl _start", "_start:", "xor ebp, ebp", "and rsp, -16", "call {start}", "ud2",
    start = sym start
);

extern "C" fn start() -> ! {
    let status = calls::everything();
    #[cfg(feature = "panicking")]
    let status = status + i32::from([1_u8, 2, 3][core::hint::black_box(1_usize)]);
    exit(status)
}
