//! Losses and their gradients, of RoIs with 21 classes.

use core::hint::black_box;

use cortex_m::singleton;
use ohem_core::Float;
use ohem_core::loss::{self, Classes, GradientSpec, Layout, Regression};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::table::Table;

/// How many RoIs there are.
const ROIS: usize = 100;
/// How many classes.
const CLASSES: usize = 21;
/// Those back-propagated.
const SELECTED: [u32; 16] = [0, 6, 12, 18, 24, 30, 36, 42, 48, 54, 60, 66, 72, 78, 84, 90];

/// Tables of a row for each RoI.
struct Rows<F> {
    logits: [F; ROIS * CLASSES],
    boxes: [F; 4 * ROIS * CLASSES],
    targets: [F; 4 * ROIS * CLASSES],
    gradient: [F; 4 * ROIS * CLASSES],
    losses: [F; ROIS],
    labels: [u32; ROIS],
}

impl<F: Float> Rows<F> {
    const fn filled(value: F) -> Self {
        Self {
            logits: [value; ROIS * CLASSES],
            boxes: [value; 4 * ROIS * CLASSES],
            targets: [value; 4 * ROIS * CLASSES],
            gradient: [value; 4 * ROIS * CLASSES],
            losses: [value; ROIS],
            labels: [0; ROIS],
        }
    }

    /// Makes logits from -8 to 8, and labels of every class.
    fn fill(&mut self) {
        let mut rng = SmallRng::seed_from_u64(7);
        let mut draw = || F::from_f64(16.0 * rng.random::<f64>() - 8.0);
        let tables = self.logits.iter_mut().chain(&mut self.boxes).chain(&mut self.targets);
        tables.for_each(|value| *value = draw());
        self.labels.iter_mut().zip((0..CLASSES as u32).cycle()).for_each(|(slot, label)| *slot = label);
    }
}

/// Counts them all. Nothing if one was refused.
pub fn count(table: &Table) -> Option<()> {
    table.begin("losses, f32, 21 classes", "RoI");
    of_floats(table, singleton!(: Rows<f32> = Rows::filled(0.0))?)?;
    table.begin("losses, f64, 21 classes", "RoI");
    of_floats(table, singleton!(: Rows<f64> = Rows::filled(0.0))?)
}

fn of_floats<F: Float>(table: &Table, rows: &mut Rows<F>) -> Option<()> {
    rows.fill();
    let Rows { logits, boxes, targets, gradient, losses, labels } = rows;
    let (logits, labels) = (black_box(&*logits), black_box(&*labels));
    let (one, few) = (losses.get_mut(..1)?, SELECTED.len() as u64);
    table.row("softmax cross-entropy, one RoI", 1, || {
        let (logits, label) = (logits.first_chunk::<CLASSES>()?, labels.first_chunk::<1>()?);
        loss::cross_entropy(black_box(logits), Classes::new(CLASSES), label, one).ok()
    })?;
    table.row("softmax cross-entropy, 100 RoIs", ROIS as u64, || {
        loss::cross_entropy(logits, Classes::new(CLASSES), labels, losses).ok()
    })?;
    table.row("sigmoid cross-entropy, 100 RoIs", ROIS as u64, || {
        loss::sigmoid_cross_entropy(logits, Classes::new(CLASSES), labels, losses).ok()
    })?;
    let regression = Regression::new(labels.as_slice(), black_box(&*boxes), black_box(&*targets)).ok()?;
    table.row("smooth-L1 of boxes, 100 RoIs", ROIS as u64, || {
        loss::regression_losses(&regression, losses).ok()
    })?;

    let spec = black_box(GradientSpec::new(&SELECTED).layout(Layout::Gathered));
    let by_logits = gradient.get_mut(..SELECTED.len() * CLASSES)?;
    table.row("gradient of softmax, 16 RoIs selected", few, || {
        loss::cross_entropy_gradient(logits, Classes::new(CLASSES), labels, &spec, by_logits).ok()
    })?;
    let by_boxes = gradient.get_mut(..4 * SELECTED.len() * CLASSES)?;
    table.row("gradient of smooth-L1, 16 RoIs selected", few, || {
        loss::regression_gradient(&regression, &spec, by_boxes).ok()
    })
}
