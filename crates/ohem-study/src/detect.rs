//! Turns scores and deltas into detections, and measures their precision.

use ohem_pack::TARGET_DEVIATIONS;
use ohem_std::loss::{self, Classes};
use ohem_std::targets::{BoxCoder, clip};
use ohem_std::{BBox, Convention, NmsConfig, batched_nms};

use crate::average_precision::{Detection, average_precision};
use crate::data::{Data, Image};
use crate::network::{Network, Predictions};

/// Minimum probability of a class for a detection, as in the original's test.
pub const MIN_PROBABILITY: f64 = 0.05;

/// IoU with a detection of higher score above which a detection of the class is suppressed.
const NMS_THRESHOLD: f64 = 0.3;

/// Minimum IoU with which a box counts as found.
const MIN_IOU: f32 = 0.5;

/// Computes the average precision of each class on the test images.
pub(crate) fn average_precisions(network: &dyn Network, data: &Data) -> Vec<Option<f64>> {
    let mut detections = vec![Vec::new(); data.names.len()];
    let mut predictions = Predictions::default();
    for image in &data.test.images {
        network.forward(data.test.features_of(&image.rois, data.width), &mut predictions);
        detect(&predictions, network.classes(), image, data, &mut detections);
    }
    let classes = detections.iter().zip(&data.truth);
    classes.map(|(detections, truth)| average_precision(detections, truth, MIN_IOU)).collect()
}

/// Appends the detections of an image to those of each class.
fn detect(
    predictions: &Predictions,
    classes: usize,
    image: &Image,
    data: &Data,
    detections: &mut [Vec<Detection>],
) {
    let rois = &data.test.boxes[image.rois.clone()];
    let (mut boxes, mut scores, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    // Every RoI can be a detection of several classes.
    for label in (1..).take(detections.len()) {
        for (row, score) in log_probabilities(predictions, classes, label, rois.len()) {
            boxes.push(moved(&rois[row], &predictions.deltas[4 * (row * classes + label as usize)..]));
            scores.push(score);
            labels.push(label);
        }
    }
    let [width, height] = image.size;
    clip(&mut boxes, width, height, Convention::Pixel);
    let config = NmsConfig::new(NMS_THRESHOLD).convention(Convention::Pixel);
    let kept = batched_nms(&boxes, &scores, &labels, &config).expect("no score is NaN");
    for kept in kept.into_iter().map(|index| index as usize) {
        let detection = Detection { image: image.number, score: scores[kept], bbox: boxes[kept] };
        detections[labels[kept] as usize - 1].push(detection);
    }
}

/// The RoIs that are probable enough for a class, with the log of that probability, which is minus the loss.
fn log_probabilities(
    predictions: &Predictions,
    classes: usize,
    label: u32,
    rois: usize,
) -> impl Iterator<Item = (usize, f32)> {
    let losses = loss::cross_entropy(&predictions.scores, Classes::new(classes), &vec![label; rois]);
    let min = MIN_PROBABILITY.ln();
    let scores = losses.expect("the head has every class").into_iter().map(|loss| -loss).enumerate();
    scores.filter(move |(_, score)| f64::from(*score) >= min)
}

/// Applies the deltas of a class to a RoI's box.
fn moved(roi: &BBox<f32>, deltas: &[f32]) -> BBox<f32> {
    let mut unscaled = [0.0; 4];
    for ((out, delta), deviation) in unscaled.iter_mut().zip(deltas).zip(TARGET_DEVIATIONS) {
        *out = delta * deviation;
    }
    let coder = BoxCoder::new(Convention::Pixel).largest_log(BoxCoder::TORCHVISION_LARGEST_LOG);
    coder.decode(roi, unscaled)
}
