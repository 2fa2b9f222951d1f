//! Linux on x86-64 without a C library.

use core::arch::{asm, global_asm};

use super::start;

/// Ends the process.
pub fn exit(code: i32) -> ! {
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

/// Writes texts to the standard output.
pub fn tell(texts: &[&str]) {
    for text in texts {
        // SAFETY: `write` reads the bytes of `text`, and clobbers two registers.
        unsafe {
            asm!("syscall", inlateout("rax") 1_u64 => _, in("rdi") 1, in("rsi") text.as_ptr(), in("rdx") text.len(),
                out("rcx") _, out("r11") _);
        }
    }
}
