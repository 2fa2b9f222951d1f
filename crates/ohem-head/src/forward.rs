//! The forward pass: from features to scores and deltas.

use ohem_core::Float;
use ohem_core::kernel::{Lanes, Simd};

use crate::block::BLOCK;
use crate::error::{HeadError, check_blocks, check_table};
use crate::head::DetectionHead;
use crate::product::add_product;

/// The activations of both hidden layers for up to [`BLOCK`] RoIs.
///
/// [`DetectionHead::forward_kept`] writes them, and [`Trainer::backward_kept`](crate::Trainer::backward_kept) reads
/// them instead of computing them again.
#[derive(Clone, Copy, Debug)]
pub struct HiddenActivations<F, const H1: usize, const H2: usize> {
    pub(crate) first: [[F; H1]; BLOCK],
    pub(crate) second: [[F; H2]; BLOCK],
}

impl<F: Float, const H1: usize, const H2: usize> HiddenActivations<F, H1, H2> {
    /// Activations that all have this value, for memory that a forward pass overwrites.
    #[inline(always)]
    pub const fn filled(value: F) -> Self {
        Self { first: [[value; H1]; BLOCK], second: [[value; H2]; BLOCK] }
    }
}

impl<F: Float, const IN: usize, const H1: usize, const H2: usize, const CLASSES: usize>
    DetectionHead<F, IN, H1, H2, CLASSES>
{
    /// Writes the scores and deltas of every RoI. O(n x weights).
    ///
    /// `scores` has `CLASSES` columns and `deltas` four for each class, as the losses of ohem-core expect.
    ///
    /// # Errors
    ///
    /// If `scores` or `deltas` does not have a row for every RoI.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::kernel::Portable;
    /// use ohem_head::DetectionHead;
    ///
    /// let head = DetectionHead::<f32, 2, 2, 2, 2>::filled(1.0);
    /// let (mut scores, mut deltas) = ([0.0; 2], [0.0; 8]);
    /// head.forward(Portable, &[[1.0, 2.0]], &mut scores, &mut deltas)?;
    /// assert_eq!(scores, [19.0; 2]); // 1 + 2 (1 + 2 (1 + 1 + 2))
    /// # Ok::<(), ohem_head::HeadError>(())
    /// ```
    pub fn forward<S: Simd>(
        &self,
        simd: S,
        inputs: &[[F; IN]],
        scores: &mut [F],
        deltas: &mut [F],
    ) -> Result<(), HeadError> {
        check_table("scores", scores.len(), inputs.len(), CLASSES)?;
        check_table("deltas", deltas.len(), inputs.len(), 4 * CLASSES)?;
        simd.run(
            #[inline(always)]
            || {
                let mut hidden = HiddenActivations::filled(F::zero());
                let outputs = blocks_of::<F, CLASSES>(scores, deltas);
                for (inputs, (scores, deltas)) in inputs.chunks(BLOCK).zip(outputs) {
                    self.block::<F::Lanes<S>>(inputs, &mut hidden, scores, deltas);
                }
            },
        );
        Ok(())
    }

    /// Writes the scores and deltas of every RoI as [`Self::forward`] does, and keeps the hidden activations.
    ///
    /// `kept` has an entry for each [`BLOCK`] RoIs.
    ///
    /// # Errors
    ///
    /// If `scores` or `deltas` does not have a row for every RoI, or `kept` an entry for every block.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::kernel::Portable;
    /// use ohem_head::{DetectionHead, HiddenActivations, Trainer};
    ///
    /// let head = DetectionHead::<f32, 1, 1, 1, 2>::filled(1.0);
    /// let mut kept = [HiddenActivations::filled(0.0)];
    /// let (mut scores, mut deltas) = ([0.0; 2], [0.0; 8]);
    /// head.forward_kept(Portable, &[[2.0]], &mut kept, &mut scores, &mut deltas)?;
    /// assert_eq!(scores, [5.0; 2]);
    ///
    /// let mut trainer = Trainer::filled(0.0);
    /// trainer.backward_kept(Portable, &head, &[[2.0]], &kept, &[0.5, 0.0], &[0.0; 8])?;
    /// assert_eq!(trainer.gradient().weights()[2][..2], [2.0, 0.0]);
    /// # Ok::<(), ohem_head::HeadError>(())
    /// ```
    pub fn forward_kept<S: Simd>(
        &self,
        simd: S,
        inputs: &[[F; IN]],
        kept: &mut [HiddenActivations<F, H1, H2>],
        scores: &mut [F],
        deltas: &mut [F],
    ) -> Result<(), HeadError> {
        check_table("scores", scores.len(), inputs.len(), CLASSES)?;
        check_table("deltas", deltas.len(), inputs.len(), 4 * CLASSES)?;
        check_blocks(kept.len(), inputs.len())?;
        simd.run(
            #[inline(always)]
            || {
                let outputs = blocks_of::<F, CLASSES>(scores, deltas);
                for ((inputs, hidden), (scores, deltas)) in inputs.chunks(BLOCK).zip(kept).zip(outputs) {
                    self.block::<F::Lanes<S>>(inputs, hidden, scores, deltas);
                }
            },
        );
        Ok(())
    }

    /// Computes up to a block of RoIs.
    #[inline(always)]
    fn block<V: Lanes<Scalar = F>>(
        &self,
        inputs: &[[F; IN]],
        hidden: &mut HiddenActivations<F, H1, H2>,
        scores: &mut [F],
        deltas: &mut [F],
    ) {
        self.activate::<V>(inputs, hidden);
        let mut outputs = [[[F::zero(); 5]; CLASSES]; BLOCK];
        let count = inputs.len().min(BLOCK);
        let (Some(second), Some(rows)) = (hidden.second.get(..count), outputs.get_mut(..count)) else {
            return;
        };
        rows.fill(self.third.bias);
        add_product::<F, V, _, _>(second, &self.third.weights, rows);
        let classes = rows.as_flattened().iter().zip(scores).zip(deltas.as_chunks_mut().0);
        for (([score, of_class @ ..], out), deltas) in classes {
            (*out, *deltas) = (*score, *of_class);
        }
    }

    /// Computes the hidden activations of up to a block of RoIs. Rows beyond the last RoI stay as they are.
    #[inline(always)]
    pub(crate) fn activate<V: Lanes<Scalar = F>>(
        &self,
        inputs: &[[F; IN]],
        hidden: &mut HiddenActivations<F, H1, H2>,
    ) {
        let count = inputs.len().min(BLOCK);
        let (Some(first), Some(second)) = (hidden.first.get_mut(..count), hidden.second.get_mut(..count))
        else {
            return;
        };
        // A sum starts with its bias, so that adding a product is all that a layer does.
        first.fill(self.first.bias);
        add_product::<F, V, _, _>(inputs, &self.first.weights, first);
        rectify(first);
        second.fill(self.second.bias);
        add_product::<F, V, _, _>(first, &self.second.weights, second);
        rectify(second);
    }
}

/// Splits scores and deltas by block.
#[inline(always)]
fn blocks_of<'a, F, const CLASSES: usize>(
    scores: &'a mut [F],
    deltas: &'a mut [F],
) -> impl Iterator<Item = (&'a mut [F], &'a mut [F])> {
    // The maximum is for heads without classes, which have no scores to split.
    let scores = scores.chunks_mut((BLOCK * CLASSES).max(1));
    scores.zip(deltas.chunks_mut((BLOCK * 4 * CLASSES).max(1)))
}

/// Replaces negative numbers by 0. NaN stays, so that the loss shows it.
#[inline(always)]
fn rectify<F: Float, const N: usize>(rows: &mut [[F; N]]) {
    for x in rows.as_flattened_mut() {
        *x = if *x < F::zero() { F::zero() } else { *x };
    }
}
