//! The weights and biases of a head.

use ohem_core::Float;
use rand_core::Rng;

/// A multilayer perceptron that scores RoIs and moves their boxes.
///
/// It has `IN` features, two hidden layers of `H1` and `H2` outputs with ReLU, and a score and four deltas for each of
/// `CLASSES` classes, background included. The same type holds the gradient.
#[derive(Clone, Debug, PartialEq)]
pub struct DetectionHead<F, const IN: usize, const H1: usize, const H2: usize, const CLASSES: usize> {
    pub(crate) first: Layer<[F; H1], IN>,
    pub(crate) second: Layer<[F; H2], H1>,
    /// The outputs of each class are its score and its deltas.
    pub(crate) third: Layer<[[F; 5]; CLASSES], H2>,
}

/// A layer whose outputs have the type `R`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layer<R, const IN: usize> {
    /// A row of outputs for each input.
    pub(crate) weights: [R; IN],
    pub(crate) bias: R,
}

impl<F: Float, const IN: usize, const H1: usize, const H2: usize, const CLASSES: usize>
    DetectionHead<F, IN, H1, H2, CLASSES>
{
    /// A head whose weights and biases all have this value.
    ///
    /// ```
    /// use ohem_head::DetectionHead;
    ///
    /// static mut HEAD: DetectionHead<f32, 8, 4, 4, 2> = DetectionHead::filled(0.0); // memory reserved by firmware
    /// ```
    pub const fn filled(value: F) -> Self {
        Self {
            first: Layer { weights: [[value; H1]; IN], bias: [value; H1] },
            second: Layer { weights: [[value; H2]; H1], bias: [value; H2] },
            third: Layer { weights: [[[value; 5]; CLASSES]; H2], bias: [[value; 5]; CLASSES] },
        }
    }

    /// A head with biases of 0, and weights drawn uniformly from -b to b, where b is sqrt(1 / inputs of the layer).
    ///
    /// The weights depend only on the numbers of the generator.
    ///
    /// ```
    /// use ohem_head::DetectionHead;
    /// use rand::{SeedableRng, rngs::SmallRng};
    ///
    /// let mut draw = |seed| DetectionHead::<f32, 8, 4, 4, 2>::random(&mut SmallRng::seed_from_u64(seed));
    /// assert_eq!(draw(1), draw(1));
    /// assert_ne!(draw(1), draw(2));
    /// ```
    pub fn random<R: Rng + ?Sized>(generator: &mut R) -> Self {
        let mut head = Self::filled(F::zero());
        head.randomize(generator);
        head
    }

    /// Sets weights and biases in place to those of [`DetectionHead::random`], without another head on the stack.
    ///
    /// ```
    /// use ohem_head::DetectionHead;
    /// use rand::{SeedableRng, rngs::SmallRng};
    ///
    /// let mut head = DetectionHead::<f32, 8, 4, 4, 2>::filled(1.0);
    /// head.randomize(&mut SmallRng::seed_from_u64(1));
    /// assert_eq!(head, DetectionHead::random(&mut SmallRng::seed_from_u64(1)));
    /// ```
    pub fn randomize<R: Rng + ?Sized>(&mut self, generator: &mut R) {
        let inputs = [IN, H1, H2];
        let [first, second, third] = self.weights_mut();
        for (weights, inputs) in [first, second, third].into_iter().zip(inputs) {
            let bound = F::from_f64(1.0 / inputs as f64).sqrt();
            for weight in weights {
                let even = F::from_u24(generator.next_u32() >> 8) / F::from_u24(1 << 23); // 0..2
                *weight = bound * (even - F::one());
            }
        }
        self.biases_mut().into_iter().for_each(|biases| biases.fill(F::zero()));
    }

    /// Keeps only the first classes. The score of the others is always minus infinity.
    ///
    /// Softmax ignores such a class, and its gradient is 0, so training does not change this.
    ///
    /// ```
    /// use ohem_core::kernel::Portable;
    /// use ohem_head::DetectionHead;
    ///
    /// let mut head = DetectionHead::<f32, 1, 4, 4, 3>::filled(0.0);
    /// head.keep_classes(2);
    /// let (mut scores, mut deltas) = ([0.0; 3], [0.0; 12]);
    /// head.forward(Portable, &[[1.0]], &mut scores, &mut deltas)?;
    /// assert_eq!(scores, [0.0, 0.0, f32::NEG_INFINITY]);
    /// # Ok::<(), ohem_head::HeadError>(())
    /// ```
    pub fn keep_classes(&mut self, classes: usize) {
        for [score, ..] in self.third.bias.iter_mut().skip(classes) {
            *score = F::neg_infinity();
        }
    }

    /// The weights of each layer, with a row of outputs for each input.
    pub fn weights(&self) -> [&[F]; 3] {
        let third = self.third.weights.as_flattened().as_flattened();
        [self.first.weights.as_flattened(), self.second.weights.as_flattened(), third]
    }

    /// The weights of each layer, mutable.
    pub fn weights_mut(&mut self) -> [&mut [F]; 3] {
        let third = self.third.weights.as_flattened_mut().as_flattened_mut();
        [self.first.weights.as_flattened_mut(), self.second.weights.as_flattened_mut(), third]
    }

    /// The biases of each layer.
    pub fn biases(&self) -> [&[F]; 3] {
        [&self.first.bias, &self.second.bias, self.third.bias.as_flattened()]
    }

    /// The biases of each layer, mutable.
    pub fn biases_mut(&mut self) -> [&mut [F]; 3] {
        [&mut self.first.bias, &mut self.second.bias, self.third.bias.as_flattened_mut()]
    }
}
