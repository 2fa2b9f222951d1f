//! The tables of real RoIs that `ohem_real` speaks of: found, verified, and their losses computed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ohem_core::Float as _;
use sha2::{Digest as _, Sha256};

use super::folder;
use crate::support::number::Number;
use crate::support::table::Written;

/// Finds the tables: where `OHEM_REAL` says, or in `shared/data/real` beside the workspace.
pub(crate) fn folder() -> Result<Option<PathBuf>, String> {
    Ok(folder::named("OHEM_REAL")?.or_else(|| folder::find("shared/data/real")))
}

/// A table as its file has it: the cells by the names of their columns.
pub(crate) struct Cells {
    columns: BTreeMap<String, usize>,
    rows: Vec<csv::StringRecord>,
}

impl Cells {
    /// Reads a table whose bytes have this SHA-256.
    pub(crate) fn read(file: &Path, sha256: &str) -> Result<Self, String> {
        let told = |what: &dyn core::fmt::Display| format!("{}: {what}", file.display());
        let bytes = fs::read(file).map_err(|error| told(&error))?;
        let found: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if found != sha256 {
            return Err(told(&format!("its SHA-256 is {found}, not {sha256}")));
        }
        let mut reader = csv::Reader::from_reader(&bytes[..]);
        let header = reader.headers().map_err(|error| told(&error))?;
        let columns = header.iter().map(str::to_owned).zip(0..).collect();
        let rows = reader.records().collect::<Result<_, _>>().map_err(|error| told(&error))?;
        Ok(Self { columns, rows })
    }

    /// The RoIs of some images, in the file's order, each with its loss: `"cls"` or `"cls+loc"`.
    pub(crate) fn rois(&self, images: &[u32], loss: &str) -> Result<Written, String> {
        let with_loc = match loss {
            "cls" => false,
            "cls+loc" => true,
            _ => return Err(format!("{loss}: no known loss")),
        };
        let mut written = Written { rois: Vec::new(), labels: Vec::new(), loss: Vec::new() };
        for row in &self.rows {
            let row = Row { columns: &self.columns, row };
            if images.contains(&row.cell("image_id")?) {
                let mut corners = [Number(0.); 5];
                for (corner, name) in corners.iter_mut().zip(["image_id", "x1", "y1", "x2", "y2"]) {
                    *corner = Number(row.cell(name)?);
                }
                written.rois.push(corners);
                written.labels.push(row.cell("label")?);
                written.loss.push(Number(row.loss(with_loc)?));
            }
        }
        Ok(written)
    }
}

struct Row<'a> {
    columns: &'a BTreeMap<String, usize>,
    row: &'a csv::StringRecord,
}

impl Row<'_> {
    fn cell<T: core::str::FromStr>(&self, name: &str) -> Result<T, String> {
        let cell = self.columns.get(name).and_then(|&column| self.row.get(column));
        cell.and_then(|cell| cell.parse().ok()).ok_or_else(|| format!("no good {name} in a row"))
    }

    /// A cell as the f32 that the network put out.
    fn narrow(&self, name: &str) -> Result<f64, String> {
        Ok(f32::from_f64(self.cell(name)?).into())
    }

    /// The original's loss, in f64.
    ///
    /// Cross-entropy of a clamped probability, and the smooth L1 of an object's deltas.
    fn loss(&self, with_loc: bool) -> Result<f64, String> {
        let label: u32 = self.cell("label")?;
        let mut loss = -self.narrow(&format!("p{label}"))?.max(f64::EPSILON).ln();
        if with_loc && label > 0 {
            for delta in ["dx", "dy", "dw", "dh"] {
                let off = self.narrow(&format!("pred_{delta}"))? - self.narrow(&format!("tgt_{delta}"))?;
                loss += smooth_l1(off.abs());
            }
        }
        Ok(loss)
    }
}

fn smooth_l1(off: f64) -> f64 {
    if off < 1. { 0.5 * off * off } else { off - 0.5 }
}
