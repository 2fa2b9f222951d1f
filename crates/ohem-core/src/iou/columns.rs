//! Boxes in columns, as the kernel reads them.

use super::{Corners, NoPad, Pad, Pivot};
use crate::error::LengthMismatch;
use crate::simd::{Lanes, Portable, Simd};
use crate::{BBox, Convention, Float};

/// Number of boxes laid out together; no vector is wider.
pub(crate) const TILE: usize = 32;

/// Number of columns of a tile: four corners and the area.
const COLUMNS: usize = 5;

/// Boxes in columns: laid out once, to be compared with any number of others.
///
/// [`matrix`](super::matrix) lays boxes out as it goes; this is for boxes that stay, such as anchors.
/// [`row_of_columns`] compares a box with them, and [`matrix_of_columns`] many. `M` is memory of floats: a slice, an array, or a `Vec`.
///
/// ```
/// use ohem_core::iou::{BoxColumns, row_of_columns};
/// use ohem_core::{BBox, Convention};
///
/// let others = BBox::from_rows(&[[0.0, 0.0, 2.0, 1.0], [5.0, 5.0, 6.0, 6.0]]);
/// let floats = [0.0; BoxColumns::floats(2)];
/// let columns = BoxColumns::new(others, Convention::Continuous, floats)?;
/// let mut out = [0.0; 2];
/// row_of_columns(&columns, &BBox::new(0.0, 0.0, 2.0, 2.0), &mut out)?;
/// assert_eq!(out, [0.5, 0.0]);
/// # Ok::<(), ohem_core::LengthMismatch>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BoxColumns<M> {
    floats: M,
    len: usize,
    convention: Convention,
}

impl BoxColumns<()> {
    /// Number of floats of memory for this number of boxes.
    pub const fn floats(boxes: usize) -> usize {
        boxes.div_ceil(TILE).saturating_mul(COLUMNS * TILE)
    }
}

impl<M> BoxColumns<M> {
    /// Lays boxes out. An invalid box overlaps nothing. O(n).
    ///
    /// # Errors
    ///
    /// If `floats` is not as long as [`BoxColumns::floats`] says.
    pub fn new<F: Float>(
        boxes: &[BBox<F>],
        convention: Convention,
        mut floats: M,
    ) -> Result<Self, LengthMismatch>
    where
        M: AsMut<[F]>,
    {
        let memory = floats.as_mut();
        LengthMismatch::check("floats for box columns", BoxColumns::floats(boxes.len()), memory.len())?;
        let tiles: &mut [Tile<F>] = memory.as_chunks_mut().0.as_chunks_mut().0;
        for (tile, boxes) in tiles.iter_mut().zip(boxes.chunks(TILE)) {
            fill(tile, boxes, convention);
        }
        Ok(Self { floats, len: boxes.len(), convention })
    }

    /// Number of boxes.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no boxes.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Writes the IoU of a box with each of them.
    #[inline(always)]
    fn write_row<F: Float, V: Lanes<Scalar = F>>(&self, bbox: &BBox<F>, out: &mut [F])
    where
        M: AsRef<[F]>,
    {
        let tiles: &[Tile<F>] = self.floats.as_ref().as_chunks().0.as_chunks().0;
        match self.convention {
            _ if !bbox.is_box(self.convention) => out.fill(F::zero()),
            Convention::Continuous if V::N > 1 => {
                write_tiles(tiles, &Pivot::<V, _>::with_pad(bbox, NoPad), out);
            }
            convention => write_tiles(tiles, &Pivot::<V>::new(bbox, convention), out),
        }
    }
}

/// Writes the IoU of a box with each of the boxes in columns.
///
/// The same bits as [`BBox::iou`]. O(n).
///
/// # Errors
///
/// If `out` does not have one value for each of the boxes. Nothing is written then.
///
/// # Examples
///
/// ```
/// use ohem_core::iou::{BoxColumns, row_of_columns};
/// use ohem_core::{BBox, Convention};
///
/// let anchors = [BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(0.0, 0.0, 9.0, 4.0)];
/// let mut floats = [0.0; BoxColumns::floats(2)];
/// let columns = BoxColumns::new(&anchors, Convention::Pixel, &mut floats[..])?;
/// let mut out = [0.0; 2];
/// row_of_columns(&columns, &anchors[0], &mut out)?;
/// assert_eq!(out, [1.0, 0.5]);
/// # Ok::<(), ohem_core::LengthMismatch>(())
/// ```
pub fn row_of_columns<F: Float, M: AsRef<[F]>>(
    columns: &BoxColumns<M>,
    bbox: &BBox<F>,
    out: &mut [F],
) -> Result<(), LengthMismatch> {
    row_of_columns_on(Portable, columns, bbox, out)
}

