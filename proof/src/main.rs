//! An image of nothing but `core` and ohem-core, which computes the digest of every operation of the registry, and
//! compares it with the one that is committed.
//!
//! It links only if ohem-core uses neither std nor alloc nor libc. Any path to a panic that survives the
//! optimiser keeps a symbol of `core::panicking` in it; `scripts/no-panic.sh` looks for those. The optimiser cannot
//! foresee the inputs, nor their lengths: the registry hides them from it.

#![no_std]
#![no_main]

use core::arch::{asm, global_asm};
use core::hint::black_box;

use ohem_core::kernel::{Portable, Scalar, Simd};
use ohem_testkit::digest::{DIGEST, MEMORY, PARTS, digest};

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
    let differ = run(Scalar) + run(Portable);
    #[cfg(feature = "panicking")]
    let differ = differ + i32::from([1_u8, 2, 3][black_box(1_usize)]);
    exit(differ)
}

/// Computes the digest with a token; returns how many parts are not as committed, and names them.
fn run(simd: impl Simd) -> i32 {
    let (mut memory, mut expected) = ([0; MEMORY], PARTS.iter());
    let mut differ = 0;
    let result = digest(black_box(simd), black_box(&mut memory), |name, digest| {
        if expected.next() != Some(&(name, digest)) {
            tell(name);
            differ += 1;
        }
    });
    differ + i32::from(result != Ok(DIGEST))
}

/// Writes a line to the standard error.
fn tell(name: &str) {
    for text in [name, " differs\n"] {
        // SAFETY: `write` reads the bytes of `text`, and clobbers two registers.
        unsafe {
            asm!("syscall", inlateout("rax") 1_u64 => _, in("rdi") 2, in("rsi") text.as_ptr(), in("rdx") text.len(),
                out("rcx") _, out("r11") _);
        }
    }
}
