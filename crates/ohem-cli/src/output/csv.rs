//! The selected rows, for the next program.

use super::Report;
use crate::args::Precision;

/// The selected rows, hardest first: their text as it came, then the index of the row, from 0, and its
/// rank, from 1.
///
/// Quotation marks and all stay as they are in the table; line ends become `\n`. A table that has a column
/// `index` or `rank` already keeps it, before the new one. Losses that were computed are a column, too.
pub(crate) fn write(report: &Report) -> Vec<u8> {
    let mut out = report.table.header().to_vec();
    let computed = report.table.computed_loss();
    out.extend(computed.map(|name| format!(",{name}")).unwrap_or_default().bytes());
    out.extend(b",index,rank\n");
    for (rank, &index) in (1..).zip(&report.mined.selected) {
        out.extend(report.table.row(index as usize));
        if computed.is_some() {
            out.extend(loss(report, index as usize).bytes());
        }
        out.extend(format!(",{index},{rank}\n").bytes());
    }
    out
}

/// A loss in as many digits as its precision has.
#[expect(clippy::cast_possible_truncation, reason = "it was computed as the float that it becomes again")]
fn loss(report: &Report, index: usize) -> String {
    let loss = report.table.losses[index];
    match report.arguments.precision {
        Precision::F32 => format!(",{}", loss as f32),
        Precision::F64 => format!(",{loss}"),
    }
}
