//! What one writes by hand without a library: greedy suppression over columns, in loops that the compiler
//! makes vectors of.

use core::cell::RefCell;

use ohem_benches::Input;

use crate::packed::{Pack, pack_all};

/// How many kept boxes are tested before it is asked whether one of them overlaps.
const BLOCK: usize = 32;

/// Boxes that were kept, as columns.
#[derive(Debug, Default)]
struct Kept<F> {
    columns: [Vec<F>; 5],
    groups: Vec<u64>,
}

impl<F: Pack> Kept<F> {
    fn clear(&mut self) {
        self.columns.iter_mut().for_each(Vec::clear);
        self.groups.clear();
    }

    fn push(&mut self, [x1, y1, x2, y2]: [F; 4], group: u64) {
        let values = [x1, y1, x2, y2, (x2 - x1) * (y2 - y1)];
        self.columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
        self.groups.push(group);
    }

    /// Whether one of its group overlaps a box by more than `threshold`.
    fn overlap<const GROUPED: bool>(&self, [x1, y1, x2, y2]: [F; 4], group: u64, threshold: F) -> bool {
        let area = (x2 - x1) * (y2 - y1);
        let smaller = |a: F, b: F| if a < b { a } else { b };
        let larger = |a: F, b: F| if a > b { a } else { b };
        (0..self.groups.len()).step_by(BLOCK).any(|start| {
            let block = start..(start + BLOCK).min(self.groups.len());
            let [left, top, right, bottom, areas] =
                self.columns.each_ref().map(|column| &column[block.clone()]);
            let groups = &self.groups[block];
            let mut any = false;
            for i in 0..groups.len() {
                let width = larger(smaller(x2, right[i]) - larger(x1, left[i]), F::zero());
                let height = larger(smaller(y2, bottom[i]) - larger(y1, top[i]), F::zero());
                let intersection = width * height;
                let union = area + areas[i] - intersection;
                any |= (!GROUPED || groups[i] == group) & (intersection / union > threshold);
            }
            any
        })
    }
}

/// Sorts all boxes, and tests each against those kept.
pub(crate) fn nms<F: Pack>(input: &Input<F>, threshold: f64) -> impl Fn(&mut Vec<u32>) + '_ {
    let memory = RefCell::new((Vec::new(), Kept::default()));
    move |out| {
        let (keys, kept) = &mut *memory.borrow_mut();
        pack_all(&input.losses, keys);
        keys.sort_unstable();
        kept.clear();
        out.clear();
        for index in keys.iter().map(|&key| F::index(key)) {
            let corners = input.boxes[index as usize];
            if !kept.overlap::<false>(corners, 0, F::from_f64(threshold)) {
                kept.push(corners, 0);
                out.push(index);
            }
        }
    }
}

/// Visits RoIs hardest first and stops at `batch_size`: a quickselect finds the hardest few of them.
pub(crate) fn mine<F: Pack>(
    input: &Input<F>,
    batch_size: usize,
    threshold: f64,
) -> impl Fn(&mut Vec<u32>) + '_ {
    let memory = RefCell::new((Vec::new(), Kept::default()));
    move |out| {
        let (keys, kept) = &mut *memory.borrow_mut();
        pack_all(&input.losses, keys);
        let mut ranked = 0;
        kept.clear();
        out.clear();
        while ranked < keys.len() && out.len() < batch_size {
            let next = (4 * batch_size).max(ranked).min(keys.len() - ranked);
            let rest = &mut keys[ranked..];
            if next < rest.len() {
                rest.select_nth_unstable(next);
            }
            let hardest = &mut rest[..next];
            hardest.sort_unstable();
            ranked += next;
            for index in hardest.iter().map(|&key| F::index(key)) {
                let row = index as usize;
                let group = u64::from(input.images[row]) << 32 | u64::from(input.labels[row]);
                let corners = input.boxes[row];
                if !kept.overlap::<true>(corners, group, F::from_f64(threshold)) {
                    kept.push(corners, group);
                    out.push(index);
                    if out.len() == batch_size {
                        return;
                    }
                }
            }
        }
    }
}

/// The IoU of one box with many that lie in columns: left, top, right, bottom, area.
pub(crate) fn iou_row<F: Pack>([x1, y1, x2, y2]: [F; 4], columns: &[Vec<F>; 5], out: &mut [F]) {
    let area = (x2 - x1) * (y2 - y1);
    let smaller = |a: F, b: F| if a < b { a } else { b };
    let larger = |a: F, b: F| if a > b { a } else { b };
    let [left, top, right, bottom, areas] = columns.each_ref().map(|column| &column[..out.len()]);
    for (i, overlap) in out.iter_mut().enumerate() {
        let width = larger(smaller(x2, right[i]) - larger(x1, left[i]), F::zero());
        let height = larger(smaller(y2, bottom[i]) - larger(y1, top[i]), F::zero());
        let intersection = width * height;
        *overlap = intersection / (area + areas[i] - intersection);
    }
}

/// Turns rows into columns, with areas.
pub(crate) fn columns<F: Pack>(rows: &[[F; 4]]) -> [Vec<F>; 5] {
    let mut kept = Kept::default();
    rows.iter().for_each(|&row| kept.push(row, 0));
    kept.columns
}
