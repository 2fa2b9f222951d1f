//! `roi_labels`: the original's imdb overlaps, `_compute_targets`, `_all_rois` and `_get_bbox_regression_labels`.

use ohem_core::targets::{BoxCoder, ExpandConfig, LabelConfig};
use ohem_core::{Float, Match};
use ohem_testkit::adapters::{Oracle, Path, targets::Prepared};
use serde::Deserialize;

use super::Case;
use super::blobs::{class_of, expanded_rows};
use crate::support::number::{Number, Precision};
use crate::support::outcome::{Outcome, equal, near, same};

/// What the file allows: the original computed in f32.
const TOLERANCE: f64 = 1e-5;

#[derive(Deserialize)]
pub(crate) struct RoiLabels {
    id: String,
    num_classes: usize,
    fg_thresh: f64,
    bg_thresh_hi: f64,
    bg_thresh_lo: f64,
    bbox_thresh: f64,
    normalize: bool,
    means: [Number; 4],
    stds: [Number; 4],
    gt_boxes: Vec<[Number; 4]>,
    gt_classes: Vec<u32>,
    proposals: Vec<[Number; 4]>,
    expected: Expected,
}

#[derive(Deserialize)]
struct Expected {
    max_overlaps: Vec<Number>,
    max_classes: Vec<u32>,
    keep_inds: Vec<usize>,
    labels: Vec<u32>,
    overlaps: Vec<Number>,
    compact_targets_kept: Vec<[Number; 5]>,
    bbox_targets: Blob,
    bbox_inside_weights: Blob,
}

#[derive(Deserialize)]
struct Blob {
    shape: [usize; 2],
    sum: Option<f64>,
    crc32: Option<u32>,
}

impl Case for RoiLabels {
    fn id(&self) -> &str {
        &self.id
    }

    fn check<F: Precision, P: Path>(&self) -> Outcome {
        let prepared = self.prepare::<F, P>();
        self.check_against_the_oracle(&prepared)?;
        let wanted = &self.expected;
        let classes =
            prepared.matches.iter().map(|of| of.number().map_or(0, |index| self.gt_classes[index as usize]));
        same("classes", &classes.collect::<Vec<_>>(), &wanted.max_classes)?;
        all_near("overlap", &prepared.overlaps, &wanted.max_overlaps)?;

        let (foreground, background) = P::split(&prepared.overlaps, &self.config());
        let kept = [&foreground[..], &background].concat();
        same("RoIs kept", &kept, &wanted.keep_inds)?;
        let labels = foreground
            .iter()
            .map(|&roi| prepared.labels[roi])
            .chain(background.iter().map(|_| Match::BACKGROUND));
        same(
            "labels",
            &labels.collect::<Vec<_>>(),
            &wanted.labels.iter().copied().map(class_of).collect::<Vec<_>>(),
        )?;
        let overlaps: Vec<F> = kept.iter().map(|&roi| prepared.overlaps[roi]).collect();
        all_near("overlap of a RoI kept", &overlaps, &wanted.overlaps)?;
        self.check_targets::<F, P>(&kept, prepared.targets)
    }
}

impl RoiLabels {
    fn config(&self) -> LabelConfig {
        let config = LabelConfig::fast_rcnn().background(self.bg_thresh_lo, self.bg_thresh_hi);
        config.foreground(self.fg_thresh).target(self.bbox_thresh)
    }

    fn prepare<F: Float, P: Path>(&self) -> Prepared<F> {
        let rows = |rows: &[[Number; 4]]| rows.iter().map(|row| row.map(Number::to)).collect::<Vec<[F; 4]>>();
        let (objects, proposals) = (rows(&self.gt_boxes), rows(&self.proposals));
        P::prepare((&objects, &self.gt_classes), &proposals, &self.config(), &BoxCoder::fast_rcnn())
    }

    fn check_against_the_oracle<F: Precision>(&self, prepared: &Prepared<F>) -> Outcome {
        let naive = self.prepare::<F, Oracle>();
        same("overlaps, by the oracle", &prepared.overlaps, &naive.overlaps)?;
        same("matches, by the oracle", &prepared.matches, &naive.matches)?;
        same("labels, by the oracle", &prepared.labels, &naive.labels)
    }

    fn check_targets<F: Precision, P: Path>(&self, kept: &[usize], targets: Vec<(Match, [F; 4])>) -> Outcome {
        let (means, stds) = ([self.means.map(Number::to)], [self.stds.map(Number::to)]);
        let scaled = self.normalize.then(|| P::normalize((&means, &stds), &targets));
        let (classes, steps): (Vec<Match>, Vec<_>) = targets.into_iter().unzip();
        let steps = scaled.unwrap_or(steps);
        let wanted = &self.expected.compact_targets_kept;
        equal("targets kept", kept.len(), wanted.len())?;
        for (&roi, &[class, dx, dy, dw, dh]) in kept.iter().zip(wanted) {
            equal("class of a target", f64::from(classes[roi].number().unwrap_or(0)), class.0)?;
            all_near(&format!("target of RoI {roi}"), &steps[roi], &[dx, dy, dw, dh])?;
        }
        let targets: Vec<_> = classes.into_iter().zip(steps).collect();
        let blobs = expanded_rows::<F, P>(kept, &targets, &ExpandConfig::new(self.num_classes));
        let [targets, inside, outside] = blobs;
        self.expected.bbox_targets.check("targets", kept, &targets)?;
        self.expected.bbox_inside_weights.check("inside weights", kept, &inside)?;
        same("outside weights", &outside, &inside)
    }
}

impl Blob {
    fn check<F: Precision>(&self, what: &str, kept: &[usize], values: &[F]) -> Outcome {
        equal("rows", self.shape[0], kept.len())?;
        equal("values", self.shape[0] * self.shape[1], values.len())?;
        if let Some(sum) = self.sum {
            let values = values.iter().map(|&value| value.into());
            let scale = values.clone().map(f64::abs).sum::<f64>().max(1.);
            near(&format!("sum of {what}"), values.sum(), sum, TOLERANCE, scale)?;
        }
        if let Some(crc32) = self.crc32 {
            let singles = values.iter().map(|&value| f32::from_f64(value.into()));
            let bytes: Vec<u8> = singles.flat_map(f32::to_le_bytes).collect();
            equal(&format!("crc32 of {what}"), crc32fast::hash(&bytes), crc32)?;
        }
        Ok(())
    }
}

fn all_near<F: Precision>(what: &str, got: &[F], want: &[Number]) -> Outcome {
    equal(what, got.len(), want.len())?;
    let mut pairs = got.iter().zip(want).enumerate();
    pairs.try_for_each(|(at, (&got, want))| near(&format!("{what}, {at}"), got.into(), want.0, TOLERANCE, 1.))
}
