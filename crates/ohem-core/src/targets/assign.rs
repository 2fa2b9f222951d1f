//! The best ground-truth box of each RoI.
//!
//! For each RoI: the largest of its IoUs with the ground truth, as [`BBox::iou`] computes them, and the lowest
//! index among the boxes that have it. A tile of RoIs is turned into columns and held against one box after
//! the other; a box takes a RoI over where its IoU is strictly larger, which keeps the lowest index.

use core::fmt;

use crate::iou::{Pivot, TILE, Tile};
use crate::simd::{Lanes, Simd};
use crate::{BBox, Convention, Float};

/// What stands for the ground-truth box of a RoI that overlaps none.
pub const UNMATCHED: u32 = u32::MAX;

/// Finds each RoI of an image its best ground-truth box, and the IoU with it.
///
/// Equal IoUs go to the lowest index. A RoI that overlaps no ground truth gets 0 and [`UNMATCHED`]; so do all
/// where there is no ground truth, and whatever is not a box. O(RoIs x ground truth).
///
/// Source: `bbox_overlaps` and its `argmax` in the reference's imdb. That knows no [`UNMATCHED`]: a RoI that
/// overlaps nothing has class 0 there.
///
/// # Errors
///
/// If the slices for the results are not as long as there are RoIs, or there are more boxes than a `u32` can
/// number. Then nothing is written.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::{UNMATCHED, assign};
/// use ohem_core::{BBox, Convention, simd::Portable};
///
/// let rois = BBox::from_rows(&[[0.0, 0.0, 9.0, 9.0], [50.0, 50.0, 59.0, 59.0]]);
/// let ground_truth = BBox::from_rows(&[[0.0, 0.0, 9.0, 1.0], [0.0, 0.0, 9.0, 4.0]]);
/// let (mut overlaps, mut matches) = ([0.0; 2], [0; 2]);
/// assign(Portable, rois, ground_truth, Convention::Pixel, &mut overlaps, &mut matches)?;
/// assert_eq!((overlaps, matches), ([0.5, 0.0], [1, UNMATCHED]));
/// # Ok::<(), ohem_core::targets::AssignError>(())
/// ```
pub fn assign<F: Float, S: Simd>(
    simd: S,
    rois: &[BBox<F>],
    ground_truth: &[BBox<F>],
    convention: Convention,
    overlaps: &mut [F],
    matches: &mut [u32],
) -> Result<(), AssignError> {
    check(rois, ground_truth, overlaps, matches)?;
    simd.run(
        #[inline(always)]
        || tiles::<F, S>(rois, ground_truth, convention, overlaps, matches, |_, _| u32::MAX),
    );
    Ok(())
}

/// Boxes of several images.
#[derive(Clone, Copy, Debug)]
pub struct ByImage<'a, F> {
    /// The boxes.
    pub boxes: &'a [BBox<F>],
    /// Which image each is of.
    pub images: &'a [u32],
}

/// Finds each RoI of a batch its best ground-truth box of the same image, and the IoU with it.
///
/// The boxes of an image may lie anywhere in the slices. What is said of [`assign`] holds here; the matches are
/// indices into the ground truth of all images. O(RoIs x ground truth), but quick over the boxes of other
/// images where those of one are together.
///
/// Source: as [`assign`]; the reference goes image by image.
///
/// # Errors
///
/// As [`assign`], and if there are not as many images as boxes.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::{ByImage, UNMATCHED, assign_batch};
/// use ohem_core::{BBox, Convention, simd::Portable};
///
/// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 3];
/// let rois = ByImage { boxes: &boxes, images: &[0, 1, 2] };
/// let ground_truth = ByImage { boxes: &boxes[..2], images: &[1, 0] };
/// let (mut overlaps, mut matches) = ([0.0; 3], [0; 3]);
/// assign_batch(Portable, rois, ground_truth, Convention::Pixel, &mut overlaps, &mut matches)?;
/// assert_eq!((overlaps, matches), ([1.0, 1.0, 0.0], [1, 0, UNMATCHED]));
/// # Ok::<(), ohem_core::targets::AssignError>(())
/// ```
pub fn assign_batch<F: Float, S: Simd>(
    simd: S,
    rois: ByImage<'_, F>,
    ground_truth: ByImage<'_, F>,
    convention: Convention,
    overlaps: &mut [F],
    matches: &mut [u32],
) -> Result<(), AssignError> {
    for ByImage { boxes, images } in [rois, ground_truth] {
        if images.len() != boxes.len() {
            return Err(AssignError::Images { boxes: boxes.len(), images: images.len() });
        }
    }
    check(rois.boxes, ground_truth.boxes, overlaps, matches)?;
    simd.run(
        #[inline(always)]
        || {
            tiles::<F, S>(rois.boxes, ground_truth.boxes, convention, overlaps, matches, |from, to| {
                of_image(rois.images, from, ground_truth.images.get(to))
            });
        },
    );
    Ok(())
}

/// Bit `i` where the RoI `from + i` is of this image.
#[inline(always)]
fn of_image(images: &[u32], from: usize, image: Option<&u32>) -> u32 {
    let tile = images.get(from..).unwrap_or_default().iter().take(TILE);
    tile.zip(0..).fold(0, |lanes, (other, lane)| lanes | u32::from(Some(other) == image) << lane)
}

