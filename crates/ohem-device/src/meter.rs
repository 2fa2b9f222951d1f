//! Lets the caller measure the phases of a step.

/// A phase of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Reading RoIs from flash.
    Read,
    /// The forward pass.
    Forward,
    /// Computing losses.
    Loss,
    /// Selecting RoIs: mining or sampling.
    Choose,
    /// The backward pass.
    Backward,
    /// Updating the weights.
    Update,
}

impl Phase {
    /// All phases, in the order of a step.
    pub const EVERY: [Self; 6] =
        [Self::Read, Self::Forward, Self::Loss, Self::Choose, Self::Backward, Self::Update];

    /// The name of the phase.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Forward => "forward",
            Self::Loss => "loss",
            Self::Choose => "choose",
            Self::Backward => "backward",
            Self::Update => "update",
        }
    }
}

/// Measures the cost of each phase: instructions, cycles or time.
pub trait Meter {
    /// Runs a piece of work of a phase. A step has many pieces of each phase.
    fn measure<T>(&mut self, phase: Phase, work: impl FnOnce() -> T) -> T;
}

/// Measures nothing.
#[derive(Clone, Copy, Debug)]
pub struct Unmeasured;

impl Meter for Unmeasured {
    fn measure<T>(&mut self, _: Phase, work: impl FnOnce() -> T) -> T {
        work()
    }
}
