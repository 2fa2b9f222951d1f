//! Labels and targets. Any error panics.

mod fixed;
mod naive;
mod vecs;

use ohem_core::kernel::{self, Simd};
use ohem_core::targets::{BoxCoder, ByImage, ExpandConfig, LabelConfig, SampleConfig};
use ohem_core::{BBox, Convention, Float, Match};
use ohem_std::simd::Work;
use rand_core::Rng;

/// The overlap of each RoI with its best box, and the index of that box.
pub type Assigned<F> = Vec<(F, Match)>;

/// A class and deltas for each RoI; background for those without a target.
pub type Compact<F> = Vec<(Match, [F; 4])>;

/// Boxes, and a number for each: its image, or its class.
pub type Numbered<'a, F> = (&'a [[F; 4]], &'a [u32]);

/// The RoIs of an image: the ground truth, and then the proposals.
#[derive(Clone, Debug)]
pub struct Prepared<F> {
    /// The overlap of each with its best box.
    pub overlaps: Vec<F>,
    /// The index of the best box of each.
    pub matches: Vec<Match>,
    /// The class of each that is foreground; background or ignored for the others.
    pub labels: Vec<Match>,
    /// What regression aims at.
    pub targets: Compact<F>,
}

/// One way to labels and targets.
pub trait Targets {
    /// Finds each RoI its best box.
    fn assign<F: Float>(pairs: &Assign<'_, F>) -> Assigned<F>;

    /// Matches each ground-truth box with itself.
    fn assign_own<F: Float>(truth: &[[F; 4]], convention: Convention) -> Assigned<F>;

    /// Labels each RoI.
    fn label<F: Float>(assigned: &[(F, Match)], classes: &[u32], config: &LabelConfig) -> Vec<Match>;

    /// Computes what regression aims at.
    fn compact<F: Float>(
        rois: &[[F; 4]],
        truth: Numbered<'_, F>,
        assigned: &[(F, Match)],
        config: &LabelConfig,
        coder: &BoxCoder,
    ) -> Compact<F>;

    /// Assigns, labels and encodes, in the coder's convention.
    fn prepare<F: Float>(
        truth: Numbered<'_, F>,
        proposals: &[[F; 4]],
        config: &LabelConfig,
        coder: &BoxCoder,
    ) -> Prepared<F>;

    /// Lists foreground, and background.
    fn split<F: Float>(overlaps: &[F], config: &LabelConfig) -> (Vec<usize>, Vec<usize>);

    /// Draws foreground, and background, at random.
    fn sample<F: Float, R: Rng + ?Sized>(
        overlaps: &[F],
        config: &SampleConfig,
        generator: &mut R,
    ) -> (Vec<usize>, Vec<usize>);

    /// Encodes the deltas from each box to its partner.
    fn encode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], to: &[[F; 4]]) -> Vec<[F; 4]>;

    /// Moves each box by deltas, as many for each.
    fn decode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], deltas: &[[F; 4]]) -> Vec<[F; 4]>;

    /// Clips boxes to an image.
    fn clip<F: Float>(boxes: &[[F; 4]], size: [F; 2], convention: Convention) -> Vec<[F; 4]>;

    /// Spreads targets over the columns of their classes: targets, inside weights, outside weights.
    fn expand<F: Float>(targets: &[(Match, [F; 4])], config: &ExpandConfig) -> [Vec<F>; 3];

    /// Spreads the targets of some RoIs.
    fn expand_rows<F: Float>(
        rois: &[usize],
        targets: &[(Match, [F; 4])],
        config: &ExpandConfig,
    ) -> [Vec<F>; 3];

    /// Normalizes deltas by the means and the standard deviations of their classes.
    fn normalize<F: Float>(scale: Scale<'_, F>, targets: &[(Match, [F; 4])]) -> Vec<[F; 4]>;

    /// Undoes it.
    fn denormalize<F: Float>(scale: Scale<'_, F>, targets: &[(Match, [F; 4])]) -> Vec<[F; 4]>;
}

/// Means and standard deviations: a row for every class, or one for all.
pub type Scale<'a, F> = (&'a [[F; 4]], &'a [[F; 4]]);

/// Finding each RoI its best box, on any instruction set.
#[derive(Clone, Copy, Debug)]
pub struct Assign<'a, F> {
    /// RoIs and their images.
    pub rois: Numbered<'a, F>,
    /// Ground truth and its images.
    pub truth: Numbered<'a, F>,
    /// Whether all boxes belong to one image, whatever the numbers say.
    pub one_image: bool,
    /// Whether the right and bottom edge belong to a box.
    pub convention: Convention,
}

impl<F: Float> Work for Assign<'_, F> {
    type Output = Assigned<F>;

    fn on<S: Simd>(self, simd: S) -> Assigned<F> {
        let (boxes, truth) = (BBox::from_rows(self.rois.0), BBox::from_rows(self.truth.0));
        // The contents of lent memory must not matter.
        let (mut overlaps, mut matches) = (vec![F::nan(); boxes.len()], vec![NONSENSE; boxes.len()]);
        let assigned = if self.one_image {
            kernel::targets::assign(simd, boxes, truth, self.convention, &mut overlaps, &mut matches)
        } else {
            let boxes = ByImage { boxes, images: self.rois.1 };
            let truth = ByImage { boxes: truth, images: self.truth.1 };
            kernel::targets::assign_batch(simd, boxes, truth, self.convention, &mut overlaps, &mut matches)
        };
        assigned.expect("room for each RoI");
        zip(overlaps, matches)
    }
}

/// What lent memory is full of.
const NONSENSE: Match = Match::object(77);

fn zip<F>(overlaps: Vec<F>, matches: Vec<Match>) -> Assigned<F> {
    overlaps.into_iter().zip(matches).collect()
}

fn corners<F>(bbox: BBox<F>) -> [F; 4] {
    [bbox.x1, bbox.y1, bbox.x2, bbox.y2]
}
