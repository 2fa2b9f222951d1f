//! The loss of RoIs.

use ohem_std::loss::{self, Classes, Regression};

use crate::network::Predictions;

/// The loss of each RoI: cross-entropy, plus smooth L1 of its box.
pub(crate) fn losses(
    predictions: &Predictions,
    classes: usize,
    labels: &[u32],
    targets: &[[f32; 4]],
) -> Vec<f32> {
    let fits = "the head has every class, and a row for each RoI";
    let mut losses = loss::cross_entropy(&predictions.scores, Classes::new(classes), labels).expect(fits);
    let regression = Regression::new(labels, &predictions.deltas, targets.as_flattened()).expect(fits);
    loss::add_regression(&regression, &mut losses).expect(fits);
    losses
}
