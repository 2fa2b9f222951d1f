//! What the parts of a step take is measured from outside.

/// A part of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// RoIs are read from flash.
    Read,
    /// The head scores them and moves their boxes.
    Forward,
    /// Their losses are computed.
    Loss,
    /// Those to learn from are mined, or drawn.
    Choose,
    /// Gradients of those are computed and added up.
    GradientSpec,
    /// The head moves.
    Update,
}

impl Phase {
    /// All of them, in the order of a step.
    pub const EVERY: [Self; 6] =
        [Self::Read, Self::Forward, Self::Loss, Self::Choose, Self::GradientSpec, Self::Update];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Forward => "forward",
            Self::Loss => "loss",
            Self::Choose => "choose",
            Self::GradientSpec => "backward",
            Self::Update => "update",
        }
    }
}

/// Measures what each phase takes, as the caller can: by instructions, cycles or time.
pub trait Meter {
    /// Does some work of a phase. A phase comes many times in a step.
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
