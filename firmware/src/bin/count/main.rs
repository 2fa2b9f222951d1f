//! Counts the instructions of the public operations, and measures the stack they take, best cases and worst.
//!
//! Prints the rows of the tables in `docs/EMBEDDED.md`.

#![no_std]
#![no_main]

mod losses;
mod mining;
mod parts;
mod scene;
mod sizes;
mod table;

use cortex_m::Peripherals;
use cortex_m_rt::entry;
use cortex_m_semihosting::hprintln;
use ohem_firmware::clock::Clock;
use ohem_firmware::exit;

use table::Table;

#[entry]
fn main() -> ! {
    let Some(peripherals) = Peripherals::take() else { exit(false) };
    let table = Table::new(Clock::start(peripherals.SYST));
    let known = table.known_loop();
    hprintln!("a loop of 2000 instructions counts {}\n", known);
    sizes::print();
    let done = mining::count(&table).and_then(|()| parts::count(&table)).and_then(|()| losses::count(&table));
    exit(done.is_some() && known.abs_diff(2000) <= 4)
}
