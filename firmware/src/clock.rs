//! A clock that counts instructions.
//!
//! Under QEMU's `-icount shift=7,sleep=off` each instruction takes 128 ns of the machine's time, whatever the host does.
//! SysTick ticks more often than that, so that its count, rounded, is the number of instructions: the same in
//! every run. They are instructions, not cycles: neither the pipeline, nor flash that is slower than the
//! core, nor a cache is modelled.

use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::peripheral::{SYST, syst::SystClkSource};
use cortex_m_rt::exception;

/// Of SysTick, by which it counts down.
const HERTZ: u64 = hertz(env!("OHEM_CLOCK"));
/// How many ticks SysTick has.
const PERIOD: u32 = 1 << 24;
const PICOSECONDS_A_TICK: u64 = 1_000_000_000_000 / HERTZ;
const PICOSECONDS_AN_INSTRUCTION: u64 = 128_000;

/// How often SysTick has come round.
static ROUNDS: AtomicU32 = AtomicU32::new(0);

/// Counts the instructions of one call after the other.
#[derive(Debug)]
pub struct Clock {
    /// What measuring nothing counts.
    nothing: u64,
}

impl Clock {
    /// Starts the clock.
    pub fn start(mut systick: SYST) -> Self {
        systick.set_clock_source(SystClkSource::Core);
        systick.set_reload(PERIOD - 1);
        systick.clear_current();
        systick.enable_interrupt();
        systick.enable_counter();
        Self { nothing: Self { nothing: 0 }.count(|| ()).1 }
    }

    /// Calls a function; returns its result and the number of instructions it took.
    ///
    /// The number includes about 20 instructions of the clock for every 5 million.
    #[inline(never)]
    pub fn count<T>(&self, work: impl FnOnce() -> T) -> (T, u64) {
        let started = ticks();
        let result = work();
        let ticks = ticks().wrapping_sub(started);
        let picoseconds = ticks.wrapping_mul(PICOSECONDS_A_TICK) + PICOSECONDS_AN_INSTRUCTION / 2;
        (result, (picoseconds / PICOSECONDS_AN_INSTRUCTION).saturating_sub(self.nothing))
    }
}

/// Ticks since the clock was started.
#[inline(never)]
fn ticks() -> u64 {
    loop {
        let rounds = ROUNDS.load(Ordering::Relaxed);
        let left = SYST::get_current();
        if ROUNDS.load(Ordering::Relaxed) == rounds {
            return u64::from(rounds) * u64::from(PERIOD) + u64::from(PERIOD - 1 - left);
        }
    }
}

/// SysTick has come round.
#[exception]
fn SysTick() {
    // Not `fetch_add`, which ARMv6-M lacks; only this handler writes.
    ROUNDS.store(ROUNDS.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
}

/// A number in digits.
const fn hertz(digits: &str) -> u64 {
    let (mut digits, mut number) = (digits.as_bytes(), 0);
    while let [digit, rest @ ..] = digits {
        number = number * 10 + (*digit - b'0') as u64;
        digits = rest;
    }
    number
}
