//! Labels and targets of the golden proposals: from overlaps to normalised targets.

use ohem_core::kernel::{Simd, targets};
use ohem_core::targets::{
    Assignment, BoxCoder, ByImage, LabelConfig, Normalization, RegressionTargets, assign_own, label,
    regression_targets, split,
};
use ohem_core::{BBox, Convention};

use super::input::{Cases, cases};
use super::memory::{Arena, MemoryError};
use crate::registry::{Real, Sink};

pub(super) fn run<F: Real, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    let mut cases = cases!("labels");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let case = Case::<F>::read(&mut cases, arena)?;
        for convention in [Convention::Pixel, Convention::Continuous] {
            let arena = &mut arena.again();
            let assignment = case.assigned(simd, convention, arena, out)?;
            case.labelled(assignment, arena, out)?;
            case.targets(assignment, convention, arena, out)?;
        }
    }
    Ok(())
}

/// RoIs, ground truth first, and how they are labelled.
struct Case<'a, F> {
    config: LabelConfig,
    means: &'a [[F; 4]],
    stds: &'a [[F; 4]],
    rois: &'a [BBox<F>],
    classes: &'a [u32],
}

impl<'a, F: Real> Case<'a, F> {
    fn read(cases: &mut Cases, arena: &mut Arena<'a>) -> Result<Self, MemoryError> {
        let [foreground, from, below, target] = [(); 4].map(|()| cases.number().unwrap_or_default());
        let config = LabelConfig::fast_rcnn().foreground(foreground).background(from, below).target(target);
        let (means, stds) = (cases.floats(arena)?.as_chunks().0, cases.floats(arena)?.as_chunks().0);
        let (truth, classes, proposals) = (cases.column(), cases.keys(arena)?, cases.column());
        let rois = arena.lend(truth.len() + proposals.len())?;
        let corners = truth.iter().chain(proposals.iter());
        rois.iter_mut().zip(corners).for_each(|(slot, corner)| *slot = F::from_f64(corner));
        Ok(Self { config, means, stds, rois: BBox::from_flat(rois).unwrap_or_default(), classes })
    }

    fn ground_truth(&self) -> &'a [BBox<F>] {
        self.rois.get(..self.classes.len()).unwrap_or_default()
    }

    /// Assigns in each way; the last one counts.
    fn assigned<'b, S: Simd>(
        &self,
        simd: S,
        convention: Convention,
        arena: &mut Arena<'b>,
        out: &mut impl Sink,
    ) -> Result<Assignment<'b, F>, MemoryError> {
        let (rois, ground_truth) = (self.rois, self.ground_truth());
        let (overlaps, matches) = (arena.lend::<F>(rois.len())?, arena.matches(rois.len())?);
        out.add(&targets::assign(simd, rois, ground_truth, convention, overlaps, matches));
        out.add(&(&*overlaps, &*matches));
        // As if of two images that alternate.
        let images = arena.indices(rois.len())?;
        images.iter_mut().for_each(|image| *image %= 2);
        let own_images = images.get(..ground_truth.len()).unwrap_or_default();
        let (all, own) =
            (ByImage { boxes: rois, images }, ByImage { boxes: ground_truth, images: own_images });
        out.add(&targets::assign_batch(simd, all, own, convention, overlaps, matches));
        out.add(&(&*overlaps, &*matches));
        if let (Some(overlaps), Some(matches)) =
            (overlaps.get_mut(..ground_truth.len()), matches.get_mut(..ground_truth.len()))
        {
            out.add(&assign_own(ground_truth, convention, overlaps, matches));
        }
        out.add(&(&*overlaps, &*matches));
        Ok(Assignment { overlaps, matches })
    }

    fn labelled(
        &self,
        assignment: Assignment<'_, F>,
        arena: &mut Arena<'_>,
        out: &mut impl Sink,
    ) -> Result<(), MemoryError> {
        let (labels, listed) = (arena.matches(self.rois.len())?, arena.lend(2 * self.rois.len())?);
        out.add(&label(assignment, self.classes, &self.config, labels));
        out.add(&*labels);
        out.add(&split(assignment.overlaps, &self.config, listed));
        Ok(())
    }

    fn targets(
        &self,
        assignment: Assignment<'_, F>,
        convention: Convention,
        arena: &mut Arena<'_>,
        out: &mut impl Sink,
    ) -> Result<(), MemoryError> {
        let classes = arena.matches(self.rois.len())?;
        let (targets, _) = arena.lend::<F>(4 * self.rois.len())?.as_chunks_mut();
        let (truth, coder) = ((self.ground_truth(), self.classes), BoxCoder::new(convention));
        let encoded = RegressionTargets { classes: &mut *classes, targets: &mut *targets };
        out.add(&regression_targets(self.rois, truth, assignment, &self.config, &coder, encoded));
        out.add(&(&*classes, &*targets));
        match Normalization::new(self.means, self.stds) {
            Ok(scale) => out.add(&scale.normalize(classes, targets)),
            Err(error) => out.add(&error),
        }
        out.add(&*targets);
        Ok(())
    }
}
