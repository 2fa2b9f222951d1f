//! Stochastic gradient descent.

use ohem_core::Float;

use crate::backward::Trainer;
use crate::head::DetectionHead;

/// Stochastic gradient descent with momentum, weight decay, and a maximum norm of the gradient.
///
/// ```
/// use ohem_head::Sgd;
///
/// let sgd = Sgd::new(0.02_f32).max_norm(10.0);
/// assert_eq!((sgd.momentum, sgd.weight_decay, sgd.max_norm), (0.9, 5e-4, 10.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sgd<F> {
    /// The learning rate, by which the momentum is multiplied before it is subtracted from the weights.
    pub rate: F,
    /// The share of the momentum that is left in the next step.
    pub momentum: F,
    /// The share of each weight that is added to its gradient. Biases do not decay, as in the original.
    pub weight_decay: F,
    /// Maximum Euclidean norm of the gradient. A longer gradient is scaled down before decay is added.
    pub max_norm: F,
}

impl<F: Float> Sgd<F> {
    /// Uses the original's momentum of 0.9 and weight decay of 5e-4, and no maximum norm.
    pub fn new(rate: F) -> Self {
        let (momentum, weight_decay) = (F::from_f64(0.9), F::from_f64(5e-4));
        Self { rate, momentum, weight_decay, max_norm: F::infinity() }
    }

    /// Sets the share of the momentum that is left in the next step.
    pub fn momentum(self, momentum: F) -> Self {
        Self { momentum, ..self }
    }

    /// Sets the weight decay.
    pub fn weight_decay(self, weight_decay: F) -> Self {
        Self { weight_decay, ..self }
    }

    /// Sets the maximum norm of the gradient.
    pub fn max_norm(self, max_norm: F) -> Self {
        Self { max_norm, ..self }
    }
}

impl<F: Float, const IN: usize, const H1: usize, const H2: usize, const CLASSES: usize>
    Trainer<F, IN, H1, H2, CLASSES>
{
    /// Moves the head down the gradient, resets the gradient to 0, and returns its norm. O(weights).
    ///
    /// ```
    /// use ohem_head::{DetectionHead, Sgd, Trainer};
    ///
    /// let mut head = DetectionHead::<f64, 1, 1, 1, 1>::filled(1.0);
    /// let mut trainer = Trainer::filled(2.0);
    /// let norm = trainer.step(&mut head, &Sgd::new(0.5).momentum(0.25).weight_decay(0.0));
    /// assert_eq!(norm, (14.0_f64 * 4.0).sqrt());
    /// assert_eq!(head.biases()[0], [1.0 - 0.5 * (0.25 * 2.0 + 2.0)]);
    /// ```
    pub fn step(&mut self, head: &mut DetectionHead<F, IN, H1, H2, CLASSES>, sgd: &Sgd<F>) -> F {
        let norm = self.norm();
        let scale = if norm > sgd.max_norm { sgd.max_norm / norm } else { F::one() };
        let (gradients, velocities) = (self.gradient.weights_mut(), self.velocity.weights_mut());
        for ((weights, gradients), velocities) in
            head.weights_mut().into_iter().zip(gradients).zip(velocities)
        {
            for ((weight, gradient), velocity) in weights.iter_mut().zip(gradients).zip(velocities) {
                *velocity = *velocity * sgd.momentum + (*gradient * scale + sgd.weight_decay * *weight);
                *weight = *weight - sgd.rate * *velocity;
                *gradient = F::zero();
            }
        }
        let (gradients, velocities) = (self.gradient.biases_mut(), self.velocity.biases_mut());
        for ((biases, gradients), velocities) in head.biases_mut().into_iter().zip(gradients).zip(velocities)
        {
            for ((bias, gradient), velocity) in biases.iter_mut().zip(gradients).zip(velocities) {
                *velocity = *velocity * sgd.momentum + *gradient * scale;
                *bias = *bias - sgd.rate * *velocity;
                *gradient = F::zero();
            }
        }
        norm
    }

    /// The Euclidean norm of the gradient.
    fn norm(&self) -> F {
        let all = self.gradient.weights().into_iter().chain(self.gradient.biases());
        all.fold(F::zero(), |sum, values| sum + sum_of_squares(values)).sqrt()
    }
}

/// Sums up squares in 8 partial sums, the `i`-th of every 8th square from the `i`-th, then adds those in order.
fn sum_of_squares<F: Float>(values: &[F]) -> F {
    let mut sums = [F::zero(); 8];
    for values in values.chunks(8) {
        for (sum, &x) in sums.iter_mut().zip(values) {
            *sum = *sum + x * x;
        }
    }
    sums.into_iter().fold(F::zero(), |total, sum| total + sum)
}
