//! The minibatch itself: rows gathered from the inputs, as f32, checked by shape, checksum and sum.

use std::collections::BTreeMap;

use ohem_core::targets::ExpandConfig;
use ohem_core::{Float, Match};
use ohem_testkit::adapters::Path;
use serde::Deserialize;

use crate::support::number::Number;
use crate::support::outcome::{Outcome, equal, near, same};
use crate::support::table::Written;

/// Expands the targets of some RoIs, in both of the ways there are.
pub(crate) fn expanded_rows<F: Float + Default, P: Path>(
    rois: &[usize],
    targets: &[(Match, [F; 4])],
    config: &ExpandConfig,
) -> [Vec<F>; 3] {
    let rows = P::expand_rows(rois, targets, config);
    let gathered = P::expand(targets, config).map(|blob| P::gather(rois, &blob, 4 * config.classes));
    assert!(rows == gathered, "expanded rows differ from the rows of the expanded targets");
    rows
}

/// A class as the original numbers it: 0 is background, which has no target.
pub(crate) const fn class_of(number: u32) -> Match {
    if number == 0 { Match::BACKGROUND } else { Match::object(number) }
}

/// What the original's minibatch under its `>=` rule is, blob by blob.
#[derive(Deserialize)]
pub(crate) struct Blobs {
    num_classes: usize,
    bbox_targets_compact: Option<Vec<[Number; 5]>>,
    blobs_nms_ge: Option<BTreeMap<String, Digest>>,
    blobs_nms_ge_rows: Option<BTreeMap<String, Rows>>,
}

/// Shape, checksum and sum of a blob.
#[derive(Deserialize)]
pub(crate) struct Digest {
    shape: Vec<usize>,
    crc32: u32,
    sum: f64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Rows {
    Column(Vec<Number>),
    Table(Vec<Vec<Number>>),
}

/// A blob before the selection: a row for each RoI. A column's shape has one dimension.
struct Blob {
    values: Vec<f32>,
    width: usize,
    is_column: bool,
}

impl Blobs {
    /// Gathers each listed blob and checks it.
    pub(crate) fn check<P: Path>(&self, rois: &Written, selected: &[usize]) -> Outcome {
        for (name, digest) in self.blobs_nms_ge.iter().flatten() {
            let blob = self.blob(name, rois)?;
            let gathered = P::gather(selected, &blob.values, blob.width);
            let shape = if blob.is_column { vec![selected.len()] } else { vec![selected.len(), blob.width] };
            digest.check(&shape, &gathered).map_err(|what| format!("nms_ge: {name}: {what}"))?;
            self.check_expanded::<P>(name, selected, &gathered)?;
        }
        for (name, rows) in self.blobs_nms_ge_rows.iter().flatten() {
            let blob = self.blob(name, rois)?;
            same(&format!("nms_ge: {name}"), &P::gather(selected, &blob.values, blob.width), &rows.flat())?;
        }
        Ok(())
    }

    /// Checks that expanding only the selected rows gives the same blob.
    fn check_expanded<P: Path>(&self, name: &str, selected: &[usize], gathered: &[f32]) -> Outcome {
        let names = ["bbox_targets_hard", "bbox_inside_weights_hard", "bbox_outside_weights_hard"];
        let Some(which) = names.iter().position(|other| *other == name) else { return Ok(()) };
        let class =
            |value: Number| (0_u32..).take(self.num_classes).find(|&class| f64::from(class) == value.0);
        let compact = self.bbox_targets_compact.iter().flatten();
        let targets = compact.map(|&[k, dx, dy, dw, dh]| Some((class(k)?, [dx, dy, dw, dh].map(Number::to))));
        let targets: Vec<(u32, [f32; 4])> =
            targets.collect::<Option<_>>().ok_or("a target has an unknown class")?;
        let targets: Vec<_> = targets.into_iter().map(|(class, target)| (class_of(class), target)).collect();
        let blobs = expanded_rows::<f32, P>(selected, &targets, &ExpandConfig::new(self.num_classes));
        same(&format!("nms_ge: {name}, expanded"), &blobs[which], gathered)
    }

    fn blob(&self, name: &str, rois: &Written) -> Result<Blob, String> {
        let ones = [1.; 4];
        match name {
            "rois_hard" => Ok(Blob {
                values: rois.rois.iter().flatten().map(|value| value.to()).collect(),
                width: 5,
                is_column: false,
            }),
            "labels_hard" => {
                let values = rois.labels.iter().map(|&label| f32::from_f64(label.into())).collect();
                Ok(Blob { values, width: 1, is_column: true })
            }
            "bbox_targets_hard" => self.expanded(|target| target),
            "bbox_inside_weights_hard" | "bbox_outside_weights_hard" => self.expanded(|_| ones),
            _ => Err(format!("{name}: a blob of no known kind")),
        }
    }

    /// Puts four values into the columns of each RoI's class; background has none.
    fn expanded(&self, values: impl Fn([f32; 4]) -> [f32; 4]) -> Result<Blob, String> {
        let compact = self.bbox_targets_compact.as_ref().ok_or("expected targets, found nothing")?;
        let width = 4 * self.num_classes;
        let mut table = vec![0.; compact.len() * width];
        for (&[class, dx, dy, dw, dh], row) in compact.iter().zip(table.chunks_mut(width)) {
            let columns = row.chunks_mut(4).zip(0_u32..).skip(1).find(|(_, k)| f64::from(*k) == class.0);
            if let Some((columns, _)) = columns {
                columns.copy_from_slice(&values([dx, dy, dw, dh].map(Number::to)));
            }
        }
        Ok(Blob { values: table, width, is_column: false })
    }
}

impl Digest {
    /// Checks values of a shape.
    pub(crate) fn check(&self, shape: &[usize], values: &[f32]) -> Outcome {
        same("shape", shape, &self.shape)?;
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        equal("crc32", crc32fast::hash(&bytes), self.crc32)?;
        near("sum", values.iter().map(|&value| f64::from(value)).sum(), self.sum, 1e-9, 1.)
    }
}

impl Rows {
    fn flat(&self) -> Vec<f32> {
        match self {
            Self::Column(column) => column.iter().map(|value| value.to()).collect(),
            Self::Table(rows) => rows.iter().flatten().map(|value| value.to()).collect(),
        }
    }
}
