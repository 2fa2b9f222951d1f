//! Finds the hardest RoIs of a test image, for a figure.

use ohem_std::{MineConfig, mine};

use crate::data::{Data, Image};
use crate::losses::losses;
use crate::network::{Network, Predictions};
use crate::run::{HardRoi, Hardest};

/// Number of RoIs in the figure.
const COUNT: usize = 16;

/// Finds the hardest RoIs of a test image.
pub(crate) fn hardest(network: &dyn Network, data: &Data, image: &Image, epoch: usize) -> Hardest {
    let mut predictions = Predictions::default();
    network.forward(data.test.features_of(&image.rois, data.width), &mut predictions);
    let rows = image.rois.clone();
    let (boxes, labels) = (&data.test.boxes[rows.clone()], &data.test.labels[rows.clone()]);
    let losses = losses(&predictions, network.classes(), labels, &data.test.targets[rows]);
    let images = vec![0; labels.len()];
    let hard = mine(boxes, &images, labels, &losses, &MineConfig::fast_rcnn().batch_size(COUNT));
    let roi = |&index: &u32| {
        let (bbox, index) = (boxes[index as usize], index as usize);
        let bbox = [bbox.x1, bbox.y1, bbox.x2, bbox.y2];
        HardRoi { bbox, label: labels[index], loss: losses[index] }
    };
    let rois = hard.map_or_else(|_| Vec::new(), |hard| hard.indices().iter().map(roi).collect());
    Hardest { epoch, image: image.number, rois }
}
