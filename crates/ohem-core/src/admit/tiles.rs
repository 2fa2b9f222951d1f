//! Admitted boxes in tiles, with which a new box is compared from the first to the last.

use super::overlap_test::{OverlapTest, Probe};
use crate::iou::Corners;
use crate::simd::{Lanes, Scalar, Simd};
use crate::{BBox, Float, Group};

/// Number of coordinates that an admitted RoI takes: its group, and the corners of its box.
pub const COLUMNS: usize = 5;

/// The groups and boxes of admitted RoIs, in tiles of as many rows as a vector has lanes.
///
/// A tile has five columns: one pointer reaches all of them, which leaves registers for the new box. Rows that fill no tile
/// are tiles of one row each; so are all rows where vectors have one lane.
///
/// Groups are a column too: 24 bits made of image and label, as a float, or NaN, which equals nothing, for an empty row.
/// Lanes of another group drop out by one comparison; should two groups share their 24 bits, the groups themselves decide.
#[derive(Debug)]
pub struct AdmittedTiles<'a, F>(&'a mut [F]);

impl<'a, F: Float> AdmittedTiles<'a, F> {
    pub(super) fn new(memory: &'a mut [F]) -> Self {
        Self(memory)
    }

    /// Writes a box of a group, or of no group. The first of a tile marks all rows of the tile as empty.
    #[inline(always)]
    pub(super) fn write<S: Simd>(&mut self, at: usize, group: Option<Group>, bbox: &BBox<F>) {
        let group = group.map_or(F::nan(), column_of);
        let values = [group, bbox.x1, bbox.y1, bbox.x2, bbox.y2];
        if at < rows_in_tiles::<F, S>(self.0.len()) {
            let (tile, lane) = (at / F::Lanes::<S>::N, at % F::Lanes::<S>::N);
            let tile = self.0.chunks_exact_mut(COLUMNS * F::Lanes::<S>::N).nth(tile).unwrap_or_default();
            if lane == 0 {
                tile.iter_mut().take(F::Lanes::<S>::N).for_each(|group| *group = F::nan());
            }
            for (column, value) in tile.chunks_exact_mut(F::Lanes::<S>::N).zip(values) {
                if let Some(slot) = column.get_mut(lane) {
                    *slot = value;
                }
            }
        } else if let Some(row) = self.0.as_chunks_mut().0.get_mut(at) {
            *row = values;
        }
    }

    /// The tiles, to read.
    #[inline(always)]
    pub(super) fn shared(&self) -> SharedTiles<'_, F> {
        SharedTiles(self.0)
    }
}

/// Number of rows in tiles of several.
#[inline(always)]
fn rows_in_tiles<F: Float, S: Simd>(coordinates: usize) -> usize {
    let (rows, lanes) = (coordinates / COLUMNS, F::Lanes::<S>::N);
    if lanes > 1 { rows - rows % lanes } else { 0 }
}

/// The tiles, to read.
#[derive(Clone, Copy, Debug)]
pub struct SharedTiles<'a, F>(&'a [F]);

impl<F: Float> SharedTiles<'_, F> {
    /// Whether a box of the group in the rows `from..to` overlaps this one by the threshold or more.
    ///
    /// `same_group` decides about a row whose 24 bits are those of the group. Rows before `from` may be compared, too.
    #[inline(always)]
    pub(super) fn overlap<S: Simd>(
        &self,
        (from, to): (usize, usize),
        bbox: &BBox<F>,
        group: Group,
        test: &OverlapTest<F>,
        same_group: impl Fn(usize) -> bool + Copy,
    ) -> bool {
        let (group, lanes) = (column_of(group), F::Lanes::<S>::N);
        let whole = rows_in_tiles::<F, S>(self.0.len());
        let tiles = (from / lanes, to.min(whole).div_ceil(lanes));
        lanes > 1 && self.any(tiles, &Probe::<F::Lanes<S>>::new(bbox, test), group, same_group)
            || (lanes == 1 || to > whole)
                && self.any(
                    (from.max(whole), to),
                    &Probe::<F::Lanes<Scalar>>::new(bbox, test),
                    group,
                    same_group,
                )
    }

    /// The same for a range of tiles.
    #[inline(always)]
    fn any<V: Lanes<Scalar = F>>(
        &self,
        (from, to): (usize, usize),
        probe: &Probe<V>,
        group: F,
        same_group: impl Fn(usize) -> bool,
    ) -> bool {
        let group = V::splat(group);
        let tiles: &[[V::Array; COLUMNS]] = V::chunks(self.0).0.as_chunks().0;
        for (tile, [groups, x1, y1, x2, y2]) in (from..).zip(tiles.get(from..to).unwrap_or_default()) {
            let other = Corners { x1: V::load(x1), y1: V::load(y1), x2: V::load(x2), y2: V::load(y2) };
            let mut hits = probe.hits_within(&other, V::load(groups).eq(group));
            while hits != 0 {
                if same_group(tile * V::N + hits.trailing_zeros() as usize) {
                    return true;
                }
                hits &= hits - 1;
            }
        }
        false
    }
}

