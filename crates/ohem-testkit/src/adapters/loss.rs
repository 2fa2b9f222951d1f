//! Losses and gradients of a head's output. Any error panics.

mod binary;
mod boxes;
mod rows;

use ohem_core::Float;
use ohem_core::kernel::{Portable, Scalar};
use ohem_core::loss::{GradientSpec, Layout, smooth_l1};
use ohem_std::simd::Work;

pub use binary::Binary;
pub use boxes::{Boxes, Weights};
pub use rows::{Function, Gradient, Rows};

use super::{Core, Oracle, Std};
use crate::oracle;

/// One way to losses and gradients.
pub trait Losses {
    /// A loss for each row.
    fn rows<F: Float>(rows: &Rows<'_, F>) -> Vec<F>;

    /// Softmax cross-entropy of rows of logits.
    fn softmax<F: Float>(values: &[F], columns: usize, labels: &[u32]) -> Vec<F> {
        Self::rows(&Rows { function: Function::Softmax, values, columns, labels })
    }

    /// The original's cross-entropy of rows of probabilities.
    fn probability<F: Float>(values: &[F], columns: usize, labels: &[u32]) -> Vec<F> {
        Self::rows(&Rows { function: Function::Probability, values, columns, labels })
    }

    /// The gradient of the losses of some rows.
    fn gradient<F: Float>(gradient: &Gradient<'_, F>) -> Vec<F>;

    /// Binary cross-entropy of logits.
    fn binary<F: Float>(logits: &[F], targets: &[F]) -> Vec<F>;

    /// The gradient of the binary cross-entropy of some logits.
    fn binary_gradient<F: Float>(binary: &Binary<'_, F>, backward: &Backward<'_, F>) -> Vec<F>;

    /// Smooth L1 of differences.
    fn smooth_l1<F: Float>(differences: &[F], beta: F) -> Vec<F>;

    /// The loss of each box.
    fn boxes<F: Float>(boxes: &Boxes<'_, F>) -> Vec<F>;

    /// The loss of each box on top of that of its class.
    fn add_boxes<F: Float>(boxes: &Boxes<'_, F>, losses: &mut [F]);

    /// The gradient of the losses of some boxes.
    fn box_gradient<F: Float>(boxes: &Boxes<'_, F>, backward: &Backward<'_, F>) -> Vec<F>;
}

/// What a backward pass asks for.
#[derive(Clone, Copy, Debug)]
pub struct Backward<'a, F> {
    /// The rows selected.
    pub selected: &'a [u32],
    /// What gradients are multiplied by.
    pub scale: F,
    /// Whether there is a row for every index, in their order, and not for every RoI.
    pub gathered: bool,
}

impl<'a, F: Float> Backward<'a, F> {
    fn spec(&self) -> GradientSpec<'a, F> {
        let layout = if self.gathered { Layout::Gathered } else { Layout::Dense };
        GradientSpec::new(self.selected).scale(self.scale).layout(layout)
    }

    /// The number of values in a gradient.
    fn len(&self, rows: usize, columns: usize) -> usize {
        columns * if self.gathered { self.selected.len() } else { rows }
    }

    /// Lays out what the oracle finds for each row.
    fn lay_out(&self, rows: usize, columns: usize, of: impl Fn(usize) -> Vec<F>) -> Vec<F> {
        let scaled = |row: usize| of(row).into_iter().map(|slope| slope * self.scale).collect::<Vec<_>>();
        let selected: Vec<usize> = self.selected.iter().map(|&row| row as usize).collect();
        if self.gathered {
            return selected.into_iter().flat_map(scaled).collect();
        }
        let or_zeros = |row| if selected.contains(&row) { scaled(row) } else { vec![F::zero(); columns] };
        (0..rows).flat_map(or_zeros).collect()
    }
}

const FITS: &str = "the table fits";

/// Computes in vectors and one by one, which must give the same bits.
fn both<F: Float, W: Work<Output = Vec<F>> + Copy>(work: W) -> Vec<F> {
    let (losses, same) = (work.on(Portable), work.on(Scalar));
    assert_equal(&losses, &same);
    losses
}

fn assert_equal<F: Float>(vectors: &[F], alone: &[F]) {
    let equal = |(a, b): (&F, &F)| a == b || a.is_nan() && b.is_nan();
    assert_eq!(vectors.len(), alone.len());
    assert!(vectors.iter().zip(alone).all(equal), "{vectors:?} in vectors, {alone:?} one by one");
}

impl Losses for Oracle {
    fn rows<F: Float>(rows: &Rows<'_, F>) -> Vec<F> {
        rows.naive()
    }

    fn gradient<F: Float>(gradient: &Gradient<'_, F>) -> Vec<F> {
        gradient.naive()
    }

    fn binary<F: Float>(logits: &[F], targets: &[F]) -> Vec<F> {
        Binary { logits, targets }.naive()
    }

    fn binary_gradient<F: Float>(binary: &Binary<'_, F>, backward: &Backward<'_, F>) -> Vec<F> {
        binary.naive_gradient(backward)
    }

    fn smooth_l1<F: Float>(differences: &[F], beta: F) -> Vec<F> {
        differences.iter().map(|&x| oracle::loss::smooth_l1(x, beta)).collect()
    }

    fn boxes<F: Float>(boxes: &Boxes<'_, F>) -> Vec<F> {
        boxes.naive()
    }

    fn add_boxes<F: Float>(boxes: &Boxes<'_, F>, losses: &mut [F]) {
        losses.iter_mut().zip(boxes.naive()).for_each(|(sum, loss)| *sum = *sum + loss);
    }

    fn box_gradient<F: Float>(boxes: &Boxes<'_, F>, backward: &Backward<'_, F>) -> Vec<F> {
        boxes.naive_gradient(backward)
    }
}

impl Losses for Core {
    fn rows<F: Float>(rows: &Rows<'_, F>) -> Vec<F> {
        both(*rows)
    }

    fn gradient<F: Float>(gradient: &Gradient<'_, F>) -> Vec<F> {
        both(*gradient)
    }

    fn binary<F: Float>(logits: &[F], targets: &[F]) -> Vec<F> {
        let losses = both(Binary { logits, targets });
        if targets.iter().all(|&target| target == F::zero() || target == F::one()) {
            // A logit alone is a row, too.
            let labels: Vec<u32> = targets.iter().map(|&target| u32::from(target == F::one())).collect();
            let function = Function::Sigmoid;
            assert_equal(&both(Rows { function, values: logits, columns: 1, labels: &labels }), &losses);
        }
        losses
    }

    fn binary_gradient<F: Float>(binary: &Binary<'_, F>, backward: &Backward<'_, F>) -> Vec<F> {
        binary.core_gradient(backward)
    }

    fn smooth_l1<F: Float>(differences: &[F], beta: F) -> Vec<F> {
        let losses: Vec<F> = differences.iter().map(|&x| smooth_l1(x, beta)).collect();
        // Each one alone in the first column of a box.
        let (labels, zeros) = (vec![1; differences.len()], vec![F::zero(); 4 * differences.len()]);
        let boxes: Vec<F> = differences.iter().flat_map(|&x| [x, F::zero(), F::zero(), F::zero()]).collect();
        let boxes = Boxes { beta, ..Boxes::new(&labels, &boxes, &zeros) };
        assert_equal(&both(boxes), &losses);
        losses
    }

    fn boxes<F: Float>(boxes: &Boxes<'_, F>) -> Vec<F> {
        both(*boxes)
    }

    fn add_boxes<F: Float>(boxes: &Boxes<'_, F>, losses: &mut [F]) {
        boxes.core_add(losses);
    }

    fn box_gradient<F: Float>(boxes: &Boxes<'_, F>, backward: &Backward<'_, F>) -> Vec<F> {
        boxes.core_gradient(backward)
    }
}

impl Losses for Std {
    fn rows<F: Float>(rows: &Rows<'_, F>) -> Vec<F> {
        rows.std()
    }

    fn gradient<F: Float>(gradient: &Gradient<'_, F>) -> Vec<F> {
        gradient.std()
    }

    fn binary<F: Float>(logits: &[F], targets: &[F]) -> Vec<F> {
        Binary { logits, targets }.std()
    }

    fn binary_gradient<F: Float>(binary: &Binary<'_, F>, backward: &Backward<'_, F>) -> Vec<F> {
        binary.std_gradient(backward)
    }

    fn smooth_l1<F: Float>(differences: &[F], beta: F) -> Vec<F> {
        differences.iter().map(|&x| ohem_std::loss::smooth_l1(x, beta)).collect()
    }

    fn boxes<F: Float>(boxes: &Boxes<'_, F>) -> Vec<F> {
        let mut losses = vec![F::zero(); boxes.labels.len()];
        boxes.std_add(&mut losses);
        losses
    }

    fn add_boxes<F: Float>(boxes: &Boxes<'_, F>, losses: &mut [F]) {
        boxes.std_add(losses);
    }

    fn box_gradient<F: Float>(boxes: &Boxes<'_, F>, backward: &Backward<'_, F>) -> Vec<F> {
        boxes.std_gradient(backward)
    }
}
