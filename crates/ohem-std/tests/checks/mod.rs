//! The cases of each golden file, and the checks of a case.

pub(crate) mod answers;
pub(crate) mod bbox;
pub(crate) mod blobs;
pub(crate) mod edge;
pub(crate) mod folder;
pub(crate) mod forward;
pub(crate) mod losses;
pub(crate) mod minibatch;
pub(crate) mod mining;
pub(crate) mod nms;
pub(crate) mod overlaps;
pub(crate) mod real;
pub(crate) mod recomputed;
pub(crate) mod roi_labels;
pub(crate) mod segmentation;
pub(crate) mod ssd;
pub(crate) mod steps;
pub(crate) mod tables;
pub(crate) mod tensorflow;
pub(crate) mod ties;

use core::any::Any;
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use ohem_std::simd::Tier;
use ohem_testkit::adapters::{Core, Path, Std};
use serde::de::DeserializeOwned;

use crate::support::number::Precision;
use crate::support::outcome::Outcome;

/// How many failures of a file are reported in full.
const TOLD: usize = 20;

/// One case of a golden file.
pub(crate) trait Case {
    /// What the file calls it.
    fn id(&self) -> &str;

    /// Checks everything the file says of the case, in one float type and through one path.
    fn check<F: Precision, P: Path>(&self) -> Outcome;
}

/// Reads one case from each line of a file.
pub(crate) fn read<C: DeserializeOwned>(text: &str) -> Result<Vec<C>, String> {
    let at = |(at, line)| serde_json::from_str(line).map_err(|error| format!("line {}: {error}", at + 1));
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(at).collect()
}

/// Runs each case in both float types and through both paths, std's on every tier; reports all failures.
pub(crate) fn run<C: Case>(cases: &[C]) -> Outcome {
    let failures: Vec<String> = cases.iter().flat_map(everywhere).collect();
    if failures.is_empty() {
        return Ok(());
    }
    let told = failures.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join("\n  ");
    Err(format!("{} failures in {} cases\n  {told}", failures.len(), cases.len()))
}

/// Runs a case in every way.
fn everywhere<C: Case>(case: &C) -> Vec<String> {
    let core = [once::<C, f32, Core>(case), once::<C, f64, Core>(case)];
    let std = Tier::available().flat_map(|tier| {
        let outcomes = tier.scope(|| [once::<C, f32, Std>(case), once::<C, f64, Std>(case)]);
        outcomes.map(|outcome| outcome.map_err(|what| format!("on {tier}: {what}")))
    });
    core.into_iter().chain(std).filter_map(Outcome::err).collect()
}

/// Runs a case once; a panic is a failure like any other.
fn once<C: Case, F: Precision, P: Path>(case: &C) -> Outcome {
    catch_unwind(AssertUnwindSafe(|| case.check::<F, P>()))
        .unwrap_or_else(|panic| Err(format!("panicked: {}", message(panic.as_ref()))))
        .map_err(|what| format!("{} ({}, {}): {what}", case.id(), P::NAME, F::NAME))
}

/// What a panic said.
pub(crate) fn message(panic: &dyn Any) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("(no message)")
}
