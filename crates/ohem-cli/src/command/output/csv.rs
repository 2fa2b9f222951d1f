//! The selected rows, as CSV.

use super::report::Report;
use crate::command::args::Precision;

/// Writes the selected rows, hardest first: the row as in the table, its index from 0, and its rank from 1.
///
/// Cells keep their quotation marks; line ends become `\n`. Columns that are called `index` or `rank` already stay
/// in front of the new ones. Computed losses get a column.
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

/// Formats a loss with the digits of its precision.
#[expect(clippy::cast_possible_truncation, reason = "the loss was computed as an f32")]
fn loss(report: &Report, index: usize) -> String {
    let loss = report.table.losses[index];
    match report.args.precision {
        Precision::F32 => format!(",{}", loss as f32),
        Precision::F64 => format!(",{loss}"),
    }
}
