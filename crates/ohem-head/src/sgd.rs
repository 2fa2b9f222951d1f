//! Steps down the gradient.

use ohem_core::Float;

use crate::{Head, Trainer};

/// Stochastic gradient descent with momentum and weight decay, and a limit to the gradient.
///
/// ```
/// use ohem_head::Sgd;
///
/// let sgd = Sgd::new(0.02_f32).largest_norm(10.0);
/// assert_eq!((sgd.momentum, sgd.weight_decay, sgd.largest_norm), (0.9, 5e-4, 10.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sgd<F> {
    /// What the momentum is multiplied by before it is taken off the weights.
    pub rate: F,
    /// How much of the momentum is left at the next step.
    pub momentum: F,
    /// How much of each weight is added to its gradient. Biases do not decay, as in the reference.
    pub weight_decay: F,
    /// A gradient whose Euclidean norm is larger is scaled down to it, before decay is added.
    pub largest_norm: F,
}

impl<F: Float> Sgd<F> {
    /// Momentum 0.9 and weight decay 5e-4, the reference's, and no limit to the gradient.
    pub fn new(rate: F) -> Self {
        let (momentum, weight_decay) = (F::from_f64(0.9), F::from_f64(5e-4));
        Self { rate, momentum, weight_decay, largest_norm: F::infinity() }
    }

    /// Keeps this much of the momentum.
    pub fn momentum(self, momentum: F) -> Self {
        Self { momentum, ..self }
    }

    /// Has weights decay by this much.
    pub fn weight_decay(self, weight_decay: F) -> Self {
        Self { weight_decay, ..self }
    }

    /// Limits the gradient.
    pub fn largest_norm(self, largest_norm: F) -> Self {
        Self { largest_norm, ..self }
    }
}

impl<F: Float, const IN: usize, const H1: usize, const H2: usize, const CLASSES: usize>
    Trainer<F, IN, H1, H2, CLASSES>
{
    /// Moves the head down the gradient, and makes that 0; returns the norm that it had. O(weights).
    ///
    /// ```
    /// use ohem_head::{Head, Sgd, Trainer};
    ///
    /// let mut head = Head::<f64, 1, 1, 1, 1>::filled(1.0);
    /// let mut trainer = Trainer::filled(2.0);
    /// let norm = trainer.step(&mut head, &Sgd::new(0.5).momentum(0.25).weight_decay(0.0));
    /// assert_eq!(norm, (14.0_f64 * 4.0).sqrt());
    /// assert_eq!(head.biases()[0], [1.0 - 0.5 * (0.25 * 2.0 + 2.0)]);
    /// ```
    pub fn step(&mut self, head: &mut Head<F, IN, H1, H2, CLASSES>, sgd: &Sgd<F>) -> F {
        let norm = self.norm();
        let scale = if norm > sgd.largest_norm { sgd.largest_norm / norm } else { F::one() };
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

/// Adds up squares: 8 partial sums, the `i`-th of every 8th square from the `i`-th on, then those in order.
fn sum_of_squares<F: Float>(values: &[F]) -> F {
    let mut sums = [F::zero(); 8];
    for values in values.chunks(8) {
        for (sum, &x) in sums.iter_mut().zip(values) {
            *sum = *sum + x * x;
        }
    }
    sums.into_iter().fold(F::zero(), |total, sum| total + sum)
}
