//! Admitted boxes in columns, with which a new box is compared from the first to the last.

use super::overlap_test::{OverlapTest, Probe};
use crate::iou::Corners;
use crate::simd::{Lanes, Scalar, Simd};
use crate::{BBox, Float, Group};

/// Number of coordinates that an admitted RoI takes: its group, and the corners of its box.
pub const COLUMNS: usize = 5;

/// Rows are marked as empty this many at a time; no vector is wider.
const WIDEST: usize = 32;

/// Row `i` of each column belongs to the `i`-th admitted RoI.
///
/// Groups are a column too: 24 bits made of image and label, as a float. Lanes of another group drop out
/// by one comparison; should two groups share their 24 bits, the groups themselves decide.
#[derive(Debug)]
pub struct AdmittedColumns<'a, F> {
    /// Its group in 24 bits; NaN, which equals nothing, for an empty row.
    group: &'a mut [F],
    x1: &'a mut [F],
    y1: &'a mut [F],
    x2: &'a mut [F],
    y2: &'a mut [F],
}

impl<'a, F: Float> AdmittedColumns<'a, F> {
    /// Splits memory into columns.
    pub(super) fn split(floats: &'a mut [F]) -> Self {
        let capacity = floats.len() / COLUMNS;
        let mut columns = floats.chunks_exact_mut(capacity.max(1));
        let mut next = || columns.next().unwrap_or_default();
        Self { group: next(), x1: next(), y1: next(), x2: next(), y2: next() }
    }

    /// Writes a box of a group, or of no group, and marks the rows up to the end of its vector as empty.
    #[inline(always)]
    pub(super) fn write(&mut self, at: usize, group: Option<Group>, bbox: &BBox<F>) {
        if at.is_multiple_of(WIDEST)
            && let Some(rest) = self.group.get_mut(at..)
        {
            rest.iter_mut().take(WIDEST).for_each(|slot| *slot = F::nan());
        }
        let group = group.map_or(F::nan(), column_of);
        let values = [group, bbox.x1, bbox.y1, bbox.x2, bbox.y2];
        let columns =
            [&mut self.group, &mut self.x1, &mut self.y1, &mut self.x2, &mut self.y2].into_iter().zip(values);
        for (column, value) in columns {
            if let Some(slot) = column.get_mut(at) {
                *slot = value;
            }
        }
    }

    /// The columns, to read.
    #[inline(always)]
    pub(super) fn shared(&self) -> SharedColumns<'_, F> {
        SharedColumns { group: self.group, x1: self.x1, y1: self.y1, x2: self.x2, y2: self.y2 }
    }
}

/// The columns, to read.
#[derive(Clone, Copy, Debug)]
pub struct SharedColumns<'a, F> {
    group: &'a [F],
    x1: &'a [F],
    y1: &'a [F],
    x2: &'a [F],
    y2: &'a [F],
}

