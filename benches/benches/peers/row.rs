//! The results: a row for each case, tier and peer.

use serde::Serialize;

/// A job and its input.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Case {
    /// `mine`, `nms`, `top_k`, `iou_matrix`, `iou_tile`, `iou_row` or `iou_columns`.
    pub(crate) job: &'static str,
    /// Number of RoIs, boxes, losses or rows of a matrix.
    pub(crate) n: usize,
    /// `f32` or `f64`.
    pub(crate) dtype: &'static str,
    /// How boxes are distributed and labelled.
    pub(crate) scene: String,
}

/// A peer's time and ohem's time on one tier.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    #[serde(flatten)]
    pub(crate) case: Case,
    pub(crate) tier: String,
    pub(crate) peer: &'static str,
    pub(crate) ours_ns: f64,
    pub(crate) peer_ns: f64,
    pub(crate) ratio: f64,
    /// Whether the answers are the same, or how they differ.
    pub(crate) answer: String,
}

/// Groups rows by case, in order.
pub(crate) fn cases(rows: &[Row]) -> impl Iterator<Item = &[Row]> {
    rows.chunk_by(|a, b| {
        let key = |row: &Row| (row.case.job, row.case.n, row.case.dtype, row.case.scene.clone());
        key(a) == key(b)
    })
}
