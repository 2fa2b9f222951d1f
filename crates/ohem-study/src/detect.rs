//! From scores and deltas to detections, and how good they are.

use ohem_pack::TARGET_DEVIATIONS;
use ohem_std::targets::{BoxCoder, clip};
use ohem_std::{BBox, Convention, NmsConfig, batched_nms, loss};

use crate::average_precision::{Detection, average_precision};
use crate::data::{Data, Image};
use crate::network::{Network, Predictions};

/// The least probability of a class that makes a detection: the reference's, when it tests.
pub const LEAST_PROBABILITY: f64 = 0.05;

/// Detections of a class that overlap a surer one by more than this are suppressed.
const NMS: f64 = 0.3;

/// The overlap from which a box is found.
const LEAST_OVERLAP: f32 = 0.5;

/// Computes the average precision of each class on the test images.
pub(crate) fn average_precisions(network: &dyn Network, data: &Data) -> Vec<Option<f64>> {
    let mut detections = vec![Vec::new(); data.names.len()];
    let mut predictions = Predictions::default();
    for image in &data.test.images {
        network.forward(data.test.features_of(&image.rois, data.width), &mut predictions);
        detect(&predictions, network.classes(), image, data, &mut detections);
    }
    let classes = detections.iter().zip(&data.wanted);
    classes.map(|(detections, wanted)| average_precision(detections, wanted, LEAST_OVERLAP)).collect()
}

/// Adds the detections of an image to those of each class.
fn detect(
    predictions: &Predictions,
    classes: usize,
    image: &Image,
    data: &Data,
    detections: &mut [Vec<Detection>],
) {
    let rois = &data.test.boxes[image.rois.clone()];
    let (mut boxes, mut scores, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    for label in (1..).take(detections.len()) {
        for (row, score) in log_probabilities(predictions, classes, label, rois.len()) {
            boxes.push(moved(&rois[row], &predictions.deltas[4 * (row * classes + label as usize)..]));
            scores.push(score);
            labels.push(label);
        }
    }
    let [width, height] = image.size;
    clip(&mut boxes, width, height, Convention::Pixel);
    let config = NmsConfig::new(NMS).convention(Convention::Pixel);
    let kept = batched_nms(&boxes, &scores, &labels, &config).expect("no score is NaN");
    for kept in kept.into_iter().map(|index| index as usize) {
        let detection = Detection { image: image.number, score: scores[kept], bbox: boxes[kept] };
        detections[labels[kept] as usize - 1].push(detection);
    }
}

/// The RoIs that are likely enough of a class, and the logarithm of its probability: minus the loss.
fn log_probabilities(
    predictions: &Predictions,
    classes: usize,
    label: u32,
    rois: usize,
) -> impl Iterator<Item = (usize, f32)> {
    let losses = loss::cross_entropy(&predictions.scores, classes, &vec![label; rois]);
    let least = LEAST_PROBABILITY.ln();
    let scores = losses.expect("the head has every class").into_iter().map(|loss| -loss).enumerate();
    scores.filter(move |(_, score)| f64::from(*score) >= least)
}

/// A RoI's box, moved by the deltas of a class.
fn moved(roi: &BBox<f32>, deltas: &[f32]) -> BBox<f32> {
    let mut step = [0.0; 4];
    for ((step, delta), deviation) in step.iter_mut().zip(deltas).zip(TARGET_DEVIATIONS) {
        *step = delta * deviation;
    }
    let coder = BoxCoder::new(Convention::Pixel).largest_log(BoxCoder::TORCHVISION_LARGEST_LOG);
    coder.decode(roi, step)
}