impl<F: Float> SharedColumns<'_, F> {
    /// Whether a box of the group in the rows `from..to` overlaps this one by the threshold or more.
    ///
    /// `same_group` decides about a row whose 24 bits are those of the group.
    #[inline(always)]
    pub(super) fn overlap<S: Simd>(
        &self,
        (from, to): (usize, usize),
        bbox: &BBox<F>,
        group: Group,
        test: &OverlapTest<F>,
        same_group: impl Fn(usize) -> bool + Copy,
    ) -> bool {
        // Whole vectors as far as the memory goes: empty rows hold NaN groups.
        let from = from - from % WIDEST;
        let whole = from + (to - from).next_multiple_of(F::Lanes::<S>::N);
        let whole = if whole <= self.group.len() { whole } else { to - (to - from) % F::Lanes::<S>::N };
        let group = column_of(group);
        self.any(from, whole, &Probe::<F::Lanes<S>>::new(bbox, test), group, same_group)
            || F::Lanes::<S>::N > 1
                && whole < to
                && self.any(whole, to, &Probe::<F::Lanes<Scalar>>::new(bbox, test), group, same_group)
    }

    #[inline(always)]
    fn any<V: Lanes<Scalar = F>>(
        &self,
        from: usize,
        to: usize,
        probe: &Probe<V>,
        group: F,
        same_group: impl Fn(usize) -> bool,
    ) -> bool {
        let group = V::splat(group);
        let chunks = |column| Self::chunks::<V>(column, from, to);
        let boxes = chunks(self.x1).iter().zip(chunks(self.y1)).zip(chunks(self.x2)).zip(chunks(self.y2));
        for (nth, ((((x1, y1), x2), y2), groups)) in boxes.zip(chunks(self.group)).enumerate() {
            let other = Corners { x1: V::load(x1), y1: V::load(y1), x2: V::load(x2), y2: V::load(y2) };
            let mut hits = probe.hits_within(&other, V::load(groups).eq(group));
            while hits != 0 {
                if same_group(from + nth * V::N + hits.trailing_zeros() as usize) {
                    return true;
                }
                hits &= hits - 1;
            }
        }
        false
    }

    #[inline(always)]
    fn chunks<V: Lanes<Scalar = F>>(column: &[F], from: usize, to: usize) -> &[V::Array] {
        V::chunks(column.get(from..to).unwrap_or_default()).0
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

    /// Columns of 300 that all held the last box before, with the first `len` boxes written.
    fn written(memory: &mut Vec<f32>, len: u16) -> AdmittedColumns<'_, f32> {
        *memory = vec![0.0; 300 * COLUMNS];
        let last = place(999);
        for (column, value) in memory.chunks_mut(300).zip([column_of(GROUP), last.x1, 0.0, last.x2, 9.0]) {
            column.fill(value);
        }
        let mut columns = AdmittedColumns::split(memory);
        for at in 0..len {
            columns.write(at.into(), Some(GROUP), &place(at));
        }
        columns
    }

    #[test]
    fn a_box_is_found_in_its_place_and_nowhere_else() {
        let (rule, mut memory) = (OverlapTest::at(0.5, Convention::Continuous), Vec::new());
        for (from, to) in
            [(0, 1), (0, 70), (0, 96), (0, 300), (8, 32), (32, 40), (70, 96), (70, 97), (290, 299)]
        {
            let columns = written(&mut memory, to);
            for at in from..to {
                for (same_group, want) in [(usize::from(at), true), (usize::from(at) + 1, false)] {
                    let same_group = |place| place == same_group;
                    let range = (from.into(), to.into());
                    let found =
                        columns.shared().overlap::<Portable>(range, &place(at), GROUP, &rule, same_group);
                    assert_eq!(found, want, "{at} in {from}..{to}");
                    let found =
                        columns.shared().overlap::<Scalar>(range, &place(at), GROUP, &rule, same_group);
                    assert_eq!(found, want, "{at} in {from}..{to}");
                }
            }
            let stale = columns.shared().overlap::<Portable>(
                (from.into(), to.into()),
                &place(999),
                GROUP,
                &rule,
                |_| true,
            );
            assert!(!stale, "what the memory held before, {from}..{to}");
        }
    }

    #[test]
    fn groups_that_share_a_column_are_told_apart() {
        let (rule, mut floats) = (OverlapTest::at(0.5, Convention::Continuous), [0.0_f32; 4 * COLUMNS]);
        let mut columns = AdmittedColumns::split(&mut floats);
        let (one, other) = (Group { image: 1, label: 0 }, Group { image: 0, label: 4096 });
        assert_eq!(column_of::<f32>(one), column_of(other));
        for at in 0..3 {
            columns.write(at, Some(other), &place(0));
        }
        for (own, want) in [(1, true), (2, true), (9, false)] {
            let found = columns.shared().overlap::<Portable>((0, 3), &place(0), one, &rule, |at| at == own);
            assert_eq!(found, want, "{own}");
        }
        let first = [(0, 0), (0, 1), (1, 0), (1, 1), (0, 4095), (4095, 0), (4095, 4095)];
        let mut columns = first.map(|(image, label)| column_of::<f64>(Group { image, label }));
        columns.sort_by(f64::total_cmp);
        assert!(columns.windows(2).all(|pair| pair[0] < pair[1]), "{columns:?}");
    }
}
