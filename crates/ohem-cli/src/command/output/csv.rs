//! The selected rows, as CSV.

use super::report::Report;
use crate::command::args::Precision;
use crate::table::TableError;

/// Writes the selected rows, hardest first: the row as in the table, its index from 0, and its rank from 1.
///
/// Cells keep their quotation marks; line ends become `\n`. If the table was mined before and has columns `index` and
/// `rank`, the new ones are called `index_2` and `rank_2`. Computed losses get a column.
///
/// # Errors
///
/// If the table must be read again for the rows, and that fails.
pub(crate) fn write(report: &Report) -> Result<Vec<u8>, TableError> {
    let mut out = report.table.header().to_vec();
    let computed = report.table.computed_loss();
    let delimiter = char::from(report.table.delimiter());
    out.extend(computed.map(|name| format!("{delimiter}{name}")).unwrap_or_default().bytes());
    let [index, rank] = ["index", "rank"].map(|name| free(name, report.table.names()));
    out.extend(format!("{delimiter}{index}{delimiter}{rank}\n").bytes());
    let rows = report.table.rows(&report.mined.selected)?;
    for ((rank, &index), row) in (1..).zip(&report.mined.selected).zip(rows) {
        out.extend(&*row);
        if computed.is_some() {
            out.extend(format!("{delimiter}{}", loss(report, index as usize)).bytes());
        }
        out.extend(format!("{delimiter}{index}{delimiter}{rank}\n").bytes());
    }
    Ok(out)
}

/// The name, or else the first of `NAME_2`, `NAME_3`, ... that no column has.
fn free(name: &str, columns: &[String]) -> String {
    let is_free = |name: &String| !columns.contains(name);
    let numbered = (2_u32..).map(|number| format!("{name}_{number}"));
    core::iter::once(name.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}

/// Formats a loss with the digits of its precision.
#[expect(clippy::cast_possible_truncation, reason = "the loss was computed as an f32")]
fn loss(report: &Report, index: usize) -> String {
    let loss = report.table.losses.at(index);
    match report.args.precision {
        Precision::F32 => (loss as f32).to_string(),
        Precision::F64 => loss.to_string(),
    }
}