/// Matches each ground-truth box with itself, for ground truth that is among the RoIs.
///
/// The RoIs that the reference trains on are the ground truth of an image and then the proposals. Its part of
/// the results is written by this, the rest by [`assign`]. Against [`assign`] it makes a difference where two
/// objects have the same box: each stays what it is. A box whose IoU with itself is 0, because it has no area
/// or is no box, stays [`UNMATCHED`].
///
/// Source: `gt_overlaps` of the reference's imdb, which are 1 whatever the box.
///
/// # Errors
///
/// As [`assign`].
///
/// # Examples
///
/// ```
/// use ohem_core::targets::{UNMATCHED, assign_own};
/// use ohem_core::{BBox, Convention};
///
/// let rows = [[0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 9.0, 9.0], [5.0, 5.0, 5.0, 5.0]];
/// let (mut overlaps, mut matches) = ([0.0; 3], [0; 3]);
/// assign_own(BBox::from_rows(&rows), Convention::Continuous, &mut overlaps, &mut matches)?;
/// assert_eq!((overlaps, matches), ([1.0, 1.0, 0.0], [0, 1, UNMATCHED]));
/// # Ok::<(), ohem_core::targets::AssignError>(())
/// ```
pub fn assign_own<F: Float>(
    ground_truth: &[BBox<F>],
    convention: Convention,
    overlaps: &mut [F],
    matches: &mut [u32],
) -> Result<(), AssignError> {
    check(ground_truth, ground_truth, overlaps, matches)?;
    let places = overlaps.iter_mut().zip(matches).zip(0_u32..);
    for (((overlap, place), index), bbox) in places.zip(ground_truth) {
        *overlap = bbox.iou(bbox, convention);
        *place = if *overlap > F::zero() { index } else { UNMATCHED };
    }
    Ok(())
}

/// Checks that everything goes together.
fn check<F>(
    rois: &[BBox<F>],
    ground_truth: &[BBox<F>],
    overlaps: &[F],
    matches: &[u32],
) -> Result<(), AssignError> {
    if let Some(&places) = [overlaps.len(), matches.len()].iter().find(|&&places| places != rois.len()) {
        return Err(AssignError::Room { rois: rois.len(), places });
    }
    match u32::try_from(ground_truth.len()) {
        Ok(_) => Ok(()), // the last index is less than `UNMATCHED`
        Err(_) => Err(AssignError::TooMany { ground_truth: ground_truth.len() }),
    }
}

/// The best box so far of each RoI of a tile.
struct Best<F> {
    overlaps: [F; TILE],
    matches: [u32; TILE],
}

impl<F: Float> Best<F> {
    /// Takes over, among some lanes, the RoIs that this box overlaps more than the best so far.
    #[inline(always)]
    fn improve<V: Lanes<Scalar = F>>(&mut self, tile: &Tile<F>, pivot: &Pivot<V>, index: u32, lanes: u32) {
        let mut row = [F::zero(); TILE];
        tile.row(pivot, &mut row);
        let mut improved = lanes & self.exceeded::<V>(&row);
        while improved != 0 {
            let lane = improved.trailing_zeros() as usize;
            let places = (row.get(lane), self.overlaps.get_mut(lane), self.matches.get_mut(lane));
            if let (Some(&overlap), Some(best), Some(place)) = places {
                (*best, *place) = (overlap, index);
            }
            improved &= improved - 1;
        }
    }

    /// Bit `i` where `row` is greater than the best so far.
    #[inline(always)]
    fn exceeded<V: Lanes<Scalar = F>>(&self, row: &[F; TILE]) -> u32 {
        let (row, best) = (V::chunks(row).0.iter(), V::chunks(&self.overlaps).0);
        let not = row.zip(best).zip((0_u32..).step_by(V::N)).fold(
            0,
            #[inline(always)]
            |bits, ((row, best), at)| bits | V::bits(V::load(row).le(V::load(best))) << at,
        );
        !not
    }
}

/// Goes tile by tile over the RoIs; `lanes_of` says which of a tile that starts at a RoI may match a box.
#[inline(always)]
fn tiles<F: Float, S: Simd>(
    rois: &[BBox<F>],
    ground_truth: &[BBox<F>],
    convention: Convention,
    overlaps: &mut [F],
    matches: &mut [u32],
    lanes_of: impl Fn(usize, usize) -> u32,
) {
    let out = overlaps.chunks_mut(TILE).zip(matches.chunks_mut(TILE));
    for ((boxes, (overlaps, matches)), from) in rois.chunks(TILE).zip(out).zip((0..).step_by(TILE)) {
        let tile = Tile::of(boxes, convention);
        let mut best = Best { overlaps: [F::zero(); TILE], matches: [UNMATCHED; TILE] };
        for ((bbox, index), to) in ground_truth.iter().zip(0_u32..).zip(0..) {
            let lanes = lanes_of(from, to);
            if lanes != 0 && bbox.is_box(convention) {
                best.improve(&tile, &Pivot::<F::Lanes<S>>::new(bbox, convention), index, lanes);
            }
        }
        overlaps.iter_mut().zip(best.overlaps).for_each(|(place, overlap)| *place = overlap);
        matches.iter_mut().zip(best.matches).for_each(|(place, index)| *place = index);
    }
}

/// Why RoIs could not be assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AssignError {
    /// A slice for the results is not as long as there are RoIs.
    Room {
        /// How many RoIs there are.
        rois: usize,
        /// How many places there are.
        places: usize,
    },
    /// There are not as many images as boxes.
    Images {
        /// How many boxes there are.
        boxes: usize,
        /// How many images there are.
        images: usize,
    },
    /// There are more ground-truth boxes than a `u32` can number.
    TooMany {
        /// How many there are.
        ground_truth: usize,
    },
}

impl fmt::Display for AssignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Room { rois, places } => write!(f, "{rois} RoIs, but room for {places} results"),
            Self::Images { boxes, images } => write!(f, "{boxes} boxes, but {images} images"),
            Self::TooMany { ground_truth } => {
                write!(f, "{ground_truth} ground-truth boxes, more than a u32 can number")
            }
        }
    }
}

impl core::error::Error for AssignError {}
