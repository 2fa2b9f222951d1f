//! Two tasks of RTIC on one Cortex-M4F: a control loop, which interrupts training at each tick, and training in slices.
//! Tasks of the priority of training run between the slices.
//!
//! `cargo run --release` runs it under QEMU.

#![no_std]
#![no_main]

#[path = "../../control/console.rs"]
mod console;

#[rtic::app(device = lm3s6965, dispatchers = [GPIOA])]
mod app {
    use cortex_m::peripheral::syst::SystClkSource;
    use ohem_control::{LearnError, Learner, Step};

    use crate::console::{exit, say};

    const STEPS: usize = 100;
    /// A tick each 10 ms of QEMU's board, which runs at 25 MHz; an instruction takes 128 ns with the options of `cargo run`.
    const TICK: u32 = 250_000;

    #[shared]
    struct Shared {
        /// Ticks that the control loop answered.
        answered: u32,
    }

    #[local]
    struct Local {
        learner: Option<Learner>,
    }

    #[init]
    fn init(cx: init::Context) -> (Shared, Local) {
        let mut systick = cx.core.SYST;
        systick.set_clock_source(SystClkSource::Core);
        systick.set_reload(TICK - 1);
        systick.clear_current();
        systick.enable_counter();
        systick.enable_interrupt();
        train::spawn().ok();
        (Shared { answered: 0 }, Local { learner: Learner::new().ok() })
    }

    /// The control loop: a controller would read its sensors and set its outputs here.
    #[task(binds = SysTick, priority = 2, shared = [answered])]
    fn control(mut cx: control::Context) {
        cx.shared.answered.lock(|answered| *answered += 1);
    }

    /// Trains; the control loop interrupts it.
    #[task(priority = 1, local = [learner], shared = [answered])]
    async fn train(mut cx: train::Context) {
        let Some(learner) = cx.local.learner else { exit(false) };
        let (Ok(first), Ok(last)) = (steps(learner, 1).await, steps(learner, STEPS - 1).await) else {
            exit(false)
        };
        let answered = cx.shared.answered.lock(|answered| *answered);
        say!("mean loss {} -> {}, learning from {} RoIs", first.mean_loss, last.mean_loss, last.selected);
        say!("{} ticks answered", answered);
        exit(answered > 10 && last.mean_loss < first.mean_loss / 2.0);
    }

    /// Takes steps, slice by slice, and returns the last one.
    async fn steps(learner: &mut Learner, mut steps: usize) -> Result<Step, LearnError> {
        loop {
            if let Some(step) = learner.slice()? {
                steps = steps.saturating_sub(1);
                if steps == 0 {
                    return Ok(step);
                }
            }
            yield_now().await;
        }
    }

    /// Lets tasks of the same priority run: wakes itself, and is pending once.
    async fn yield_now() {
        let mut yielded = false;
        core::future::poll_fn(|context| {
            if core::mem::replace(&mut yielded, true) {
                return core::task::Poll::Ready(());
            }
            context.waker().wake_by_ref();
            core::task::Poll::Pending
        })
        .await;
    }
}
