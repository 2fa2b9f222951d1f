//! From the gradient by scores and deltas to that by weights.

use ohem_core::Float;
use ohem_core::simd::{Lanes, Simd};

use crate::error::check_table;
use crate::forward::Activations;
use crate::product::add_product;
use crate::row::{Row, transpose, transpose_back};
use crate::{BLOCK, Head, HeadError};

/// The RoIs to back-propagate, and the gradient of the loss by their scores and deltas.
///
/// The tables have a row for each index, in that order: ohem-core's `GradientSpec::gathered`.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a, F> {
    /// Which RoIs.
    pub indices: &'a [u32],
    /// The gradient by their scores, a column for each class.
    pub by_scores: &'a [F],
    /// The gradient by their deltas, four columns for each class.
    pub by_deltas: &'a [F],
}

/// The gradient of a head by its weights and biases, and the momentum of its steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Trainer<F, const IN: usize, const H1: usize, const H2: usize, const CLASSES: usize> {
    pub(crate) gradient: Head<F, IN, H1, H2, CLASSES>,
    pub(crate) velocity: Head<F, IN, H1, H2, CLASSES>,
}

impl<F: Float, const IN: usize, const H1: usize, const H2: usize, const CLASSES: usize>
    Trainer<F, IN, H1, H2, CLASSES>
{
    /// A trainer whose gradient and momentum are this value everywhere: 0, where a training begins.
    pub const fn filled(value: F) -> Self {
        Self { gradient: Head::filled(value), velocity: Head::filled(value) }
    }

    /// The gradient summed up since the last step.
    pub const fn gradient(&self) -> &Head<F, IN, H1, H2, CLASSES> {
        &self.gradient
    }

    /// Adds the gradient of some RoIs by the weights. O(rows x weights).
    ///
    /// Their activations are computed again, so none has to be kept. A row given twice counts twice.
    ///
    /// # Errors
    ///
    /// If an index names no RoI, or a table has not a row for each index.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::simd::Portable;
    /// use ohem_head::{Head, Rows, Trainer};
    ///
    /// let head = Head::<f32, 1, 1, 1, 2>::filled(1.0); // activations 3, 4
    /// let mut trainer = Trainer::filled(0.0);
    /// let rows = Rows { indices: &[0], by_scores: &[0.5, 0.0], by_deltas: &[0.0; 8] };
    /// trainer.backward(Portable, &head, &[[2.0]], &rows)?;
    /// let [first, second, third] = trainer.gradient().weights();
    /// assert_eq!((first, second, &third[..2]), (&[1.0][..], &[1.5][..], &[2.0, 0.0][..]));
    /// # Ok::<(), ohem_head::HeadError>(())
    /// ```
    pub fn backward<S: Simd>(
        &mut self,
        simd: S,
        head: &Head<F, IN, H1, H2, CLASSES>,
        inputs: &[[F; IN]],
        rows: &Rows<'_, F>,
    ) -> Result<(), HeadError> {
        check_table(rows.by_scores.len(), rows.indices.len(), CLASSES)?;
        check_table(rows.by_deltas.len(), rows.indices.len(), 4 * CLASSES)?;
        let stray = rows.indices.iter().zip(0..).find(|(index, _)| **index as usize >= inputs.len());
        if let Some((&index, position)) = stray {
            return Err(HeadError::Index { position, index, rows: inputs.len() });
        }
        simd.run(
            #[inline(always)]
            || self.blocks::<F::Lanes<S>>(head, inputs, rows),
        );
        Ok(())
    }

    #[inline(always)]
    fn blocks<V: Lanes<Scalar = F>>(
        &mut self,
        head: &Head<F, IN, H1, H2, CLASSES>,
        inputs: &[[F; IN]],
        rows: &Rows<'_, F>,
    ) {
        let scores = rows.by_scores.chunks((BLOCK * CLASSES).max(1));
        let deltas = rows.by_deltas.chunks((BLOCK * 4 * CLASSES).max(1));
        for (indices, (scores, deltas)) in rows.indices.chunks(BLOCK).zip(scores.zip(deltas)) {
            let mut block = [[F::zero(); IN]; BLOCK];
            for (slot, &index) in block.iter_mut().zip(indices) {
                *slot = inputs.get(index as usize).copied().unwrap_or([F::zero(); IN]);
            }
            let mut slopes = [[[F::zero(); 5]; CLASSES]; BLOCK];
            let of_classes = scores.iter().zip(deltas.as_chunks().0);
            for (slot, (&score, &[x, y, w, h])) in slopes.as_flattened_mut().iter_mut().zip(of_classes) {
                *slot = [score, x, y, w, h];
            }
            let count = indices.len().min(BLOCK);
            if let (Some(inputs), Some(slopes)) = (block.get(..count), slopes.get(..count)) {
                self.block::<V>(head, inputs, slopes);
            }
        }
    }

    /// Adds the gradient of up to a block of RoIs, given that by their scores and deltas.
    #[inline(always)]
    fn block<V: Lanes<Scalar = F>>(
        &mut self,
        head: &Head<F, IN, H1, H2, CLASSES>,
        inputs: &[[F; IN]],
        slopes: &[[[F; 5]; CLASSES]],
    ) {
        let mut activations = Activations::new();
        head.activate::<V>(inputs, &mut activations);
        let Head { first, second, third } = &mut self.gradient;
        let (mut columns, mut below) = ([[F::zero(); BLOCK]; H2], [[F::zero(); H2]; BLOCK]);
        transpose(&activations.second, &mut columns);
        add_layer::<F, V, _>(&columns, slopes, &mut third.weights, &mut third.bias);
        let mut across = [[[F::zero(); BLOCK]; 5]; CLASSES];
        transpose(slopes, across.as_flattened_mut());
        through::<F, V, _, H2>(&head.third.weights, across.as_flattened(), &columns, &mut below);

        let slopes = below.get(..slopes.len()).unwrap_or_default();
        let (mut columns, mut below) = ([[F::zero(); BLOCK]; H1], [[F::zero(); H1]; BLOCK]);
        transpose(&activations.first, &mut columns);
        add_layer::<F, V, _>(&columns, slopes, &mut second.weights, &mut second.bias);
        let mut across = [[F::zero(); BLOCK]; H2];
        transpose(slopes, &mut across);
        through::<F, V, _, H1>(&head.second.weights, &across, &columns, &mut below);

        let slopes = below.get(..slopes.len()).unwrap_or_default();
        let mut columns = [[F::zero(); BLOCK]; IN];
        transpose(inputs, &mut columns);
        add_layer::<F, V, _>(&columns, slopes, &mut first.weights, &mut first.bias);
    }
}

