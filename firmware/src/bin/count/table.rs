//! A row for each operation.

use core::arch::asm;
use core::hint::black_box;

use cortex_m_semihosting::hprintln;
use ohem_firmware::clock::Clock;
use ohem_firmware::stack;

/// Counts, and prints.
pub struct Table {
    clock: Clock,
}

impl Table {
    pub fn new(clock: Clock) -> Self {
        Self { clock }
    }

    /// Counts a loop whose instructions are known, to show that the clock is right.
    pub fn known_loop(&self) -> u64 {
        // SAFETY: it only counts down a register that the compiler assigns to it.
        let work = || unsafe { asm!("2:", "subs {0}, {0}, #1", "bne 2b", inout(reg) 1000_u32 => _) };
        self.clock.count(work).1
    }

    /// Begins a table of operations on something.
    pub fn begin(&self, title: &str, item: &str) {
        hprintln!("\n| {} | instructions | a {} | bytes of stack |\n|---|---|---|---|", title, item);
    }

    /// Counts the instructions of each step of an operation until one says that it was the last; prints the longest, and the
    /// most stack.
    pub fn longest(&self, name: &str, items: u64, mut step: impl FnMut() -> Option<bool>) -> Option<()> {
        let (mut most, mut deepest, mut is_done) = (0, 0, false);
        while !is_done {
            let mut count = 0;
            let depth = stack::depth(|| {
                let (done, instructions) = self.clock.count(&mut step);
                (is_done, count) =
                    (done.unwrap_or(true), if done.is_some() { instructions } else { u64::MAX });
            });
            (most, deepest) = (most.max(count), deepest.max(depth));
        }
        (most != u64::MAX).then(|| self.print(name, most, items, deepest))
    }

    fn print(&self, name: &str, instructions: u64, items: u64, depth: usize) {
        let tenths = (instructions * 10 + items / 2).checked_div(items).unwrap_or(0);
        hprintln!("| {} | {} | {}.{} | {} |", name, instructions, tenths / 10, tenths % 10, depth);
    }

    /// Counts the instructions of an operation on a number of items, and then the stack it takes.
    ///
    /// Returns `None` if the operation refuses its input.
    pub fn row<T>(&self, name: &str, items: u64, mut work: impl FnMut() -> Option<T>) -> Option<()> {
        let (result, instructions) = self.clock.count(|| black_box(work()).map(|_| ()));
        result?;
        let depth = stack::depth(|| drop(black_box(work())));
        self.print(name, instructions, items, depth);
        Some(())
    }
}