/// As [`row_of_columns`], on a chosen instruction set.
pub fn row_of_columns_on<F: Float, M: AsRef<[F]>, S: Simd>(
    simd: S,
    columns: &BoxColumns<M>,
    bbox: &BBox<F>,
    out: &mut [F],
) -> Result<(), LengthMismatch> {
    LengthMismatch::check("overlaps", columns.len, out.len())?;
    simd.run(
        #[inline(always)]
        || columns.write_row::<F, F::Lanes<S>>(bbox, out),
    );
    Ok(())
}

/// Writes the IoU of each of `rows` with each of the boxes in columns, row by row.
///
/// The same bits as [`BBox::iou`] of each pair. O(rows x columns). It writes memory from the first value to the last, which
/// is faster than [`matrix`](super::matrix()) where that is in no cache.
///
/// # Errors
///
/// If `out` does not have one value for each pair. Nothing is written then.
///
/// # Examples
///
/// ```
/// use ohem_core::iou::{BoxColumns, matrix_of_columns};
/// use ohem_core::{BBox, Convention};
///
/// let anchors = BBox::from_rows(&[[0.0, 0.0, 9.0, 4.0]]);
/// let columns = BoxColumns::new(anchors, Convention::Pixel, [0.0; BoxColumns::floats(1)])?;
/// let rows = BBox::from_rows(&[[0.0, 0.0, 9.0, 9.0], [50.0, 50.0, 59.0, 59.0]]);
/// let mut out = [0.0; 2];
/// matrix_of_columns(rows, &columns, &mut out)?;
/// assert_eq!(out, [0.5, 0.0]);
/// # Ok::<(), ohem_core::LengthMismatch>(())
/// ```
pub fn matrix_of_columns<F: Float, M: AsRef<[F]>>(
    rows: &[BBox<F>],
    columns: &BoxColumns<M>,
    out: &mut [F],
) -> Result<(), LengthMismatch> {
    matrix_of_columns_on(Portable, rows, columns, out)
}

/// As [`matrix_of_columns`], on a chosen instruction set.
pub fn matrix_of_columns_on<F: Float, M: AsRef<[F]>, S: Simd>(
    simd: S,
    rows: &[BBox<F>],
    columns: &BoxColumns<M>,
    out: &mut [F],
) -> Result<(), LengthMismatch> {
    LengthMismatch::check_table("overlaps (rows x columns)", rows.len(), columns.len, out.len())?;
    simd.run(
        #[inline(always)]
        || {
            for (row, out) in rows.iter().zip(out.chunks_mut(columns.len.max(1))) {
                columns.write_row::<F, F::Lanes<S>>(row, out);
            }
        },
    );
    Ok(())
}

#[inline(always)]
fn write_tiles<F: Float, V: Lanes<Scalar = F>, P: Pad<V>>(
    tiles: &[Tile<F>],
    pivot: &Pivot<V, P>,
    out: &mut [F],
) {
    for (tile, out) in tiles.iter().zip(out.chunks_mut(TILE)) {
        write(tile, pivot, out);
    }
}

/// Left, top, right, bottom and area of 32 boxes.
pub(crate) type Tile<F> = [[F; TILE]; COLUMNS];

/// Memory for a tile.
#[inline(always)]
pub(crate) fn blank<F: Float>() -> Tile<F> {
    [[F::zero(); TILE]; COLUMNS]
}

/// The slots of one box in a tile.
struct BoxSlots<'a, F> {
    x1: &'a mut F,
    y1: &'a mut F,
    x2: &'a mut F,
    y2: &'a mut F,
    area: &'a mut F,
}

#[inline(always)]
fn slots<F>([x1, y1, x2, y2, area]: &mut Tile<F>) -> impl Iterator<Item = BoxSlots<'_, F>> {
    let slots = x1.iter_mut().zip(y1).zip(x2).zip(y2).zip(area);
    slots.map(
        #[inline(always)]
        |((((x1, y1), x2), y2), area)| BoxSlots { x1, y1, x2, y2, area },
    )
}

