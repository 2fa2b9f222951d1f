//! Pixels: their losses from logits, and which of them are kept.

use ohem_core::kernel::{Simd, loss};
use ohem_core::loss::Classes;
use ohem_core::rules::segmentation::{Counting, by_loss, by_probability};

use super::input::{Cases, cases, key, length};
use super::memory::{Arena, MemoryError};
use crate::registry::{Real, Sink};

/// No case has more pixels.
const PIXELS: usize = 256;

pub(super) fn run<F: Real, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    let mut cases = cases!("segmentation");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let case = Case::<F>::read(&mut cases, arena)?;
        case.kept_by_loss(simd, arena, out)?;
        case.kept_by_probability(out);
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
    is_valid: [bool; PIXELS],
    probabilities: &'a [F],
}

impl<'a, F: Real> Case<'a, F> {
    fn read(cases: &mut Cases, arena: &mut Arena<'a>) -> Result<Self, MemoryError> {
        let (mut shape, mut is_valid) = ([0; 4], [false; PIXELS]);
        shape.iter_mut().zip(cases.column().iter()).for_each(|(side, value)| *side = length(value));
        let ignored = key(cases.number().unwrap_or_default());
        let threshold = cases.number().unwrap_or_default();
        let min_kept = length(cases.number().unwrap_or_default());
        let (logits, labels) = (cases.floats(arena)?, cases.keys(arena)?);
        is_valid.iter_mut().zip(labels.iter()).for_each(|(is_valid, &label)| *is_valid = label != ignored);
        Ok(Self { shape, threshold, min_kept, logits, labels, is_valid, probabilities: cases.floats(arena)? })
    }

    fn is_valid(&self) -> &[bool] {
        self.is_valid.get(..self.labels.len()).unwrap_or_default()
    }

    /// A row of logits for each pixel, which lie class by class.
    fn rows<'b>(&self, arena: &mut Arena<'b>) -> Result<&'b [F], MemoryError> {
        let [_, classes, height, width] = self.shape;
        let (area, rows) = (height * width, arena.lend(self.logits.len())?);
        let size = (classes * area).max(1);
        for (image, rows) in self.logits.chunks(size).zip(rows.chunks_mut(size)) {
            for (at, row) in rows.chunks_mut(classes.max(1)).enumerate() {
                let column = image.iter().skip(at).step_by(area.max(1));
                row.iter_mut().zip(column).for_each(|(logit, &value)| *logit = value);
            }
        }
        Ok(rows)
    }

    /// By losses; an ignored pixel gets a label, too.
    fn kept_by_loss<S: Simd>(
        &self,
        simd: S,
        arena: &mut Arena<'_>,
        out: &mut impl Sink,
    ) -> Result<(), MemoryError> {
        let ([_, classes, ..], rows) = (self.shape, self.rows(arena)?);
        let labels = arena.lend::<u32>(self.labels.len())?;
        let label = |&label: &u32| if (label as usize) < classes { label } else { 0 };
        labels.iter_mut().zip(self.labels).for_each(|(slot, given)| *slot = label(given));
        let losses = arena.lend(labels.len())?;
        out.add(&loss::cross_entropy(simd, rows, Classes::new(classes), labels, losses));
        out.add(&*losses);
        let mut kept = [false; PIXELS];
        let kept = kept.get_mut(..labels.len()).unwrap_or_default();
        for threshold in [0.5, 2.0, f64::INFINITY] {
            out.add(&by_loss(losses, self.is_valid(), F::from_f64(threshold), self.min_kept, kept));
            out.add(&*kept);
        }
        Ok(())
    }

    fn kept_by_probability(&self, out: &mut impl Sink) {
        let mut kept = [false; PIXELS];
        let kept = kept.get_mut(..self.labels.len()).unwrap_or_default();
        let threshold = F::from_f64(self.threshold);
        for counting in [Counting::Exact, Counting::Mmsegmentation, Counting::PaddleSeg] {
            let (probabilities, min_kept) = (self.probabilities, self.min_kept);
            out.add(&by_probability(probabilities, self.is_valid(), threshold, min_kept, counting, kept));
            out.add(&*kept);
        }
    }
}
