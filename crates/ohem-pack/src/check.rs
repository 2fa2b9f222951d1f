//! Checks the values of a pack.

use crate::error::{PackError, Problem};
use crate::pack::{Pack, PackSplit};
use crate::truth;

/// Checks images, boxes, labels, overlaps and targets of both splits.
pub(crate) fn check(pack: &Pack) -> Result<(), PackError> {
    let classes = pack.classes.len();
    for (name, split) in [("train", &pack.train), ("test", &pack.test)] {
        let found = rows(split, classes);
        if let Some((column, problem)) = found {
            return Err(PackError::new(&format!("{name}_{column}.npy"), problem));
        }
        let unknown =
            split.ground_truth.iter().zip(0..).find(|(truth, _)| usize::from(truth.label) > classes);
        if let Some((truth, row)) = unknown {
            return Err(PackError::new(truth::FILE, Problem::Label { row, label: truth.label, classes }));
        }
    }
    Ok(())
}

/// The first problem of a split, and its column.
fn rows(split: &PackSplit, classes: usize) -> Option<(&'static str, Problem)> {
    let order = split.images.windows(2).zip(1..).find(|(pair, _)| pair[1] < pair[0]);
    if let Some((pair, row)) = order {
        return Some(("images", Problem::ImageOrder { row, image: pair[1], above: pair[0] }));
    }
    let inverted = |[x1, y1, x2, y2]: [u16; 4]| x2 < x1 || y2 < y1;
    if let Some((&bbox, row)) = split.boxes.iter().zip(0..).find(|(bbox, _)| inverted(**bbox)) {
        return Some(("boxes", Problem::Inverted { row, bbox }));
    }
    if let Some((&label, row)) =
        split.labels.iter().zip(0..).find(|(label, _)| usize::from(**label) > classes)
    {
        return Some(("labels", Problem::Label { row, label, classes }));
    }
    let invalid = split.overlaps.iter().zip(0..).find(|(overlap, _)| !(0.0..=1.0).contains(*overlap));
    if let Some((&value, row)) = invalid {
        return Some(("overlaps", Problem::Value { row, value }));
    }
    let targets = split.targets.iter().zip(0..);
    let values = targets.flat_map(|(target, row)| target.map(|value| (value, row)));
    if let Some((value, row)) = values.into_iter().find(|(value, _)| !value.is_finite()) {
        return Some(("targets", Problem::Value { row, value }));
    }
    let invalid = split.is_gt.iter().zip(0..).find(|(is_gt, _)| **is_gt > 1);
    invalid.map(|(&is_gt, row)| ("is_gt", Problem::Value { row, value: f32::from(is_gt) }))
}
