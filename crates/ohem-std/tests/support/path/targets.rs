//! Labels and targets on each path. Any error panics.

use ohem_core::Float;
use ohem_core::targets::{BoxCoder, ExpandConfig, LabelConfig};

mod fixed;
mod naive;
mod vecs;

/// The RoIs of an image: the ground truth, and then the proposals.
pub(crate) struct Prepared<F> {
    pub(crate) overlaps: Vec<F>,
    /// The index of the best box of each.
    pub(crate) matches: Vec<Option<usize>>,
    /// The class of each that is foreground, 0 for background, nothing for what is neither.
    pub(crate) labels: Vec<Option<u32>>,
    /// The class and the step of each that has a target; class 0 for the others.
    pub(crate) targets: Vec<(u32, [F; 4])>,
}

/// Ground-truth boxes and their classes.
pub(crate) type Objects<'a, F> = (&'a [[F; 4]], &'a [u32]);

/// One way to labels and targets.
pub(crate) trait Targets {
    /// Assigns, labels and encodes, in the coder's convention.
    fn prepare<F: Float>(
        objects: Objects<'_, F>,
        proposals: &[[F; 4]],
        config: &LabelConfig,
        coder: &BoxCoder,
    ) -> Prepared<F>;

    /// Lists foreground, and background.
    fn split<F: Float>(overlaps: &[F], config: &LabelConfig) -> (Vec<usize>, Vec<usize>);

    /// Encodes the step from each box to its partner.
    fn encode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], to: &[[F; 4]]) -> Vec<[F; 4]>;

    /// Takes steps from each box, as many from each.
    fn decode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], steps: &[[F; 4]]) -> Vec<[F; 4]>;

    /// Clips pixel boxes to an image.
    fn clip<F: Float>(boxes: &[[F; 4]], width: F, height: F) -> Vec<[F; 4]>;

    /// Spreads the targets of some RoIs over their columns: targets, inside weights, outside weights.
    fn expand<F: Float>(rois: &[usize], targets: &[(u32, [F; 4])], config: &ExpandConfig) -> [Vec<F>; 3];
}
