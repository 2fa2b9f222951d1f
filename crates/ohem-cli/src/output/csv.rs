//! The selected rows, for the next program.

use super::Report;

/// The selected rows, hardest first: their text as it came, then the index of the row, from 0, and its
/// rank, from 1.
///
/// Quotation marks and all stay as they are in the table; line ends become `\n`. A table that has a column
/// `index` or `rank` already keeps it, before the new one.
pub(crate) fn write(report: &Report) -> Vec<u8> {
    let mut out = report.table.header().to_vec();
    out.extend(b",index,rank\n");
    for (rank, &index) in (1..).zip(&report.mined.selected) {
        out.extend(report.table.row(index as usize));
        out.extend(format!(",{index},{rank}\n").bytes());
    }
    out
}
