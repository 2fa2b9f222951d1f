//! `seg_ohem`: mmsegmentation's `OHEMPixelSampler` and HRNet's `OhemCrossEntropy`.

use ohem_core::loss::{self, Classes};
use ohem_core::rules::segmentation::Counting;
use ohem_testkit::adapters::{Oracle, Path, rules::Segmentation as _};
use serde::Deserialize;

use super::Case;
use crate::support::number::{Number, Precision};
use crate::support::outcome::{Outcome, equal, holds, near, same};

#[derive(Deserialize)]
pub(crate) struct Segmentation {
    id: String,
    shape_nchw: [usize; 4],
    ignore_index: i64,
    thresh: f64,
    min_kept: usize,
    /// Flat: images, classes, pixels.
    logits: Vec<Number>,
    label: Vec<i64>,
    expected: Option<Expected>,
    original: Option<Original>,
}

#[derive(Deserialize)]
struct Expected {
    prob_at_label_ref_f64: Option<Vec<f64>>,
    loss_ref_f64: Option<Vec<f64>>,
    mmseg_thresh: Option<Kept>,
    mmseg_topk: Option<Kept>,
    hrnet_ohem_ce: Option<Hrnet>,
}

#[derive(Deserialize)]
struct Kept {
    threshold: Option<f64>,
    kept: Vec<usize>,
}

#[derive(Deserialize)]
struct Hrnet {
    threshold: Option<f64>,
    num_kept: usize,
    mean_loss: Number,
}

/// What the originals do where they keep too few.
#[derive(Deserialize)]
struct Original {
    mmseg_thresh_kept: Option<Vec<usize>>,
    mmseg_topk_num_kept: Option<usize>,
    hrnet_ohem_ce: Option<HrnetOutcome>,
}

/// The mean loss, or how it failed.
#[derive(Deserialize)]
#[serde(untagged)]
enum HrnetOutcome {
    Mean(Number),
    Failed(String),
}

/// The pixels in f64, and which take part.
struct Pixels {
    probabilities: Vec<f64>,
    losses: Vec<f64>,
    counts: Vec<bool>,
}

impl Case for Segmentation {
    fn id(&self) -> &str {
        &self.id
    }

    fn check<F: Precision, P: Path>(&self) -> Outcome {
        let pixels = self.pixels()?;
        self.check_losses::<F>(&pixels)?;
        if let Some(expected) = &self.expected {
            self.check_expected::<F, P>(&pixels, expected)?;
        }
        if let Some(original) = &self.original {
            self.check_original::<F, P>(&pixels, original)?;
        }
        holds(self.expected.is_some() || self.original.is_some(), || "the case expects nothing".into())
    }
}

impl Segmentation {
    /// How many are to be kept of the batch, where the original counts them for each image.
    fn of_batch(&self) -> usize {
        self.min_kept.saturating_mul(self.shape_nchw[0])
    }

    /// The logits of a pixel.
    fn row(&self, pixel: usize) -> Vec<f64> {
        let [_, classes, height, width] = self.shape_nchw;
        let area = height * width;
        let (image, place) = (pixel / area, pixel % area);
        (0..classes).map(|class| self.logits[(image * classes + class) * area + place].narrow()).collect()
    }

    /// Softmax as the originals compute it, compared with the file's.
    fn pixels(&self) -> Result<Pixels, String> {
        let [images, classes, height, width] = self.shape_nchw;
        equal("labels", self.label.len(), images * height * width)?;
        equal("logits", self.logits.len(), self.label.len() * classes)?;
        let counts: Vec<bool> = self.label.iter().map(|&label| label != self.ignore_index).collect();
        let at_label = |pixel: usize| {
            let (row, label) = (self.row(pixel), usize::try_from(self.label[pixel]).unwrap_or_default());
            let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = row.iter().map(|logit| (logit - most).exp()).sum();
            (row[label] - most).exp() / sum
        };
        let computed = counts.iter().enumerate().map(|(pixel, &is)| if is { at_label(pixel) } else { 0. });
        let computed: Vec<f64> = computed.collect();
        let expected = self.expected.as_ref();
        let probabilities = expected.and_then(|e| e.prob_at_label_ref_f64.as_ref()).unwrap_or(&computed);
        let losses = expected.and_then(|e| e.loss_ref_f64.clone());
        let losses = losses.unwrap_or_else(|| computed.iter().map(|probability| -probability.ln()).collect());
        equal("probabilities", (probabilities.len(), losses.len()), (counts.len(), counts.len()))?;
        for pixel in (0..counts.len()).filter(|&pixel| counts[pixel]) {
            near("probability", computed[pixel], probabilities[pixel], 1e-12, 0.)?;
        }
        Ok(Pixels { probabilities: probabilities.clone(), losses, counts })
    }

