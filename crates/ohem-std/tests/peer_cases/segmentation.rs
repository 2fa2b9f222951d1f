//! Pixels: the threshold rules of mmsegmentation and PaddleSeg, and of those that rank by loss.
//!
//! Many of the originals keep nothing, and take the mean of nothing, where few pixels are hard; ohem keeps as
//! many as it is asked for. Torchvision's SSD counts positives twice, ohem never does.

use std::collections::BTreeMap;

use ohem_core::rules::segmentation::Counting;
use ohem_core::rules::ssd::SsdConfig;
use ohem_testkit::adapters::{
    Oracle, Path,
    rules::Ssd as _,
    rules::{Anchors, Segmentation as _},
};
use serde::Deserialize;

use super::{close, floats};
use crate::support::number::{Number, Precision};

#[derive(Deserialize)]
pub(crate) struct Segmentation {
    p_true: BTreeMap<String, Vec<Number>>,
    thresh: f64,
    mmseg_pixel_thr: BTreeMap<String, Vec<u8>>,
    mmseg_ohemce: BTreeMap<String, Number>,
    paddleseg_keep: BTreeMap<String, AllOrSome>,
    luxonis: Luxonis,
    coincheung: CoinCheung,
    #[serde(rename = "nnunet k=10 n=9")]
    nnunet: Number,
    torchvision_ssd: Torchvision,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum AllOrSome {
    Some(Vec<u8>),
    All(String),
}

#[derive(Deserialize)]
struct Luxonis {
    #[serde(rename = "loss .0...9 step .1, ratio .3, thr .7")]
    tenths: Number,
    #[serde(rename = "5 easy ratio .1")]
    easy: Number,
}

#[derive(Deserialize)]
struct CoinCheung {
    #[serde(rename = "32 losses .01*i")]
    hundredths: Number,
    #[serde(rename = "8 valid easy")]
    easy: Number,
}

#[derive(Deserialize)]
struct Torchvision {
    loss: Vec<Number>,
    pos: Vec<usize>,
    neg_mask: Vec<u8>,
    total: f64,
    double_count: DoubleCount,
}

#[derive(Deserialize)]
struct DoubleCount {
    loss: Vec<Number>,
    pos: Vec<usize>,
    sum: f64,
    r#true: f64,
}

fn below<F: Precision, P: Path>(
    probabilities: &[F],
    counts: &[bool],
    (threshold, min_kept, counting): (f64, usize, Counting),
) -> Vec<bool> {
    let threshold = F::from_f64(threshold);
    let kept = P::pixels_by_probability(probabilities, counts, threshold, min_kept, counting);
    let naive = Oracle::pixels_by_probability(probabilities, counts, threshold, min_kept, counting);
    assert_eq!(kept, naive, "{} {}", P::NAME, F::NAME);
    kept
}

fn number(kept: &[bool]) -> usize {
    kept.iter().filter(|&&kept| kept).count()
}

fn flags(written: &[u8]) -> Vec<bool> {
    written.iter().map(|&flag| flag == 1).collect()
}

impl Segmentation {
    /// The probabilities that a key names, and how many it asks to keep: `"easy k2"`, `"single p=.9"`.
    fn named<F: Precision>(&self, key: &str) -> (Vec<F>, usize) {
        let (name, detail) = key.split_once(' ').unwrap_or((key, "k2"));
        if let Some(probability) = detail.strip_prefix("p=") {
            return (vec![F::from_f64(probability.parse().unwrap())], 1);
        }
        (floats(&self.p_true[name]), detail.strip_prefix('k').unwrap().parse().unwrap())
    }
}

/// mmsegmentation's `OHEMPixelSampler`, which may keep none of two; ohem keeps two by default.
pub(crate) fn mmsegmentation<F: Precision, P: Path>(peer: &Segmentation) {
    for (key, out) in &peer.mmseg_pixel_thr {
        let (probabilities, min_kept) = peer.named::<F>(key);
        let all = vec![true; probabilities.len()];
        let kept = |counting| below::<F, P>(&probabilities, &all, (peer.thresh, min_kept, counting));
        assert_eq!(kept(Counting::Mmsegmentation), flags(out), "{key}");
        let passing = probabilities.iter().filter(|&&low| low < F::from_f64(peer.thresh)).count();
        assert_eq!(number(&kept(Counting::Exact)), passing.max(min_kept), "{key}");
    }
}

/// Its `OhemCrossEntropy`: the mean loss of those kept, and NaN where that is nothing.
pub(crate) fn mean_losses<F: Precision, P: Path>(peer: &Segmentation) {
    for (key, mean) in &peer.mmseg_ohemce {
        let is_ignored = key == "all ignored";
        let (probabilities, min_kept) = peer.named::<F>(if is_ignored { "mixed" } else { key });
        let counts = vec![!is_ignored; probabilities.len()];
        let rule = |counting| (peer.thresh, min_kept, counting);
        let kept = below::<F, P>(&probabilities, &counts, rule(Counting::Mmsegmentation));
        let exact = below::<F, P>(&probabilities, &counts, rule(Counting::Exact));
        assert!(is_ignored || number(&exact) >= min_kept, "{key}");
        if is_ignored || mean.0.is_nan() {
            assert_eq!(number(&kept), 0, "{key}"); // of nothing, the original's mean is 0 or NaN
            continue;
        }
        let losses: Vec<f64> = probabilities
            .iter()
            .zip(&kept)
            .filter(|(_, kept)| **kept)
            .map(|(p, _)| -(*p).into().ln())
            .collect();
        close(key, F::from_f64(losses.iter().sum::<f64>() / losses.len() as f64), mean.0, 1e-6);
    }
}

/// PaddleSeg cuts a place lower, unless there is nothing to choose.
pub(crate) fn paddleseg<F: Precision, P: Path>(peer: &Segmentation) {
    let kept = |name: &str, min_kept| {
        let probabilities = floats::<F>(&peer.p_true[name]);
        let all = vec![true; probabilities.len()];
        below::<F, P>(&probabilities, &all, (peer.thresh, min_kept, Counting::PaddleSeg))
    };
    for (key, out) in &peer.paddleseg_keep {
        match out {
            AllOrSome::Some(out) => {
                let (name, min_kept) = key.split_once(" k").unwrap();
                assert_eq!(kept(name, min_kept.parse().unwrap()), flags(out), "{key}");
            }
            AllOrSome::All(all) => {
                assert_eq!(all, "all");
                for (name, probabilities) in &peer.p_true {
                    let least = if key == "k0 any" { 0 } else { probabilities.len() };
                    assert_eq!(number(&kept(name, least)), probabilities.len(), "{key}");
                    assert!(key == "k0 any" || number(&kept(name, least + 1)) == probabilities.len());
                }
            }
        }
    }
}

/// Pixels whose loss is above the threshold, or the `min_kept` hardest pixels.
fn above<F: Precision, P: Path>(losses: &[F], threshold: f64, min_kept: usize) -> Vec<f64> {
    let (all, threshold) = (vec![true; losses.len()], F::from_f64(threshold));
    let kept = P::pixels_by_loss(losses, &all, threshold, min_kept);
    assert_eq!(kept, Oracle::pixels_by_loss(losses, &all, threshold, min_kept), "{} {}", P::NAME, F::NAME);
    losses.iter().zip(kept).filter(|(_, kept)| *kept).map(|(&loss, _)| loss.into()).collect()
}

/// luxonis, CoinCheung and nnU-Net keep at least a share of the pixels, rounded down: to 0 if there are few.
pub(crate) fn by_loss<F: Precision, P: Path>(peer: &Segmentation) {
    let steps =
        |count: u8, step: f64| -> Vec<F> { (0..count).map(|at| F::from_f64(f64::from(at) * step)).collect() };
    let mean = |losses: &[f64]| F::from_f64(losses.iter().sum::<f64>() / losses.len() as f64);
    let threshold = -peer.thresh.ln();
    let tenths = above::<F, P>(&steps(10, 0.1), threshold, 3);
    close("luxonis", mean(&tenths), peer.luxonis.tenths.0, 1e-6);
    let hundredths = above::<F, P>(&steps(32, 0.01), threshold, 32 / 16);
    close("CoinCheung", mean(&hundredths), peer.coincheung.hundredths.0, 1e-6);
    for (written, count, share) in
        [(peer.luxonis.easy, 5, 5 / 10), (peer.coincheung.easy, 8, 8 / 16), (peer.nnunet, 9, 9 * 10 / 100)]
    {
        assert!(written.0.is_nan());
        let easy = steps(count, 0.01);
        assert_eq!(above::<F, P>(&easy, threshold, share), [0.; 0]); // what the originals take the mean of
        assert_eq!(above::<F, P>(&easy, threshold, 1), [easy[easy.len() - 1].into()]);
    }
}

/// Torchvision's SSD, which adds positives to their own negatives if those are too few.
pub(crate) fn torchvision_ssd<F: Precision, P: Path>(peer: &Segmentation) {
    let negatives = |losses: &[F], positives: &[usize]| {
        let matches: Vec<i32> =
            (0..losses.len()).map(|i| if positives.contains(&i) { 0 } else { -1 }).collect();
        let (anchors, overlaps) =
            (Anchors { boxes: &[], losses, matches: &matches }, vec![F::zero(); losses.len()]);
        let hard = P::ssd_negatives(&anchors, &overlaps, &SsdConfig::new()).unwrap();
        assert_eq!(hard, Oracle::ssd_negatives(&anchors, &overlaps, &SsdConfig::new()).unwrap());
        hard
    };
    let sum = |losses: &[F], rois: &[usize]| rois.iter().map(|&roi| losses[roi].into()).sum::<f64>();
    let Torchvision { loss, pos, neg_mask, total, double_count } = &peer.torchvision_ssd;
    let losses = floats::<F>(loss);
    let hard = negatives(&losses, pos);
    assert_eq!((0..losses.len()).map(|roi| u8::from(hard.contains(&roi))).collect::<Vec<_>>(), *neg_mask);
    assert_eq!(sum(&losses, &hard) + sum(&losses, pos), *total);

    let losses = floats::<F>(&double_count.loss);
    let hard = negatives(&losses, &double_count.pos);
    assert_eq!(sum(&losses, &hard) + sum(&losses, &double_count.pos), double_count.r#true);
    assert_eq!(sum(&losses, &hard) + 2. * sum(&losses, &double_count.pos), double_count.sum);
}