/// The group in 24 bits; distinct for images and labels below 4,096.
#[inline(always)]
fn column_of<F: Float>(group: Group) -> F {
    F::from_u24(group.image.rotate_left(12) ^ group.label)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::Convention;
    use crate::simd::Portable;
    use std::vec;
    use std::vec::Vec;

    const GROUP: Group = Group { image: 3, label: 5 };

    fn place(at: u16) -> BBox<f32> {
        let x1 = f32::from(at) * 10.0;
        BBox::new(x1, 0.0, x1 + 9.0, 9.0)
    }

    /// Tiles of 299 rows that all held the last box before, with the first `len` boxes written.
    fn written<S: Simd>(memory: &mut Vec<f32>, len: u16) -> AdmittedTiles<'_, f32> {
        *memory = vec![0.0; 299 * COLUMNS];
        let mut tiles = AdmittedTiles::new(memory);
        (0..299).for_each(|at| tiles.write::<S>(at, Some(GROUP), &place(999)));
        (0..len).for_each(|at| tiles.write::<S>(at.into(), Some(GROUP), &place(at)));
        tiles
    }

    fn check_places<S: Simd>() {
        let (rule, mut memory) = (OverlapTest::at(0.5, Convention::Continuous), Vec::new());
        for (from, to) in [
            (0, 1),
            (0, 70),
            (0, 96),
            (0, 299),
            (8, 32),
            (32, 40),
            (70, 96),
            (70, 97),
            (290, 299),
            (297, 298),
        ] {
            let tiles = written::<S>(&mut memory, to);
            let range = (from.into(), to.into());
            for at in from..to {
                for (same_group, want) in [(usize::from(at), true), (usize::from(at) + 1, false)] {
                    let same_group = |place| place == same_group;
                    let found = tiles.shared().overlap::<S>(range, &place(at), GROUP, &rule, same_group);
                    assert_eq!(found, want, "{at} in {from}..{to}");
                }
            }
            let stale = tiles.shared().overlap::<S>(range, &place(999), GROUP, &rule, |_| true);
            assert!(!stale, "what the memory held before, {from}..{to}");
        }
    }

    #[test]
    fn a_box_is_found_in_its_place_and_nowhere_else() {
        check_places::<Portable>();
        check_places::<Scalar>();
    }

    #[test]
    fn groups_that_share_a_column_are_told_apart() {
        let (rule, mut floats) = (OverlapTest::at(0.5, Convention::Continuous), [0.0_f32; 5 * COLUMNS]);
        let mut tiles = AdmittedTiles::new(&mut floats);
        let (one, other) = (Group { image: 1, label: 0 }, Group { image: 0, label: 4096 });
        assert_eq!(column_of::<f32>(one), column_of(other));
        for at in 0..5 {
            tiles.write::<Portable>(at, Some(other), &place(0));
        }
        for (own, want) in [(1, true), (4, true), (9, false)] {
            let found = tiles.shared().overlap::<Portable>((0, 5), &place(0), one, &rule, |at| at == own);
            assert_eq!(found, want, "{own}");
        }
        let first = [(0, 0), (0, 1), (1, 0), (1, 1), (0, 4095), (4095, 0), (4095, 4095)];
        let mut columns = first.map(|(image, label)| column_of::<f64>(Group { image, label }));
        columns.sort_by(f64::total_cmp);
        assert!(columns.windows(2).all(|pair| pair[0] < pair[1]), "{columns:?}");
    }
}
