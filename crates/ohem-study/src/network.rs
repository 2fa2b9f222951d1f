//! Heads of several sizes behind one trait.

use ohem_core::kernel::Simd;
use ohem_head::{DetectionHead, HeadError, RowGradients, Sgd, Trainer};
use ohem_std::simd::{Work, run};
use rand::Rng;

use crate::error::StudyError;
use crate::sizes::CLASSES;

/// Outputs of the hidden layers.
const HIDDEN: [usize; 2] = [128, 64];

/// Scores and deltas of some RoIs.
#[derive(Debug, Default)]
pub(crate) struct Predictions {
    /// Rows of one score for each class of the head.
    pub(crate) scores: Vec<f32>,
    /// Rows of four deltas for each class of the head.
    pub(crate) deltas: Vec<f32>,
}

/// A head in training, of any size.
pub(crate) trait Network {
    /// Number of classes of the head, with background and unused classes.
    fn classes(&self) -> usize;
    /// Computes the scores and deltas of RoIs from their rows of features.
    fn forward(&self, features: &[f32], out: &mut Predictions);
    /// Takes a step down the gradient of some of the RoIs.
    fn learn(&mut self, features: &[f32], rows: &RowGradients<'_, f32>, sgd: &Sgd<f32>);
}

/// Makes a head for a number of features and of classes without background.
pub(crate) fn network(
    width: usize,
    classes: usize,
    generator: &mut impl Rng,
) -> Result<Box<dyn Network>, StudyError> {
    let sizes = CLASSES.into_iter().filter(|&size| size > classes).min();
    let size = sizes.filter(|_| classes > 0).ok_or(StudyError::Classes(classes))?;
    Ok(match (width, size) {
        (48, 4) => SizedNetwork::<48, 4>::boxed(classes, generator),
        (48, 21) => SizedNetwork::<48, 21>::boxed(classes, generator),
        (96, 4) => SizedNetwork::<96, 4>::boxed(classes, generator),
        (96, 21) => SizedNetwork::<96, 21>::boxed(classes, generator),
        (128, 4) => SizedNetwork::<128, 4>::boxed(classes, generator),
        (128, 21) => SizedNetwork::<128, 21>::boxed(classes, generator),
        _ => return Err(StudyError::Width(width)),
    })
}

/// A head of a fixed size.
struct SizedNetwork<const IN: usize, const SIZE: usize> {
    head: DetectionHead<f32, IN, { HIDDEN[0] }, { HIDDEN[1] }, SIZE>,
    trainer: Trainer<f32, IN, { HIDDEN[0] }, { HIDDEN[1] }, SIZE>,
}

impl<const IN: usize, const SIZE: usize> SizedNetwork<IN, SIZE> {
    fn boxed(classes: usize, generator: &mut impl Rng) -> Box<dyn Network> {
        let mut network = Box::new(Self { head: DetectionHead::filled(0.0), trainer: Trainer::filled(0.0) });
        network.head.randomize(generator);
        network.head.keep_classes(classes + 1);
        network
    }
}

impl<const IN: usize, const SIZE: usize> Network for SizedNetwork<IN, SIZE> {
    fn classes(&self) -> usize {
        SIZE
    }

    fn forward(&self, features: &[f32], out: &mut Predictions) {
        let inputs = features.as_chunks().0;
        out.scores.resize(SIZE * inputs.len(), 0.0);
        out.deltas.resize(4 * SIZE * inputs.len(), 0.0);
        run(Forward { network: self, inputs, out }).expect("each RoI has a row");
    }

    fn learn(&mut self, features: &[f32], rows: &RowGradients<'_, f32>, sgd: &Sgd<f32>) {
        let inputs = features.as_chunks().0;
        run(Backward { network: self, inputs, rows }).expect("each selected RoI has a row");
        self.trainer.step(&mut self.head, sgd);
    }
}

/// A forward pass, to be run on the machine's best instruction set.
struct Forward<'a, const IN: usize, const SIZE: usize> {
    network: &'a SizedNetwork<IN, SIZE>,
    inputs: &'a [[f32; IN]],
    out: &'a mut Predictions,
}

impl<const IN: usize, const SIZE: usize> Work for Forward<'_, IN, SIZE> {
    type Output = Result<(), HeadError>;

    fn on<S: Simd>(self, simd: S) -> Self::Output {
        self.network.head.forward(simd, self.inputs, &mut self.out.scores, &mut self.out.deltas)
    }
}

/// A backward pass, to be run on the machine's best instruction set.
struct Backward<'a, const IN: usize, const SIZE: usize> {
    network: &'a mut SizedNetwork<IN, SIZE>,
    inputs: &'a [[f32; IN]],
    rows: &'a RowGradients<'a, f32>,
}

impl<const IN: usize, const SIZE: usize> Work for Backward<'_, IN, SIZE> {
    type Output = Result<(), HeadError>;

    fn on<S: Simd>(self, simd: S) -> Self::Output {
        self.network.trainer.backward(simd, &self.network.head, self.inputs, self.rows)
    }
}
