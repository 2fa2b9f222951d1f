//! What admission asks of a type of coordinates.

use crate::config::LeastIou;
use crate::coordinate::Coordinate;
use crate::simd::Simd;
use crate::{BBox, Convention, Group};

/// When a box of one group overlaps another too much, and how admitted boxes are kept to find that out.
pub trait SuppressionTest<C: Coordinate>: Copy {
    /// The groups and boxes of admitted RoIs, in lent memory.
    type Admitted<'a>;

    /// The same, to read.
    type Shared<'a>: Copy;

    /// The test for boxes whose IoU is at least this one; `None` if no IoU is.
    fn new(least: LeastIou, convention: Convention) -> Option<Self>;

    /// Prepares memory of [`COLUMNS`](super::COLUMNS) coordinates for each RoI that may be admitted.
    fn admitted(memory: &mut [C]) -> Self::Admitted<'_>;

    /// Writes a box of a group, or of none, which overlaps nothing, to be compared on this instruction set.
    fn write<S: Simd>(admitted: &mut Self::Admitted<'_>, at: usize, group: Option<Group>, bbox: &BBox<C>);

    /// The same groups and boxes, to read.
    fn shared<'a>(admitted: &'a Self::Admitted<'_>) -> Self::Shared<'a>;

    /// Whether several boxes are compared at once on this instruction set.
    fn has_vectors<S: Simd>() -> bool;

    /// Whether a box overlaps no other enough, whatever the other: it is invalid, or has no area while an IoU of 0 is too
    /// little.
    fn overlaps_nothing(&self, bbox: &BBox<C>) -> bool;

    /// Whether an admitted box of the group, of those from the first to the second number, overlaps this one enough.
    ///
    /// Groups are compared by as many bits as a coordinate has; where these are the same, `same_group` decides.
    fn overlap<S: Simd>(
        &self,
        admitted: &Self::Shared<'_>,
        range: (usize, usize),
        bbox: &BBox<C>,
        group: Group,
        same_group: impl Fn(usize) -> bool + Copy,
    ) -> bool;
}
