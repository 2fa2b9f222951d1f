//! The backward pass: from the gradient by scores and deltas to the gradient by weights and biases.

use ohem_core::Float;
use ohem_core::kernel::{Lanes, Simd};

use crate::block::BLOCK;
use crate::error::{HeadError, check_blocks, check_table};
use crate::forward::HiddenActivations;
use crate::head::DetectionHead;
use crate::product::add_product;
use crate::row::{Row, transpose, transpose_back};

/// The RoIs to back-propagate, and the gradient of the loss by their scores and deltas.
///
/// Both tables have a row for each index, in that order: `gathered` of ohem-core's gradients.
#[derive(Clone, Copy, Debug)]
pub struct RowGradients<'a, F> {
    /// The RoIs.
    pub indices: &'a [u32],
    /// The gradient by scores, a column for each class.
    pub by_scores: &'a [F],
    /// The gradient by deltas, four columns for each class.
    pub by_deltas: &'a [F],
}

/// The gradient of a head by its weights and biases, and the momentum of its steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Trainer<F, const IN: usize, const H1: usize, const H2: usize, const CLASSES: usize> {
    pub(crate) gradient: DetectionHead<F, IN, H1, H2, CLASSES>,
    pub(crate) velocity: DetectionHead<F, IN, H1, H2, CLASSES>,
}

