//! The RoIs of a picture, assigned, labelled and encoded as in the original.

use ohem_pack::{PackSplit, TARGET_DEVIATIONS, Truth};
use ohem_std::Convention;
use ohem_std::targets::{self, BoxCoder, LabelConfig, Normalization};

use super::annotations::AnnotatedPicture;
use super::channels::Channels;
use super::config::PrepareConfig;
use super::features::packed;
use super::propose::Proposer;
use super::window::Window;

/// The RoIs of a picture, without the index of the image, and which boxes were found.
pub(crate) struct PictureRois {
    rois: PackSplit,
    /// Whether each box has a proposal with an IoU of at least 0.5.
    pub(crate) found: Vec<bool>,
}

impl PictureRois {
    /// Proposes, assigns and describes.
    pub(crate) fn of(
        channels: &Channels,
        picture: &AnnotatedPicture,
        proposer: &Proposer,
        config: &PrepareConfig,
    ) -> Result<Self, Box<dyn core::error::Error + Send + Sync>> {
        let proposals = proposer.propose(channels, config.proposals, config.iou_threshold)?;
        let truth: Vec<_> = picture.boxes.iter().map(|&corners| Window::from(corners)).collect();
        let [truth_boxes, proposed_boxes] = [&truth, &proposals].map(|windows| boxes(windows));
        let (best, _) = targets::assign(&truth_boxes, &proposed_boxes, Convention::Pixel)?;

        let (labels, coder) = (LabelConfig::new(), BoxCoder::fast_rcnn());
        let classes: Vec<_> = picture.labels.iter().map(|&label| u32::from(label)).collect();
        let mut prepared = targets::prepare((&truth_boxes, &classes), &proposed_boxes, &labels, &coder)?;
        let (means, deviations) = ([[0.0; 4]], [TARGET_DEVIATIONS]);
        Normalization::new(&means, &deviations)?
            .normalize(&prepared.target_classes, &mut prepared.targets)?;

        // As in the original, ground-truth boxes come first among the RoIs.
        let windows = [truth.as_slice(), &proposals].concat();
        let mut rois = PackSplit::default();
        for &index in targets::split(&prepared.overlaps, &labels)?.indices() {
            let index = index as usize;
            rois.boxes.push(corners(windows[index])?);
            rois.features.extend(proposer.describe(channels, windows[index]).map(packed));
            rois.labels.push(u8::try_from(prepared.labels[index].number().unwrap_or(0))?);
            rois.overlaps.push(prepared.overlaps[index]);
            rois.targets.push(prepared.targets[index]);
            rois.is_gt.push(u8::from(index < truth.len()));
        }
        Ok(Self { rois, found: best.iter().map(|&overlap| overlap >= 0.5).collect() })
    }

    /// Appends the RoIs and boxes of the picture to a split, as image `image`.
    pub(crate) fn append(mut self, picture: &AnnotatedPicture, image: u16, split: &mut PackSplit) {
        split.images.extend(self.rois.boxes.iter().map(|_| image));
        split.boxes.append(&mut self.rois.boxes);
        split.features.append(&mut self.rois.features);
        split.labels.append(&mut self.rois.labels);
        split.overlaps.append(&mut self.rois.overlaps);
        split.targets.append(&mut self.rois.targets);
        split.is_gt.append(&mut self.rois.is_gt);
        let boxes = picture.boxes.iter().zip(&picture.labels);
        let truth = boxes.map(|(&bbox, &label)| Truth { image, name: picture.name.clone(), bbox, label });
        split.ground_truth.extend(truth);
    }
}

fn boxes(windows: &[Window]) -> Vec<ohem_std::BBox<f32>> {
    windows.iter().map(Window::bbox).collect()
}

/// The coordinates of the first and the last pixel.
fn corners(window: Window) -> Result<[u16; 4], core::num::TryFromIntError> {
    let side = u16::try_from;
    Ok([side(window.left)?, side(window.top)?, side(window.right - 1)?, side(window.bottom - 1)?])
}
