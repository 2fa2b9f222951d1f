//! Gathering: rows of a table, a dense copy of them, and masks.

use ohem_core::gather;
use ohem_core::kernel::Simd;

use super::{Column, MAX, Operation, Sink, Source, Words};

/// Rows of a table, gathered.
#[derive(Clone, Copy, Debug)]
pub struct Rows;

/// A table, some of its rows, and the lengths of outputs.
#[derive(Clone, Debug)]
pub struct Input {
    table: Column<u16>,
    width: usize,
    indices: Column<u32>,
    /// Length of the gathered rows, of the dense copy, and of the mask.
    lengths: [usize; 3],
}

impl Operation for Rows {
    const NAME: &'static str = "gather";

    const COVERS: &'static [&'static str] = &["gather::rows", "gather::dense", "gather::mask"];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (rows, width, fault) = (source.below(30), source.below(6), source.below(24));
        let table = source.column(rows * width + usize::from(fault == 20), |source| {
            u16::try_from(source.below(65_536)).unwrap_or_default()
        });
        // Rows without values are in every table, so there is an end to them only in a mask.
        let (count, beyond) = (if rows == 0 { 0 } else { source.below(rows + 1) }, usize::from(fault == 21));
        let indices = source.column(count, |source| {
            u32::try_from(source.below(rows) + beyond * source.below(3)).unwrap_or_default()
        });
        let lengths = [indices.len() * width, table.len(), rows];
        let excess = [22, 23, 19].map(|nth| usize::from(fault == nth));
        let [a, b, c] = lengths;
        let [x, y, z] = excess;
        Input { table, width, indices, lengths: [a + x, b + y, c.saturating_sub(z)] }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        let Input { table, width, indices, lengths: [gathered, copied, masked] } = input;
        let mut memory = [7; MAX + 1];
        let rows = memory.get_mut(..*gathered).unwrap_or_default();
        out.answer("rows", "rows");
        (gather::rows(indices, table, *width, rows), &*rows).add_to(out);
        let mut memory = [7; MAX + 1];
        let copy = memory.get_mut(..*copied).unwrap_or_default();
        out.answer("dense", "dense");
        (gather::dense(indices, table, *width, 9, copy), &*copy).add_to(out);
        let mut memory = [7.0; MAX + 1];
        let mask = memory.get_mut(..*masked).unwrap_or_default();
        out.answer("mask", "mask");
        (gather::mask(indices, 0.5, -0.0, mask), &*mask).add_to(out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        let Input { table, width, indices, lengths: [gathered, copied, masked] } = input;
        // Outputs are new, so they always have the right length, and nothing is written if there is another fault.
        if *gathered == indices.len() * width {
            out.answer("rows", "rows");
            let rows = ohem_std::gather::rows(indices, table, *width);
            (rows.as_ref().map(|_| ()).map_err(|error| *error), rows.unwrap_or(vec![7; *gathered]))
                .add_to(out);
        }
        if *copied == table.len() {
            out.answer("dense", "dense");
            let copy = ohem_std::gather::dense(indices, table, *width, 9);
            (copy.as_ref().map(|_| ()).map_err(|error| *error), copy.unwrap_or(vec![7; *copied])).add_to(out);
        }
        out.answer("mask", "mask");
        let mask = ohem_std::gather::mask(indices, 0.5, -0.0, *masked);
        (mask.as_ref().map(|_| ()).map_err(|error| *error), mask.unwrap_or(vec![7.0; *masked])).add_to(out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        use super::naive::{in_range, length};
        use crate::oracle;

        let Input { table, width, indices, lengths: [gathered, copied, masked] } = input;
        let wide: Vec<usize> = indices.iter().map(|&index| index as usize).collect();
        let known = || match width {
            0 => Ok(()),
            _ => length(table.len().next_multiple_of(*width), table.len())
                .and_then(|()| in_range(&wide, table.len() / width)),
        };
        let rows = known().and_then(|()| length(wide.len() * width, *gathered));
        out.answer("rows", "row by row");
        (rows, rows.map_or(vec![7; *gathered], |()| oracle::gather(&wide, table, *width))).add_to(out);
        let dense = known().and_then(|()| length(table.len(), *copied));
        out.answer("dense", "row by row");
        let selected = |at: usize| wide.contains(&at.checked_div(*width).unwrap_or(usize::MAX));
        let copy = (0..table.len()).map(|at| if selected(at) { table[at] } else { 9 }).collect();
        (dense, dense.map_or(vec![7; *copied], |()| copy)).add_to(out);
        let flags = in_range(&wide, *masked);
        out.answer("mask", "one by one");
        let weight = |selected| if selected { 0.5 } else { -0.0 };
        let mask = || oracle::mask(&wide, *masked).into_iter().map(weight).collect();
        (flags, flags.map_or(vec![7.0; *masked], |()| mask())).add_to(out);
    }
}