/// Adds the gradient of a layer, given its inputs, a column for each RoI, and the slopes of its outputs.
#[inline(always)]
fn add_layer<F: Float, V: Lanes<Scalar = F>, R: Row<F>>(
    inputs: &[[F; BLOCK]],
    slopes: &[R],
    weights: &mut [R],
    bias: &mut R,
) {
    add_product::<F, V, _, _>(inputs, slopes, weights);
    for row in slopes {
        for (sum, &slope) in bias.flat_mut().iter_mut().zip(row.flat()) {
            *sum = *sum + slope;
        }
    }
}

/// Computes the slopes of a layer's inputs from those of its outputs, a column for each RoI.
///
/// The inputs come from ReLU: where one is 0, so is its slope.
#[inline(always)]
fn through<F: Float, V: Lanes<Scalar = F>, R: Row<F>, const IN: usize>(
    weights: &[R; IN],
    slopes: &[[F; BLOCK]],
    inputs: &[[F; BLOCK]; IN],
    below: &mut [[F; IN]; BLOCK],
) {
    let mut columns = [[F::zero(); BLOCK]; IN];
    add_product::<F, V, _, _>(weights, slopes, &mut columns);
    for (slope, &input) in columns.as_flattened_mut().iter_mut().zip(inputs.as_flattened()) {
        *slope = if input > F::zero() { *slope } else { F::zero() };
    }
    transpose_back(&columns, below);
}
