//! The paths to an answer: core's fixed capacities, std's Vecs, and the naive reference that both must equal.

use ohem_core::{Convention, Float, MineConfig, NanPolicy, NmsConfig, RankKey};

use super::table::Table;

mod fixed;
#[allow(dead_code, reason = "no one test computes all the losses")]
pub(crate) mod losses;
mod naive;
#[allow(dead_code, reason = "no one test runs all the rules")]
mod rules;
#[allow(dead_code, reason = "no one test asks for all of it")]
pub(crate) mod targets;
mod vecs;

pub(crate) use fixed::Core;
pub(crate) use losses::Losses;
pub(crate) use naive::Reference;
/// What mining found, as the reference says it.
pub(crate) use ohem_testkit::oracle::Mined;
pub(crate) use rules::Rules;
pub(crate) use targets::Targets;
pub(crate) use vecs::Std;

/// One way to the answers. An error is the index of a NaN; any other is a bug, and panics.
pub(crate) trait Path: Losses + Rules + Targets {
    /// What a message calls it.
    const NAME: &'static str;

    /// Mines the table.
    fn mine<F: Float>(table: &Table<F>, config: MineConfig) -> Result<Mined, usize>;

    /// Suppresses in each group of the table.
    fn grouped_nms<F: Float>(table: &Table<F>, config: NmsConfig) -> Result<Vec<usize>, usize>;

    /// Suppresses as if all were of one group.
    fn nms<F: Float>(table: &Table<F>, config: NmsConfig) -> Result<Vec<usize>, usize>;

    /// Finds the hardest `k`.
    fn top_k<H: RankKey>(losses: &[H], k: usize, nan: NanPolicy) -> Result<Vec<usize>, usize>;

    /// Computes the IoU of all pairs, row by row of `a`.
    fn iou<F: Float>(a: &[[F; 4]], b: &[[F; 4]], convention: Convention) -> Vec<F>;

    /// Copies rows of a table.
    fn gather(rois: &[usize], table: &[f32], width: usize) -> Vec<f32>;
}

/// Indices as ohem hands them out, as the reference hands them out.
fn wide(indices: &[u32]) -> Vec<usize> {
    indices.iter().map(|&index| index as usize).collect()
}

/// Indices the other way.
fn narrow(indices: &[usize]) -> Vec<u32> {
    indices.iter().map(|&index| u32::try_from(index).expect("RoIs are numbered by a u32")).collect()
}
