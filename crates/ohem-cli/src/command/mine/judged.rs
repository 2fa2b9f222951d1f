//! Mining of detections, whose labels and losses follow from ground truth.

use crate::command::args::MineArgs;
use crate::command::failure::Failure;
use crate::command::judge;
use crate::command::source::Source;
use crate::command::truth::Truth;
use crate::table::{Layout, RequestedColumns, RoiTable};

/// What a user must know of the losses.
pub(super) const APPROXIMATE: &str = "losses are approximate: a detection has one score, after NMS; a missed object \
                                      has -ln of the lowest score";

/// Makes a table of detections and missed objects with their losses.
///
/// # Errors
///
/// If detections or ground truth are wrong.
pub(super) fn table(
    args: &MineArgs,
    source: &Source,
    requested: &RequestedColumns<'_>,
) -> Result<Option<RoiTable>, Failure> {
    let Some(path) = &args.ground_truth else { return Ok(None) };
    let truth = Truth::read(path, args.image_dir.as_deref(), &args.table.classes)?;
    let found = judge::detections(source, &requested.layout, &truth, args.image_dir.as_deref())?;
    let text = judge::as_table(&truth, &judge::judge(&truth, &found));
    let requested = RequestedColumns { layout: Layout::default(), ..RequestedColumns::loss("loss") };
    let table = RoiTable::read(text.into(), &requested, |_| {});
    table.map(Some).map_err(|error| Failure::input(source, error))
}
