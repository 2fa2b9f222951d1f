//! Where errors are looked for: all bits, moderate numbers, near cancellation, the ends of the range.

use ohem_core::Float;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// A source of numbers of a float type, as `f64`.
pub(crate) struct Inputs<F> {
    rng: SmallRng,
    of: core::marker::PhantomData<F>,
}

impl<F: Float> Inputs<F> {
    pub(crate) fn new(seed: u64) -> Self {
        Self { rng: SmallRng::seed_from_u64(seed), of: core::marker::PhantomData }
    }

    /// Uniform between two numbers.
    pub(crate) fn between(&mut self, from: f64, to: f64) -> f64 {
        rounded::<F>(self.rng.random_range(from..=to))
    }

    /// A number below this.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.rng.random_range(0..count)
    }

    /// Any finite float, by its bits.
    pub(crate) fn any(&mut self) -> f64 {
        loop {
            let value = F::from_u64(self.rng.random::<u64>() >> if size_of::<F>() == 4 { 32 } else { 0 });
            if value.is_finite() {
                return value.to_f64();
            }
        }
    }

    /// Positive, between two powers of two, their exponents uniform.
    pub(crate) fn power(&mut self, from: f64, to: f64) -> f64 {
        rounded::<F>(self.rng.random_range(from..to).exp2())
    }

    /// Either sign.
    pub(crate) fn signed(&mut self, value: f64) -> f64 {
        if self.rng.random() { value } else { -value }
    }

    /// A logit: of trained networks, of confident ones, up to where a loss vanishes, or any.
    pub(crate) fn logit(&mut self) -> f64 {
        let vanishing = if size_of::<F>() == 4 { 110.0 } else { 760.0 };
        match self.below(8) {
            0..3 => self.between(-8.0, 8.0),
            3..5 => self.between(-40.0, 40.0),
            5 => self.between(-vanishing, vanishing),
            6 => {
                let size = self.power(-60.0, 10.0);
                self.signed(size)
            }
            _ => self.any(),
        }
    }

    /// A target for a logit: 0, 1, near them, near its sigmoid, or between.
    pub(crate) fn target(&mut self, logit: f64) -> f64 {
        match self.below(8) {
            0 => 0.0,
            1 => 1.0,
            2 => self.power(-140.0, 0.0),
            3 => rounded::<F>(1.0 - self.power(-30.0, 0.0)).clamp(0.0, 1.0),
            4 => rounded::<F>(1.0 - f64::from(self.rng.random_range(0..9_u8)) * F::epsilon().to_f64() / 2.0),
            5 => {
                let sigmoid = 1.0 / (1.0 + (-logit).exp());
                rounded::<F>(sigmoid * (1.0 + self.between(-4.0, 4.0) * F::epsilon().to_f64()))
                    .clamp(0.0, 1.0)
            }
            _ => self.between(0.0, 1.0),
        }
    }

    /// A row of up to 24 logits within this distance.
    pub(crate) fn row(&mut self, spread: f64) -> Vec<f64> {
        let columns = 1 + self.below(24);
        (0..columns).map(|_| self.between(-spread / 2.0, spread / 2.0)).collect()
    }

    /// A probability: any, near 0, near 1.
    pub(crate) fn probability(&mut self) -> f64 {
        match self.below(5) {
            0 => self.between(0.0, 1.0),
            1 => self.power(-140.0, 0.0),
            2 => rounded::<F>(1.0 - self.power(-54.0, 0.0)),
            3 => [0.0, 1.0, f64::EPSILON, rounded::<F>(f64::MIN_POSITIVE)][self.below(4)],
            _ => self.any().abs(),
        }
    }

    /// A difference, and where its square turns into a line: any two, near each other, moderate ones.
    pub(crate) fn difference_and_beta(&mut self) -> (f64, f64) {
        match self.below(4) {
            0 => (self.any(), self.any().abs()),
            1 => {
                let (beta, part) = (self.any().abs(), self.between(-2.0, 2.0));
                (rounded::<F>(beta * part).clamp(F::min_value().to_f64(), F::max_value().to_f64()), beta)
            }
            2 => {
                let beta = self.any().abs();
                (rounded::<F>(beta * self.power(-40.0, 1.0)).min(F::max_value().to_f64()), beta)
            }
            _ => (self.between(-4.0, 4.0), [0.0, 1.0 / 9.0, 1.0].map(rounded::<F>)[self.below(3)]),
        }
    }

    /// Deltas, targets, inside and outside weights of a box, and `beta`: nothing leaves the range on the way.
    pub(crate) fn boxes(&mut self) -> ([[f64; 4]; 4], f64) {
        let deltas = [(); 4].map(|()| {
            let size = self.power(-10.0, 4.0);
            self.signed(size)
        });
        let targets = deltas.map(|delta| match self.below(3) {
            0 => 0.0,
            1 => rounded::<F>(delta * (1.0 + self.between(-8.0, 8.0) * F::epsilon().to_f64())),
            _ => self.between(-4.0, 4.0),
        });
        let mut weights = || [(); 4].map(|()| if self.below(4) == 0 { 0.0 } else { self.power(-8.0, 8.0) });
        let (inside, outside) = (weights(), weights());
        ([deltas, targets, inside, outside], self.power(-8.0, 8.0))
    }
}

/// As the float type has it.
pub(crate) fn rounded<F: Float>(value: f64) -> f64 {
    F::from_f64(value).to_f64()
}