/// Lays out up to a tile of boxes. The rest of the tile, and invalid boxes, overlap nothing.
#[inline(always)]
pub(crate) fn fill<F: Float>(tile: &mut Tile<F>, boxes: &[BBox<F>], convention: Convention) {
    if let Some(boxes) = boxes.first_chunk().filter(|_| F::Lanes::<Portable>::N > 1) {
        return fill_whole(tile, boxes, F::Lanes::<Portable>::splat(convention.pad()));
    }
    // Intervals that end before they begin have no intersection, so their IoU is 0.
    let (left, right) = ([F::max_value(); TILE], [F::min_value(); TILE]);
    *tile = [left, left, right, right, [F::zero(); TILE]];
    for (slots, bbox) in slots(tile).zip(boxes) {
        if bbox.is_box(convention) {
            (*slots.x1, *slots.y1, *slots.x2, *slots.y2) = (bbox.x1, bbox.y1, bbox.x2, bbox.y2);
            *slots.area = bbox.area(convention);
        }
    }
}

/// The same for a whole tile, without a branch: first the corners as they are, then blanks for those that are not boxes.
///
/// Not inlined: the compiler takes rows apart faster for SSE2 than it does for AVX2.
#[inline(never)]
fn fill_whole<F: Float, V: Lanes<Scalar = F>>(tile: &mut Tile<F>, boxes: &[BBox<F>; TILE], pad: V) {
    for (slots, bbox) in slots(tile).zip(boxes) {
        (*slots.x1, *slots.y1, *slots.x2, *slots.y2) = (bbox.x1, bbox.y1, bbox.x2, bbox.y2);
    }
    let (left, right, zero) = (V::splat(F::max_value()), V::splat(F::min_value()), V::splat(F::zero()));
    let [x1, y1, x2, y2, areas] = tile;
    let columns = V::chunks_mut(x1).0.iter_mut().zip(V::chunks_mut(y1).0).zip(V::chunks_mut(x2).0);
    for ((((x1, y1), x2), y2), area) in columns.zip(V::chunks_mut(y2).0).zip(V::chunks_mut(areas).0) {
        let corners = Corners { x1: V::load(x1), y1: V::load(y1), x2: V::load(x2), y2: V::load(y2) };
        // An area that is not finite is infinite or NaN, and so is that of infinite corners.
        let found = corners.area(pad);
        let is_box = corners.x1.le(corners.x2) & corners.y1.le(corners.y2) & found.le(left);
        let kept = |value: V, other| V::select(is_box, value, other).store();
        (*x1, *y1) = (kept(corners.x1, left), kept(corners.y1, left));
        (*x2, *y2) = (kept(corners.x2, right), kept(corners.y2, right));
        *area = kept(found, zero);
    }
}

/// Writes the IoU of the pivot with the first `out.len()` boxes of a tile.
#[inline(always)]
pub(super) fn write<F: Float, V: Lanes<Scalar = F>, P: Pad<V>>(
    tile: &Tile<F>,
    pivot: &Pivot<V, P>,
    out: &mut [F],
) {
    if let Some(out) = out.first_chunk_mut() {
        return write_all(tile, pivot, out);
    }
    let mut overlaps = [F::zero(); TILE];
    write_all(tile, pivot, &mut overlaps);
    out.iter_mut().zip(overlaps).for_each(|(slot, overlap)| *slot = overlap);
}

#[inline(always)]
fn write_all<F: Float, V: Lanes<Scalar = F>, P: Pad<V>>(
    tile: &Tile<F>,
    pivot: &Pivot<V, P>,
    out: &mut [F; TILE],
) {
    let mut slots = V::chunks_mut(out).0.iter_mut();
    each(
        tile,
        #[inline(always)]
        |other, area| {
            if let Some(slot) = slots.next() {
                *slot = pivot.quotient(pivot.intersection(other), area).store();
            }
        },
    );
}

/// Visits the boxes of a tile and their areas, a vector of them at a time.
#[inline(always)]
pub(crate) fn each<F: Float, V: Lanes<Scalar = F>>(tile: &Tile<F>, mut visit: impl FnMut(&Corners<V>, V)) {
    let [x1, y1, x2, y2, area] = tile;
    let columns = V::chunks(x1).0.iter().zip(V::chunks(y1).0).zip(V::chunks(x2).0).zip(V::chunks(y2).0);
    for ((((x1, y1), x2), y2), area) in columns.zip(V::chunks(area).0) {
        let corners = Corners { x1: V::load(x1), y1: V::load(y1), x2: V::load(x2), y2: V::load(y2) };
        visit(&corners, V::load(area));
    }
}
