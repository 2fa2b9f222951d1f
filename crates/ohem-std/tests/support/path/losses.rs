//! Losses on each path. Any error panics.

use ohem_core::Float;
use ohem_core::loss::{self, Regression, Weights};
use ohem_core::simd::{Portable, Scalar};
use ohem_testkit::oracle::loss as naive;

use super::{Core, Reference, Std};

/// Deltas of boxes, `n x 4K` predicted and `n x 4` wanted, and how their columns are weighted.
pub(crate) struct Boxes<'a, F> {
    pub(crate) labels: &'a [u32],
    pub(crate) predictions: &'a [F],
    pub(crate) targets: &'a [F],
    pub(crate) inside: [F; 4],
    pub(crate) outside: [F; 4],
}

impl<'a, F: Float> Boxes<'a, F> {
    fn regression(&self) -> Regression<'a, F> {
        let boxes = Regression::new(self.labels, self.predictions, self.targets).expect("the tables fit");
        boxes.weights(Weights::Same(self.inside), Weights::Same(self.outside)).expect("any four will do")
    }

    fn naive(&self, row: usize) -> F {
        let label = self.labels[row] as usize;
        if label == 0 {
            return F::zero();
        }
        let width = self.predictions.len() / self.labels.len();
        let four =
            |values: &[F], from: usize| [values[from], values[from + 1], values[from + 2], values[from + 3]];
        let (prediction, target) =
            (four(self.predictions, row * width + 4 * label), four(self.targets, row * 4));
        naive::box_loss(prediction, target, self.inside, self.outside, F::one())
    }
}

/// One way to losses.
pub(crate) trait Losses {
    /// Softmax cross-entropy of rows of logits.
    fn softmax<F: Float>(logits: &[F], classes: usize, labels: &[u32]) -> Vec<F>;

    /// The original's cross-entropy of rows of probabilities.
    fn probability<F: Float>(probabilities: &[F], classes: usize, labels: &[u32]) -> Vec<F>;

    /// Binary cross-entropy of logits.
    fn binary<F: Float>(logits: &[F], targets: &[F]) -> Vec<F>;

    /// Smooth L1 of differences.
    fn smooth_l1<F: Float>(differences: &[F], beta: F) -> Vec<F>;

    /// The loss of each box.
    fn boxes<F: Float>(boxes: &Boxes<'_, F>) -> Vec<F>;

    /// The loss of each box on top of that of its class.
    fn add_boxes<F: Float>(boxes: &Boxes<'_, F>, losses: &mut [F]) {
        losses.iter_mut().zip(Self::boxes(boxes)).for_each(|(sum, loss)| *sum = *sum + loss);
    }
}

/// Computes in vectors and one by one, which must give the same bits.
fn both<F: Float>(count: usize, portable: impl FnOnce(&mut [F]), scalar: impl FnOnce(&mut [F])) -> Vec<F> {
    let (mut losses, mut same) = (vec![F::nan(); count], vec![F::nan(); count]);
    portable(&mut losses);
    scalar(&mut same);
    let equal = |(a, b): (&F, &F)| a == b || a.is_nan() && b.is_nan();
    assert!(losses.iter().zip(&same).all(equal), "{losses:?} in vectors, {same:?} one by one");
    losses
}

const FITS: &str = "the table fits";

impl Losses for Core {
    fn softmax<F: Float>(logits: &[F], classes: usize, labels: &[u32]) -> Vec<F> {
        both(
            labels.len(),
            |out| loss::cross_entropy(Portable, logits, classes, labels, out).expect(FITS),
            |out| loss::cross_entropy(Scalar, logits, classes, labels, out).expect(FITS),
        )
    }

    fn probability<F: Float>(probabilities: &[F], classes: usize, labels: &[u32]) -> Vec<F> {
        both(
            labels.len(),
            |out| loss::probability_cross_entropy(Portable, probabilities, classes, labels, out).expect(FITS),
            |out| loss::probability_cross_entropy(Scalar, probabilities, classes, labels, out).expect(FITS),
        )
    }