    /// The losses by ohem, from the logits.
    fn check_losses<F: Precision>(&self, pixels: &Pixels) -> Outcome {
        let valid: Vec<usize> = (0..pixels.counts.len()).filter(|&pixel| pixels.counts[pixel]).collect();
        let logits: Vec<F> = valid.iter().flat_map(|&pixel| self.row(pixel)).map(F::from_f64).collect();
        let label = |&pixel: &usize| u32::try_from(self.label[pixel]).unwrap_or(u32::MAX);
        let labels: Vec<u32> = valid.iter().map(label).collect();
        let mut losses = vec![F::nan(); valid.len()];
        loss::cross_entropy(&logits, Classes::new(self.shape_nchw[1]), &labels, &mut losses)
            .map_err(|error| error.to_string())?;
        for (got, &pixel) in losses.into_iter().zip(&valid) {
            let tolerance = if F::IS_DOUBLE { 1e-9 } else { 1e-5 };
            near("loss", got.into(), pixels.losses[pixel], tolerance, 0.)?;
        }
        Ok(())
    }

    fn check_expected<F: Precision, P: Path>(&self, pixels: &Pixels, expected: &Expected) -> Outcome {
        let by_threshold = Threshold { pixels, least: self.thresh };
        if let Some(Kept { threshold, kept }) = &expected.mmseg_thresh {
            let want = pixels.flags(kept);
            by_threshold.check::<F, P>(self.of_batch(), *threshold, &want).map_err(in_rule("thresh"))?;
        }
        if let Some(Hrnet { threshold, num_kept, mean_loss }) = &expected.hrnet_ohem_ce {
            let below = |at: f64| pixels.where_counted(|pixel| pixels.probabilities[pixel] < at);
            let want = threshold.map_or_else(|| below(by_threshold.at(self.min_kept.max(1))), below);
            equal("pixels kept by HRNet", count(&want), *num_kept)?;
            by_threshold.check::<F, P>(self.min_kept.max(1), *threshold, &want).map_err(in_rule("HRNet"))?;
            pixels.check_mean(&want, *mean_loss)?;
        }
        if let Some(Kept { kept, .. }) = &expected.mmseg_topk {
            equal("pixels kept by rank", kept.len(), self.of_batch().min(count(&pixels.counts)))?;
            pixels.check_top::<F, P>(self.of_batch(), Some(&pixels.flags(kept))).map_err(in_rule("top k"))?;
        }
        Ok(())
    }

    fn check_original<F: Precision, P: Path>(&self, pixels: &Pixels, original: &Original) -> Outcome {
        let by_threshold = Threshold { pixels, least: self.thresh };
        if let Some(kept) = &original.mmseg_thresh_kept {
            let want = pixels.flags(kept);
            by_threshold.check::<F, P>(self.of_batch(), None, &want).map_err(in_rule("thresh"))?;
        }
        if let Some(kept) = original.mmseg_topk_num_kept {
            equal("pixels kept by rank", kept, self.of_batch().min(count(&pixels.counts)))?;
            pixels.check_top::<F, P>(self.of_batch(), None).map_err(in_rule("top k"))?;
        }
        match &original.hrnet_ohem_ce {
            Some(HrnetOutcome::Mean(mean)) => {
                let at = by_threshold.at(self.min_kept.max(1));
                let want = pixels.where_counted(|pixel| pixels.probabilities[pixel] < at);
                by_threshold.check::<F, P>(self.min_kept.max(1), None, &want).map_err(in_rule("HRNet"))?;
                pixels.check_mean(&want, *mean)
            }
            // It has no pixel to take the threshold of.
            Some(HrnetOutcome::Failed(what)) => {
                holds(count(&pixels.counts) == 0, || format!("HRNet failed where there are pixels: {what}"))
            }
            None => Ok(()),
        }
    }
}

/// Names the rule that something is wrong of.
fn in_rule(rule: &str) -> impl FnOnce(String) -> String + '_ {
    move |what| format!("{rule}: {what}")
}

