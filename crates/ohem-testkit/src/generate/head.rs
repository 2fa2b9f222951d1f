//! Tables of logits or probabilities.

use ohem_core::Float;

use crate::compare::rounded;

/// A table with a label for each row.
#[derive(Clone, Debug)]
pub struct Head {
    /// Row by row.
    pub values: Vec<f64>,
    /// How many values a row has.
    pub columns: usize,
    /// The label of each row.
    pub labels: Vec<u32>,
}

impl Head {
    /// Each row, rounded to a float type, with its label.
    pub fn rows<F: Float>(&self) -> Vec<(Vec<f64>, usize)> {
        let rounded = rounded::<F>(&self.values);
        let rows = rounded.chunks(self.columns).map(<[f64]>::to_vec);
        rows.zip(&self.labels).map(|(row, &label)| (row, label as usize)).collect()
    }
}
