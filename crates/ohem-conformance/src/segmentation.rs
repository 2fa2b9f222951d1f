//! Pixels: their losses from logits, and which of them are kept.

use ohem_core::Float;
use ohem_core::loss::cross_entropy;
use ohem_core::rules::segmentation::{Counting, by_loss, by_probability};
use ohem_core::simd::Simd;

use crate::bits::{Bits, Digest};
use crate::input::{Cases, cases, key, length};
use crate::memory::{Arena, MemoryError};

/// No case has more pixels.
const PIXELS: usize = 256;

pub(crate) fn run<F: Float + Bits, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut cases = cases!("segmentation");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let case = Case::<F>::read(&mut cases, arena)?;
        case.kept_by_loss(simd, arena, digest)?;
        case.kept_by_probability(digest);
    }
    Ok(())
}

/// Pixels of a few images.
struct Case<'a, F> {
    /// Images, classes, height, width: how logits are laid out.
    shape: [usize; 4],
    threshold: f64,
    min_kept: usize,
    logits: &'a [F],
    labels: &'a [u32],
    /// Whether the pixel takes part.
    counts: [bool; PIXELS],
    probabilities: &'a [F],
}

impl<'a, F: Float + Bits> Case<'a, F> {
    fn read(cases: &mut Cases, arena: &mut Arena<'a>) -> Result<Self, MemoryError> {
        let (mut shape, mut counts) = ([0; 4], [false; PIXELS]);
        shape.iter_mut().zip(cases.column().iter()).for_each(|(side, value)| *side = length(value));
        let ignored = key(cases.number().unwrap_or_default());
        let threshold = cases.number().unwrap_or_default();
        let min_kept = length(cases.number().unwrap_or_default());
        let (logits, labels) = (cases.floats(arena)?, cases.keys(arena)?);
        counts.iter_mut().zip(labels.iter()).for_each(|(counts, &label)| *counts = label != ignored);
        Ok(Self { shape, threshold, min_kept, logits, labels, counts, probabilities: cases.floats(arena)? })
    }

    fn counts(&self) -> &[bool] {
        self.counts.get(..self.labels.len()).unwrap_or_default()
    }

    /// A row of logits for each pixel, which lie class by class.
    fn rows<'b>(&self, arena: &mut Arena<'b>) -> Result<&'b [F], MemoryError> {
        let [_, classes, height, width] = self.shape;
        let (area, rows) = (height * width, arena.lend(self.logits.len())?);
        let size = (classes * area).max(1);
        for (image, rows) in self.logits.chunks(size).zip(rows.chunks_mut(size)) {
            for (place, row) in rows.chunks_mut(classes.max(1)).enumerate() {
                let column = image.iter().skip(place).step_by(area.max(1));
                row.iter_mut().zip(column).for_each(|(logit, &value)| *logit = value);
            }
        }
        Ok(rows)
    }

    /// By losses; what is ignored gets a label all the same.
    fn kept_by_loss<S: Simd>(
        &self,
        simd: S,
        arena: &mut Arena<'_>,
        digest: &mut Digest,
    ) -> Result<(), MemoryError> {
        let (rows, classes, labels) = (self.rows(arena)?, self.shape[1], arena.lend(self.labels.len())?);
        let label = |&label: &u32| if (label as usize) < classes { label } else { 0 };
        labels.iter_mut().zip(self.labels).for_each(|(place, given)| *place = label(given));
        let losses = arena.lend(labels.len())?;
        digest.add(&cross_entropy(simd, rows, classes, labels, losses));
        digest.add(losses);
        let mut kept = [false; PIXELS];
        let kept = kept.get_mut(..labels.len()).unwrap_or_default();
        for threshold in [0.5, 2.0, f64::INFINITY] {
            digest.add(&by_loss(losses, self.counts(), F::from_f64(threshold), self.min_kept, kept));
            digest.add(kept);
        }
        Ok(())
    }

    fn kept_by_probability(&self, digest: &mut Digest) {
        let mut kept = [false; PIXELS];
        let kept = kept.get_mut(..self.labels.len()).unwrap_or_default();
        let threshold = F::from_f64(self.threshold);
        for counting in [Counting::Exact, Counting::Mmsegmentation, Counting::PaddleSeg] {
            let (probabilities, min_kept) = (self.probabilities, self.min_kept);
            digest.add(&by_probability(probabilities, self.counts(), threshold, min_kept, counting, kept));
            digest.add(kept);
        }
    }
}