fn count(flags: &[bool]) -> usize {
    flags.iter().filter(|&&flag| flag).count()
}

impl Pixels {
    fn flags(&self, kept: &[usize]) -> Vec<bool> {
        self.where_counted(|pixel| kept.contains(&pixel))
    }

    fn where_counted(&self, is: impl Fn(usize) -> bool) -> Vec<bool> {
        (0..self.counts.len()).map(|pixel| self.counts[pixel] && is(pixel)).collect()
    }

    fn check_mean(&self, kept: &[bool], want: Number) -> Outcome {
        let of_kept = self.losses.iter().zip(kept).filter(|(_, kept)| **kept);
        let mean = of_kept.map(|(loss, _)| loss).sum::<f64>() / count(kept) as f64;
        if want.0.is_nan() {
            return holds(mean.is_nan(), || format!("mean loss: {mean}, expected NaN for no pixels"));
        }
        near("mean loss", mean, want.0, 1e-9, 0.)
    }

    /// Keeps the hardest `min_kept` pixels: the threshold is infinite, so no loss exceeds it.
    fn check_top<F: Precision, P: Path>(&self, min_kept: usize, want: Option<&[bool]>) -> Outcome {
        let losses: Vec<F> = self.losses.iter().map(|&loss| F::from_f64(loss)).collect();
        let kept = P::pixels_by_loss(&losses, &self.counts, F::infinity(), min_kept);
        let naive = Oracle::pixels_by_loss(&losses, &self.counts, F::infinity(), min_kept);
        same("pixels, by the oracle", &kept, &naive)?;
        equal("pixels", count(&kept), min_kept.min(count(&self.counts)))?;
        let Some(want) = want else { return Ok(()) };
        // Where losses differ in f64 only, f32 keeps another of them.
        let of = |kept| (0..want.len()).filter(move |&pixel| self.counts[pixel] && want[pixel] == kept);
        let is_safe = of(true).all(|kept| of(false).all(|other| losses[kept] > losses[other]));
        if is_safe || F::IS_DOUBLE { same("pixels", &kept, want) } else { Ok(()) }
    }
}

/// A rule that keeps pixels below a probability.
struct Threshold<'a> {
    pixels: &'a Pixels,
    least: f64,
}

impl Threshold<'_> {
    /// Where the originals cut: at a place of the ascending probabilities, if that is above the threshold.
    fn at(&self, min_kept: usize) -> f64 {
        let pairs = self.pixels.probabilities.iter().zip(&self.pixels.counts);
        let mut sorted: Vec<f64> = pairs.filter(|(_, counts)| **counts).map(|(p, _)| *p).collect();
        sorted.sort_by(f64::total_cmp);
        let place = min_kept.min(sorted.len().saturating_sub(1));
        sorted.get(place).map_or(self.least, |&at_place| at_place.max(self.least))
    }

    /// Checks what the original keeps, and that exactly as many as asked for are kept by default.
    fn check<F: Precision, P: Path>(&self, min_kept: usize, at: Option<f64>, want: &[bool]) -> Outcome {
        let Pixels { probabilities, counts, .. } = self.pixels;
        let cut = self.at(min_kept);
        equal("threshold", cut, at.unwrap_or(cut))?;
        let low: Vec<F> = probabilities.iter().map(|&probability| F::from_f64(probability)).collect();
        let kept = |counting| {
            let (least, count) = (F::from_f64(self.least), min_kept);
            let kept = P::pixels_by_probability(&low, counts, least, count, counting);
            let naive = Oracle::pixels_by_probability(&low, counts, least, count, counting);
            same("pixels, by the oracle", &kept, &naive).map(|()| kept)
        };
        kept(Counting::PaddleSeg)?;
        // Where a pixel is below the cut in f64 only, f32 loses it as it loses all that tie.
        let is_safe = low.iter().zip(want).all(|(&low, &is)| !is || low < F::from_f64(cut));
        let original = kept(Counting::Mmsegmentation)?;
        if is_safe || F::IS_DOUBLE {
            same("pixels of the original", &original, want)?;
        }
        let exact = kept(Counting::Exact)?;
        let below =
            low.iter().zip(counts).filter(|(low, counts)| **counts && **low < F::from_f64(self.least));
        equal("pixels", self::count(&exact), below.count().max(min_kept.min(self::count(counts))))
    }
}
