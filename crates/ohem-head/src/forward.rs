//! From features to scores and deltas.

use ohem_core::Float;
use ohem_core::simd::{Lanes, Simd};

use crate::error::check_table;
use crate::product::add_product;
use crate::{BLOCK, Head, HeadError};

/// The activations of a block of RoIs.
pub(crate) struct Activations<F, const H1: usize, const H2: usize, const CLASSES: usize> {
    pub(crate) first: [[F; H1]; BLOCK],
    pub(crate) second: [[F; H2]; BLOCK],
    pub(crate) third: [[[F; 5]; CLASSES]; BLOCK],
}

impl<F: Float, const H1: usize, const H2: usize, const CLASSES: usize> Activations<F, H1, H2, CLASSES> {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        let zero = F::zero();
        Self { first: [[zero; H1]; BLOCK], second: [[zero; H2]; BLOCK], third: [[[zero; 5]; CLASSES]; BLOCK] }
    }
}

impl<F: Float, const IN: usize, const H1: usize, const H2: usize, const CLASSES: usize>
    Head<F, IN, H1, H2, CLASSES>
{
    /// Writes the scores and deltas of every RoI. O(n x weights).
    ///
    /// `scores` has `CLASSES` columns, `deltas` four for each class: what ohem-core's losses read.
    ///
    /// # Errors
    ///
    /// If a table has not a row for every RoI.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::simd::Portable;
    /// use ohem_head::Head;
    ///
    /// let head = Head::<f32, 2, 2, 2, 2>::filled(1.0);
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
        check_table(scores.len(), inputs.len(), CLASSES)?;
        check_table(deltas.len(), inputs.len(), 4 * CLASSES)?;
        simd.run(
            #[inline(always)]
            || self.blocks::<F::Lanes<S>>(inputs, scores, deltas),
        );
        Ok(())
    }

    #[inline(always)]
    fn blocks<V: Lanes<Scalar = F>>(&self, inputs: &[[F; IN]], scores: &mut [F], deltas: &mut [F]) {
        let mut activations = Activations::new();
        let outs =
            scores.chunks_mut((BLOCK * CLASSES).max(1)).zip(deltas.chunks_mut((BLOCK * 4 * CLASSES).max(1)));
        for (inputs, (scores, deltas)) in inputs.chunks(BLOCK).zip(outs) {
            self.activate::<V>(inputs, &mut activations);
            let classes = activations.third.as_flattened();
            for (([score, of_class @ ..], out), deltas) in
                classes.iter().zip(scores).zip(deltas.as_chunks_mut().0)
            {
                (*out, *deltas) = (*score, *of_class);
            }
        }
    }

    /// Computes the activations of up to a block of RoIs.
    #[inline(always)]
    pub(crate) fn activate<V: Lanes<Scalar = F>>(
        &self,
        inputs: &[[F; IN]],
        activations: &mut Activations<F, H1, H2, CLASSES>,
    ) {
        let Activations { first, second, third } = activations;
        let count = inputs.len().min(BLOCK);
        let (Some(first), Some(second), Some(third)) =
            (first.get_mut(..count), second.get_mut(..count), third.get_mut(..count))
        else {
            return;
        };
        first.fill(self.first.bias);
        add_product::<F, V, _, _>(inputs, &self.first.weights, first);
        rectify(first);
        second.fill(self.second.bias);
        add_product::<F, V, _, _>(first, &self.second.weights, second);
        rectify(second);
        third.fill(self.third.bias);
        add_product::<F, V, _, _>(second, &self.third.weights, third);
    }
}

/// Makes 0 of what is negative; NaN stays, so that a loss tells of it.
#[inline(always)]
fn rectify<F: Float, const N: usize>(rows: &mut [[F; N]]) {
    for x in rows.as_flattened_mut() {
        *x = if *x < F::zero() { F::zero() } else { *x };
    }
}
