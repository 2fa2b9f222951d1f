//! A pack, converted for training and testing.

use std::ops::Range;

use ohem_pack::{FEATURE_SCALE, Pack, PackError, PackSplit};
use ohem_std::BBox;

use crate::average_precision::GroundTruth;

/// A pack, converted for training and testing: floats, image by image.
#[derive(Debug)]
pub struct Data {
    pub(crate) width: usize,
    /// The names of the classes, without background.
    pub(crate) names: Vec<String>,
    pub(crate) digest: String,
    pub(crate) train: RoiColumns,
    /// Without RoIs that are ground-truth boxes.
    pub(crate) test: RoiColumns,
    /// The ground truth of each class of the test images.
    pub(crate) truth: Vec<Vec<GroundTruth>>,
    /// The names of the test images that have ground truth.
    image_names: Vec<(u32, String)>,
}

/// The RoIs of a split, as columns.
#[derive(Debug, Default)]
pub(crate) struct RoiColumns {
    pub(crate) features: Vec<f32>,
    pub(crate) boxes: Vec<BBox<f32>>,
    pub(crate) labels: Vec<u32>,
    pub(crate) overlaps: Vec<f32>,
    pub(crate) targets: Vec<[f32; 4]>,
    pub(crate) images: Vec<Image>,
}

/// An image and the range of its RoIs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Image {
    pub(crate) number: u32,
    pub(crate) rois: Range<usize>,
    /// Width and height up to the last pixel of any box.
    pub(crate) size: [f32; 2],
}

impl Data {
    /// Converts a pack.
    ///
    /// # Errors
    ///
    /// If the columns of a split differ in length.
    pub fn new(pack: &Pack) -> Result<Self, PackError> {
        let digest = pack.digest()?;
        let mut truth_of = vec![Vec::new(); pack.classes.len()];
        for truth in &pack.test.ground_truth {
            if let Some(of_class) =
                usize::from(truth.label).checked_sub(1).and_then(|class| truth_of.get_mut(class))
            {
                of_class.push(GroundTruth { image: truth.image.into(), bbox: corners(truth.bbox) });
            }
        }
        let mut image_names: Vec<_> =
            pack.test.ground_truth.iter().map(|truth| (truth.image.into(), truth.name.clone())).collect();
        image_names.sort();
        image_names.dedup_by_key(|(image, _)| *image);
        Ok(Self {
            width: pack.width,
            names: pack.classes.clone(),
            digest,
            train: RoiColumns::new(&pack.train, pack.width, |_| true),
            test: RoiColumns::new(&pack.test, pack.width, |row| pack.test.is_gt[row] == 0),
            truth: truth_of,
            image_names,
        })
    }

    /// The names of the classes, starting with label 1.
    pub fn classes(&self) -> &[String] {
        &self.names
    }

    /// A digest of the pack.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Number of RoIs to train on and to test on.
    pub fn counts(&self) -> [usize; 2] {
        [self.train.labels.len(), self.test.labels.len()]
    }

    /// Number of images to train on and to test on.
    pub fn images(&self) -> [usize; 2] {
        [self.train.images.len(), self.test.images.len()]
    }

    /// The name of a test image, if it has ground truth.
    pub fn image_name(&self, image: u32) -> Option<&str> {
        let found = self.image_names.iter().find(|(number, _)| *number == image);
        found.map(|(_, name)| name.as_str())
    }

    /// Width and height of a test image up to the last pixel of any box.
    pub fn image_size(&self, image: u32) -> Option<[f32; 2]> {
        self.test.images.iter().find(|other| other.number == image).map(|image| image.size)
    }

    /// The ground truth of a test image: labels and boxes.
    pub fn ground_truth(&self, image: u32) -> Vec<(u32, BBox<f32>)> {
        let of_classes = self.truth.iter().zip(1..);
        let labelled = of_classes.flat_map(|(truth, label)| truth.iter().map(move |truth| (label, truth)));
        labelled.filter(|(_, truth)| truth.image == image).map(|(label, truth)| (label, truth.bbox)).collect()
    }
}

impl RoiColumns {
    /// Converts the RoIs of a split that `keep` accepts.
    fn new(split: &PackSplit, width: usize, keep: impl Fn(usize) -> bool) -> Self {
        let mut rois = Self::default();
        for row in 0..split.len() {
            let bbox = corners(split.boxes[row]);
            // RoIs that are not kept still count for the size of the image.
            rois.enter(split.images[row].into(), &bbox);
            if keep(row) {
                let features = &split.features[row * width..][..width];
                rois.features.extend(features.iter().map(|&feature| f32::from(feature) * FEATURE_SCALE));
                rois.boxes.push(bbox);
                rois.labels.push(split.labels[row].into());
                rois.overlaps.push(split.overlaps[row]);
                rois.targets.push(split.targets[row]);
                rois.images.last_mut().expect("the image was entered above").rois.end += 1;
            }
        }
        rois
    }

    /// Begins another image if this one is new, and extends its size to the box.
    fn enter(&mut self, number: u32, bbox: &BBox<f32>) {
        let end = self.labels.len();
        if self.images.last().is_none_or(|image| image.number != number) {
            self.images.push(Image { number, rois: end..end, size: [0.0; 2] });
        }
        let [width, height] = &mut self.images.last_mut().expect("an image was pushed").size;
        (*width, *height) = (width.max(bbox.x2 + 1.0), height.max(bbox.y2 + 1.0));
    }

    /// The features of an image's RoIs.
    pub(crate) fn features_of(&self, rois: &Range<usize>, width: usize) -> &[f32] {
        &self.features[rois.start * width..rois.end * width]
    }
}

fn corners([x1, y1, x2, y2]: [u16; 4]) -> BBox<f32> {
    BBox::new(x1.into(), y1.into(), x2.into(), y2.into())
}
