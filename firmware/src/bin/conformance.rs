//! Computes the digest that must be the same everywhere, and reports whether it was.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use cortex_m_semihosting::hprintln;
use ohem_core::kernel::Portable;
use ohem_firmware::{exit, stack};
use ohem_testkit::digest::{DIGEST, MEMORY, PARTS, digest};

#[entry]
fn main() -> ! {
    static mut LENT: [u64; MEMORY] = [0; MEMORY];
    let mut expected = PARTS.into_iter();
    let result = digest(Portable, LENT, |name, digest| {
        let note = if expected.next() == Some((name, digest)) { "" } else { " DIFFERS" };
        hprintln!("{:08x} {}{}", digest, name, note);
    });
    let Ok(digest) = result else { exit(false) };
    hprintln!("digest {:08x}", digest);
    hprintln!("stack: {} bytes", stack::high_water());
    exit(digest == DIGEST)
}
