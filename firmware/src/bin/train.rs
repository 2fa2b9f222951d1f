//! Trains a detection head with and without mining, and prints the cost of each step.
//!
//! Its first lines are those of `cargo run -p ohem-device --example train`, to the last bit of every weight.

#![no_std]
#![no_main]

use core::fmt::{self, Write};

use cortex_m_rt::entry;
use cortex_m_semihosting::hio::{HostStream, hstdout};
use ohem_device::{Meter, Phase, Refused, Sampler, TRAIN, Training, TrainingMemory, heading, report};
use ohem_firmware::{clock::Clock, exit, stack};

/// How many times each image is learnt from; without a floating-point unit that takes far longer.
const EPOCHS: u32 = if cfg!(target_abi = "eabihf") { ohem_device::EPOCHS } else { 1 };

/// How many instructions each phase of a training takes.
struct Instructions<'a> {
    clock: &'a Clock,
    counts: [u64; Phase::EVERY.len()],
}

impl Meter for Instructions<'_> {
    fn measure<T>(&mut self, phase: Phase, work: impl FnOnce() -> T) -> T {
        let (result, count) = self.clock.count(work);
        if let Some(sum) = self.counts.get_mut(phase as usize) {
            *sum += count;
        }
        result
    }
}

impl Instructions<'_> {
    /// Those of a step, and how many of a thousand of its instructions they are.
    fn of_step(&self, count: u64) -> [u64; 2] {
        let steps = u64::from(EPOCHS) * TRAIN.len() as u64;
        let all: u64 = self.counts.iter().sum();
        [(count, steps), (1000 * count, all)].map(|(count, by)| count.checked_div(by).unwrap_or(0))
    }
}

/// Trains with one sampler. Not inlined, so that there is one miner on the stack at a time.
#[inline(never)]
fn train<'a>(
    memory: &mut TrainingMemory,
    sampler: Sampler,
    clock: &'a Clock,
    out: &mut HostStream,
) -> Result<Instructions<'a>, Refused> {
    let mut instructions = Instructions { clock, counts: [0; Phase::EVERY.len()] };
    report(&mut Training::new(memory, sampler, 0)?, EPOCHS, &mut instructions, out)?;
    Ok(instructions)
}

/// Writes what a step takes, phase by phase.
fn table(ohem: &Instructions<'_>, random: &Instructions<'_>, out: &mut HostStream) -> fmt::Result {
    writeln!(out, "\ninstructions a step, and per mille of them")?;
    writeln!(out, "{:8} {:>10} {:>5} {:>10} {:>5}", "phase", "ohem", "", "random", "")?;
    let phases = Phase::EVERY.into_iter().zip(ohem.counts).zip(random.counts);
    for ((phase, first), second) in phases {
        let ([first, share], [second, other_share]) = (ohem.of_step(first), random.of_step(second));
        writeln!(out, "{:8} {first:10} {share:5} {second:10} {other_share:5}", phase.name())?;
    }
    let [[first, _], [second, _]] = [ohem, random].map(|all| all.of_step(all.counts.iter().sum()));
    writeln!(out, "{:8} {first:10} {:5} {second:10}", "all", "")
}

fn both(memory: &mut TrainingMemory, clock: &Clock, out: &mut HostStream) -> Result<(), Refused> {
    heading(out)?;
    let ohem = train(memory, Sampler::Ohem, clock, out)?;
    let random = train(memory, Sampler::Random, clock, out)?;
    table(&ohem, &random, out)?;
    let (memory, stack, training) =
        (size_of::<TrainingMemory>(), stack::high_water(), size_of::<Training<'_>>());
    writeln!(out, "\nRAM: {memory} bytes in a static, {stack} of stack ({training} of them `Training`)")?;
    Ok(())
}

#[entry]
fn main() -> ! {
    static mut MEMORY: TrainingMemory = TrainingMemory::new();
    #[cfg(feature = "panicking")]
    core::hint::black_box([0; 4][core::hint::black_box(4)]);
    let (Some(peripherals), Ok(mut out)) = (cortex_m::Peripherals::take(), hstdout()) else { exit(false) };
    exit(both(MEMORY, &Clock::start(peripherals.SYST), &mut out).is_ok())
}