    fn binary<F: Float>(logits: &[F], targets: &[F]) -> Vec<F> {
        // A logit alone is a row, too.
        let labels: Vec<u32> = targets.iter().map(|&target| u32::from(target == F::one())).collect();
        let rows =
            |out: &mut [F]| loss::sigmoid_cross_entropy(Portable, logits, 1, &labels, out).expect(FITS);
        both(logits.len(), |out| loss::binary_cross_entropy(Scalar, logits, targets, out).expect(FITS), rows)
    }

    fn smooth_l1<F: Float>(differences: &[F], beta: F) -> Vec<F> {
        // Each one alone in the first column of a box.
        let (labels, zeros) = (vec![1; differences.len()], vec![F::zero(); 4 * differences.len()]);
        let boxes: Vec<F> = differences.iter().flat_map(|&x| [x, F::zero(), F::zero(), F::zero()]).collect();
        let regression = Regression::new(&labels, &boxes, &zeros).expect(FITS).beta(beta);
        both(
            labels.len(),
            |out| regression.losses(Portable, out).expect(FITS),
            |out| out.iter_mut().zip(differences).for_each(|(slot, &x)| *slot = loss::smooth_l1(x, beta)),
        )
    }

    fn boxes<F: Float>(boxes: &Boxes<'_, F>) -> Vec<F> {
        let regression = boxes.regression();
        both(
            boxes.labels.len(),
            |out| regression.losses(Portable, out).expect(FITS),
            |out| regression.losses(Scalar, out).expect(FITS),
        )
    }

    fn add_boxes<F: Float>(boxes: &Boxes<'_, F>, losses: &mut [F]) {
        boxes.regression().add_to(Portable, losses).expect(FITS);
    }
}

impl Losses for Std {
    fn softmax<F: Float>(logits: &[F], classes: usize, labels: &[u32]) -> Vec<F> {
        ohem_std::loss::cross_entropy(logits, classes, labels).expect(FITS)
    }

    fn probability<F: Float>(probabilities: &[F], classes: usize, labels: &[u32]) -> Vec<F> {
        ohem_std::loss::probability_cross_entropy(probabilities, classes, labels).expect(FITS)
    }

    fn binary<F: Float>(logits: &[F], targets: &[F]) -> Vec<F> {
        ohem_std::loss::binary_cross_entropy(logits, targets).expect(FITS)
    }

    fn smooth_l1<F: Float>(differences: &[F], beta: F) -> Vec<F> {
        differences.iter().map(|&x| ohem_std::loss::smooth_l1(x, beta)).collect()
    }

    fn boxes<F: Float>(boxes: &Boxes<'_, F>) -> Vec<F> {
        let mut losses = vec![F::zero(); boxes.labels.len()];
        ohem_std::loss::add_regression(&boxes.regression(), &mut losses).expect(FITS);
        losses
    }
}

impl Losses for Reference {
    fn softmax<F: Float>(logits: &[F], classes: usize, labels: &[u32]) -> Vec<F> {
        let rows = logits.chunks(classes).zip(labels);
        rows.map(|(row, &label)| naive::cross_entropy(row, label as usize)).collect()
    }

    fn probability<F: Float>(probabilities: &[F], classes: usize, labels: &[u32]) -> Vec<F> {
        let rows = probabilities.chunks(classes).zip(labels);
        rows.map(|(row, &label)| naive::probability_cross_entropy(row, label as usize)).collect()
    }

    fn binary<F: Float>(logits: &[F], targets: &[F]) -> Vec<F> {
        logits.iter().zip(targets).map(|(&x, &target)| naive::binary_cross_entropy(x, target)).collect()
    }

    fn smooth_l1<F: Float>(differences: &[F], beta: F) -> Vec<F> {
        differences.iter().map(|&x| naive::smooth_l1(x, beta)).collect()
    }

    fn boxes<F: Float>(boxes: &Boxes<'_, F>) -> Vec<F> {
        (0..boxes.labels.len()).map(|row| boxes.naive(row)).collect()
    }
}
