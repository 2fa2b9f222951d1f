//! The head, whatever its size.

use ohem_core::simd::Simd;
use ohem_head::{Head, HeadError, Rows, Sgd, Trainer};
use ohem_std::simd::{Work, run};
use rand::Rng;

use crate::StudyError;

/// How many features a RoI may have.
pub const WIDTHS: [usize; 3] = [48, 96, 128];

/// For how many classes there are heads, background among them; others take the next larger.
pub const CLASSES: [usize; 2] = [4, 21];

/// The hidden layers.
const HIDDEN: [usize; 2] = [128, 64];

/// What scores, and moves, the boxes of some RoIs.
#[derive(Debug, Default)]
pub(crate) struct Predictions {
    /// A column for each class of the head.
    pub(crate) scores: Vec<f32>,
    /// Four for each.
    pub(crate) deltas: Vec<f32>,
}

/// A head in training, whatever its size.
pub(crate) trait Network {
    /// How many classes it has, background and those never given among them.
    fn classes(&self) -> usize;
    /// Computes scores and deltas of RoIs, a row of features each.
    fn forward(&self, features: &[f32], out: &mut Predictions);
    /// Takes a step down the gradient of some of the RoIs.
    fn learn(&mut self, features: &[f32], rows: &Rows<'_, f32>, sgd: &Sgd<f32>);
}

/// Makes a head for so many features and classes without background.
pub(crate) fn network(
    width: usize,
    classes: usize,
    generator: &mut impl Rng,
) -> Result<Box<dyn Network>, StudyError> {
    let sizes = CLASSES.into_iter().filter(|&size| size > classes).min();
    let size = sizes.filter(|_| classes > 0).ok_or(StudyError::Classes(classes))?;
    Ok(match (width, size) {
        (48, 4) => OfSize::<48, 4>::boxed(classes, generator),
        (48, 21) => OfSize::<48, 21>::boxed(classes, generator),
        (96, 4) => OfSize::<96, 4>::boxed(classes, generator),
        (96, 21) => OfSize::<96, 21>::boxed(classes, generator),
        (128, 4) => OfSize::<128, 4>::boxed(classes, generator),
        (128, 21) => OfSize::<128, 21>::boxed(classes, generator),
        _ => return Err(StudyError::Width(width)),
    })
}

/// A head of a certain size.
struct OfSize<const IN: usize, const SIZE: usize> {
    head: Head<f32, IN, { HIDDEN[0] }, { HIDDEN[1] }, SIZE>,
    trainer: Trainer<f32, IN, { HIDDEN[0] }, { HIDDEN[1] }, SIZE>,
}

impl<const IN: usize, const SIZE: usize> OfSize<IN, SIZE> {
    fn boxed(classes: usize, generator: &mut impl Rng) -> Box<dyn Network> {
        let mut network = Box::new(Self { head: Head::filled(0.0), trainer: Trainer::filled(0.0) });
        network.head.randomize(generator);
        network.head.keep_classes(classes + 1);
        network
    }
}

impl<const IN: usize, const SIZE: usize> Network for OfSize<IN, SIZE> {
    fn classes(&self) -> usize {
        SIZE
    }

    fn forward(&self, features: &[f32], out: &mut Predictions) {
        let inputs = features.as_chunks().0;
        out.scores.resize(SIZE * inputs.len(), 0.0);
        out.deltas.resize(4 * SIZE * inputs.len(), 0.0);
        run(Forward { network: self, inputs, out }).expect("there is a row for each RoI");
    }

    fn learn(&mut self, features: &[f32], rows: &Rows<'_, f32>, sgd: &Sgd<f32>) {
        let inputs = features.as_chunks().0;
        run(GradientSpec { network: self, inputs, rows }).expect("there is a row for each RoI selected");
        self.trainer.step(&mut self.head, sgd);
    }
}

struct Forward<'a, const IN: usize, const SIZE: usize> {
    network: &'a OfSize<IN, SIZE>,
    inputs: &'a [[f32; IN]],
    out: &'a mut Predictions,
}

impl<const IN: usize, const SIZE: usize> Work for Forward<'_, IN, SIZE> {
    type Output = Result<(), HeadError>;

    fn on<S: Simd>(self, simd: S) -> Self::Output {
        self.network.head.forward(simd, self.inputs, &mut self.out.scores, &mut self.out.deltas)
    }
}

struct GradientSpec<'a, const IN: usize, const SIZE: usize> {
    network: &'a mut OfSize<IN, SIZE>,
    inputs: &'a [[f32; IN]],
    rows: &'a Rows<'a, f32>,
}

impl<const IN: usize, const SIZE: usize> Work for GradientSpec<'_, IN, SIZE> {
    type Output = Result<(), HeadError>;

    fn on<S: Simd>(self, simd: S) -> Self::Output {
        self.network.trainer.backward(simd, &self.network.head, self.inputs, self.rows)
    }
}