impl<F: Float, const IN: usize, const H1: usize, const H2: usize, const CLASSES: usize>
    Trainer<F, IN, H1, H2, CLASSES>
{
    /// A trainer whose gradient and momentum have this value everywhere: 0 to begin a training.
    pub const fn filled(value: F) -> Self {
        Self { gradient: DetectionHead::filled(value), velocity: DetectionHead::filled(value) }
    }

    /// The gradient summed up since the last step.
    pub const fn gradient(&self) -> &DetectionHead<F, IN, H1, H2, CLASSES> {
        &self.gradient
    }

    /// Adds the gradient of some RoIs. O(rows x weights).
    ///
    /// The hidden activations are computed again, so no pass has to keep them. A row given twice counts twice.
    ///
    /// # Errors
    ///
    /// If an index is out of range, or a table does not have a row for each index.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::kernel::Portable;
    /// use ohem_head::{DetectionHead, RowGradients, Trainer};
    ///
    /// let head = DetectionHead::<f32, 1, 1, 1, 2>::filled(1.0); // activations 3, 4
    /// let mut trainer = Trainer::filled(0.0);
    /// let rows = RowGradients { indices: &[0], by_scores: &[0.5, 0.0], by_deltas: &[0.0; 8] };
    /// trainer.backward(Portable, &head, &[[2.0]], &rows)?;
    /// let [first, second, third] = trainer.gradient().weights();
    /// assert_eq!((first, second, &third[..2]), (&[1.0][..], &[1.5][..], &[2.0, 0.0][..]));
    /// # Ok::<(), ohem_head::HeadError>(())
    /// ```
    pub fn backward<S: Simd>(
        &mut self,
        simd: S,
        head: &DetectionHead<F, IN, H1, H2, CLASSES>,
        inputs: &[[F; IN]],
        rows: &RowGradients<'_, F>,
    ) -> Result<(), HeadError> {
        check_table("by_scores", rows.by_scores.len(), rows.indices.len(), CLASSES)?;
        check_table("by_deltas", rows.by_deltas.len(), rows.indices.len(), 4 * CLASSES)?;
        let beyond = rows.indices.iter().zip(0..).find(|(index, _)| **index as usize >= inputs.len());
        if let Some((&index, position)) = beyond {
            return Err(HeadError::Index { position, index, rows: inputs.len() });
        }
        simd.run(
            #[inline(always)]
            || self.selected::<F::Lanes<S>>(head, inputs, rows),
        );
        Ok(())
    }

    /// Adds the gradient of all RoIs of a forward pass, whose hidden activations were kept. O(n x weights).
    ///
    /// The result has the same bits as that of [`Self::backward`] with all RoIs in their order. For an example see
    /// [`DetectionHead::forward_kept`].
    ///
    /// # Errors
    ///
    /// If a table does not have a row for each RoI, or `kept` an entry for each block.
    pub fn backward_kept<S: Simd>(
        &mut self,
        simd: S,
        head: &DetectionHead<F, IN, H1, H2, CLASSES>,
        inputs: &[[F; IN]],
        kept: &[HiddenActivations<F, H1, H2>],
        by_scores: &[F],
        by_deltas: &[F],
    ) -> Result<(), HeadError> {
        check_table("by_scores", by_scores.len(), inputs.len(), CLASSES)?;
        check_table("by_deltas", by_deltas.len(), inputs.len(), 4 * CLASSES)?;
        check_blocks(kept.len(), inputs.len())?;
        simd.run(
            #[inline(always)]
            || {
                let gradients = blocks_of::<F, CLASSES>(by_scores, by_deltas);
                for ((inputs, hidden), (scores, deltas)) in inputs.chunks(BLOCK).zip(kept).zip(gradients) {
                    self.block::<F::Lanes<S>>(head, inputs, hidden, scores, deltas);
                }
            },
        );
        Ok(())
    }

    /// Adds the gradient of some RoIs block by block, computing their activations.
    #[inline(always)]
    fn selected<V: Lanes<Scalar = F>>(
        &mut self,
        head: &DetectionHead<F, IN, H1, H2, CLASSES>,
        inputs: &[[F; IN]],
        rows: &RowGradients<'_, F>,
    ) {
        let mut hidden = HiddenActivations::filled(F::zero());
        let gradients = blocks_of::<F, CLASSES>(rows.by_scores, rows.by_deltas);
        for (indices, (scores, deltas)) in rows.indices.chunks(BLOCK).zip(gradients) {
            let mut block = [[F::zero(); IN]; BLOCK];
            for (slot, &index) in block.iter_mut().zip(indices) {
                *slot = inputs.get(index as usize).copied().unwrap_or([F::zero(); IN]);
            }
            if let Some(inputs) = block.get(..indices.len()) {
                head.activate::<V>(inputs, &mut hidden);
                self.block::<V>(head, inputs, &hidden, scores, deltas);
            }
        }
    }

    /// Adds the gradient of up to a block of RoIs, given their activations and their gradient by scores and deltas.
    #[inline(always)]
    fn block<V: Lanes<Scalar = F>>(
        &mut self,
        head: &DetectionHead<F, IN, H1, H2, CLASSES>,
        inputs: &[[F; IN]],
        hidden: &HiddenActivations<F, H1, H2>,
        by_scores: &[F],
        by_deltas: &[F],
    ) {
        let mut outputs = [[[F::zero(); 5]; CLASSES]; BLOCK];
        let of_classes = by_scores.iter().zip(by_deltas.as_chunks().0);
        for (slot, (&score, &[x, y, w, h])) in outputs.as_flattened_mut().iter_mut().zip(of_classes) {
            *slot = [score, x, y, w, h];
        }
        let count = inputs.len().min(BLOCK);
        let (Some(slopes), Some(of_first), Some(of_second)) =
            (outputs.get(..count), hidden.first.get(..count), hidden.second.get(..count))
        else {
            return;
        };

        // From the last layer to the first: add the gradient of the layer, then pass it on to the layer's inputs.
        // Columns of RoIs make both a product of matrices over neighbouring floats.
        let DetectionHead { first, second, third } = &mut self.gradient;
        let (mut columns, mut below) = ([[F::zero(); BLOCK]; H2], [[F::zero(); H2]; BLOCK]);
        transpose(of_second, &mut columns);
        add_layer::<F, V, _>(&columns, slopes, &mut third.weights, &mut third.bias);
        let mut across = [[[F::zero(); BLOCK]; 5]; CLASSES];
        transpose(slopes, across.as_flattened_mut());
        through::<F, V, _, H2>(&head.third.weights, across.as_flattened(), &columns, &mut below);

        let slopes = below.get(..count).unwrap_or_default();
        let (mut columns, mut below) = ([[F::zero(); BLOCK]; H1], [[F::zero(); H1]; BLOCK]);
        transpose(of_first, &mut columns);
        add_layer::<F, V, _>(&columns, slopes, &mut second.weights, &mut second.bias);
        let mut across = [[F::zero(); BLOCK]; H2];
        transpose(slopes, &mut across);
        through::<F, V, _, H1>(&head.second.weights, &across, &columns, &mut below);

        let slopes = below.get(..count).unwrap_or_default();
        let mut columns = [[F::zero(); BLOCK]; IN];
        transpose(inputs, &mut columns);
        add_layer::<F, V, _>(&columns, slopes, &mut first.weights, &mut first.bias);
    }
}

/// Splits the gradients by scores and deltas by block.
#[inline(always)]
fn blocks_of<'a, F, const CLASSES: usize>(
    by_scores: &'a [F],
    by_deltas: &'a [F],
) -> impl Iterator<Item = (&'a [F], &'a [F])> {
    // The maximum is for heads without classes, which have no gradients to split.
    let by_scores = by_scores.chunks((BLOCK * CLASSES).max(1));
    by_scores.zip(by_deltas.chunks((BLOCK * 4 * CLASSES).max(1)))
}

/// Adds the gradient of a layer, given its inputs, a column for each RoI, and the gradient by its outputs.
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

/// Computes the gradient by a layer's inputs from that by its outputs, a column for each RoI.
///
/// The inputs come from ReLU: where one is 0, so is its gradient.
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
