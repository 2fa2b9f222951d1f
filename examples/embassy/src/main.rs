//! Two tasks of embassy on one Cortex-M4F: a control loop, which must answer each tick, and training in slices, which
//! gives way to it after each.
//!
//! `cargo run --release` runs it under QEMU.

#![no_std]
#![no_main]

#[path = "../../control/console.rs"]
mod console;

use core::sync::atomic::{AtomicU32, Ordering};

use console::{exit, say};
use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;
use embassy_executor::Spawner;
use embassy_futures::yield_now;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::signal::Signal;
use ohem_control::{LearnError, Learner, Step};

const STEPS: usize = 100;
/// A tick each 10 ms of QEMU's board, which runs at 25 MHz; an instruction takes 128 ns with the options of `cargo run`.
const TICK: u32 = 250_000;

static TICKED: Signal<CriticalSectionRawMutex, ()> = Signal::new();
static TICKS: AtomicU32 = AtomicU32::new(0);
static ANSWERED: AtomicU32 = AtomicU32::new(0);

#[exception]
fn SysTick() {
    TICKS.fetch_add(1, Ordering::Relaxed);
    TICKED.signal(());
}

/// The control loop: a controller would read its sensors and set its outputs here.
#[embassy_executor::task]
async fn control() {
    loop {
        TICKED.wait().await;
        ANSWERED.fetch_add(1, Ordering::Relaxed);
    }
}

/// Trains, and returns the first and the last step.
async fn train() -> Result<[Step; 2], LearnError> {
    let mut learner = Learner::new().map_err(|error| LearnError::Mine(error.into()))?;
    let first = step(&mut learner).await?;
    let mut last = first;
    for _ in 1..STEPS {
        last = step(&mut learner).await?;
    }
    Ok([first, last])
}

/// A step, which gives way to other tasks before each slice.
async fn step(learner: &mut Learner) -> Result<Step, LearnError> {
    loop {
        yield_now().await;
        if let Some(step) = learner.slice()? {
            return Ok(step);
        }
    }
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let mut systick = cortex_m::Peripherals::take().expect("this is the first call").SYST;
    start(&mut systick);
    spawner.spawn(control().expect("it is spawned once"));
    let result = train().await;
    systick.disable_interrupt();
    yield_now().await; // the last tick is answered
    let (ticks, answered) = (TICKS.load(Ordering::Relaxed), ANSWERED.load(Ordering::Relaxed));
    match result {
        Ok([first, last]) => {
            say!("mean loss {} -> {}, learning from {} RoIs", first.mean_loss, last.mean_loss, last.selected);
            say!("{} of {} ticks answered", answered, ticks);
            exit(answered == ticks && ticks > 10 && last.mean_loss < first.mean_loss / 2.0);
        }
        Err(_) => exit(false),
    }
}

fn start(systick: &mut SYST) {
    systick.set_clock_source(SystClkSource::Core);
    systick.set_reload(TICK - 1);
    systick.clear_current();
    systick.enable_counter();
    systick.enable_interrupt();
}
