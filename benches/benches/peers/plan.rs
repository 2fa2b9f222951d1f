//! How much there is time for.

use core::any::TypeId;
use core::time::Duration;

/// How thorough this run is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Whether times are wanted, not only a proof that all this still runs.
    pub(crate) bench: bool,
    /// Fewer sizes, and only the peers that are quick there.
    pub(crate) quick: bool,
    /// For about how long each contest runs.
    pub(crate) budget: Duration,
}

impl Plan {
    /// `PEERS_QUICK=1` is quick. Under `cargo test`, without `--bench`, the bench only shows that it still runs.
    pub(crate) fn new() -> Self {
        let bench = std::env::args().any(|arg| arg == "--bench");
        let quick = !bench || std::env::var_os("PEERS_QUICK").is_some_and(|value| value != "0");
        let millis = match (bench, quick) {
            (false, _) => 1,
            (true, true) => 300,
            (true, false) => 2_000,
        };
        Self { bench, quick, budget: Duration::from_millis(millis) }
    }

    /// Whether a job runs: all do, unless the command line names some.
    pub(crate) fn includes(&self, job: &str) -> bool {
        let mut named = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).peekable();
        named.peek().is_none() || named.any(|name| name == job)
    }

    /// One thing for a quick run, another for a thorough one.
    pub(crate) fn choose<T>(&self, quick: T, thorough: T) -> T {
        if self.quick { quick } else { thorough }
    }

    /// The name of a float.
    pub(crate) fn dtype<F: 'static>(&self) -> &'static str {
        if TypeId::of::<F>() == TypeId::of::<f32>() { "f32" } else { "f64" }
    }
}
