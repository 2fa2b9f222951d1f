//! Proposals: the windows of a picture that look most like objects.

use ohem_std::{Convention, InputError, MineConfig, MineError, Miner, NmsConfig, Rois, targets};
use rayon::prelude::*;

use super::channels::Channels;
use super::features::{FEATURES, FeatureScale, describe};
use super::filter::Filter;
use super::shapes::{shapes, windows};
use super::window::Window;

/// One of this many windows without an object is learnt from.
const OTHERS: usize = 16;

/// IoU with its best box from which a window counts as an object.
const OBJECT: f32 = 0.5;
/// IoU with its best box below which a window counts as background.
const NO_OBJECT: f32 = 0.4;

/// Proposes windows with filters learnt from annotated pictures.
#[derive(Debug)]
pub(crate) struct Proposer {
    scale: FeatureScale,
    /// Shapes and their filters.
    filters: Vec<([i32; 2], Filter)>,
}

/// A window to learn from.
pub(crate) struct Example {
    /// The index of its shape.
    shape: usize,
    is_object: bool,
    features: [f32; FEATURES],
}

/// The shapes of windows to look through.
pub(crate) struct WindowShapes(Vec<[i32; 2]>);

impl WindowShapes {
    pub(crate) fn of<'a>(boxes: impl Iterator<Item = &'a [u16; 4]>) -> Self {
        Self(shapes(boxes.copied()))
    }

    /// The examples of a picture: the windows with an object, and some of those without.
    pub(crate) fn examples(
        &self,
        channels: &Channels,
        boxes: &[[u16; 4]],
    ) -> Result<Vec<Example>, InputError> {
        let objects: Vec<_> = boxes.iter().map(|&corners| Window::from(corners).bbox()).collect();
        let mut examples = Vec::new();
        for (shape, &sides) in self.0.iter().enumerate() {
            let windows: Vec<_> = windows(sides, channels.sides()).collect();
            let boxes: Vec<_> = windows.iter().map(Window::bbox).collect();
            let (overlaps, _) = targets::assign(&boxes, &objects, Convention::Pixel)?;
            for (index, (&window, overlap)) in windows.iter().zip(overlaps).enumerate() {
                let is_object = overlap >= OBJECT;
                // Windows between the two thresholds are ambiguous and not used. Shapes take different others.
                if is_object || overlap < NO_OBJECT && index % OTHERS == shape % OTHERS {
                    examples.push(Example { shape, is_object, features: describe(channels, window) });
                }
            }
        }
        Ok(examples)
    }

    /// Learns a filter for each shape with examples.
    pub(crate) fn learn(&self, mut examples: Vec<Example>) -> Proposer {
        let scale = FeatureScale::of(examples.iter().map(|example| &example.features));
        examples.par_iter_mut().for_each(|example| example.features = scale.scaled(example.features));
        let filter = |(shape, &sides): (usize, &[i32; 2])| {
            let own = examples.iter().filter(|example| example.shape == shape);
            let own: Vec<_> = own.map(|example| (&example.features, example.is_object)).collect();
            Some((sides, Filter::learn(&own)?))
        };
        let filters = self.0.par_iter().enumerate().filter_map(filter).collect();
        Proposer { scale, filters }
    }
}

impl Proposer {
    /// Whether no filter could be learnt.
    pub(crate) fn is_empty(&self) -> bool {
        self.filters.is_empty()
    }

    /// The features of a window, scaled to mean 0 and deviation 1 over the examples.
    pub(crate) fn describe(&self, channels: &Channels, window: Window) -> [f32; FEATURES] {
        self.scale.scaled(describe(channels, window))
    }

    /// The best `max_proposals` windows whose IoU with a better one is at most `iou_threshold`.
    pub(crate) fn propose(
        &self,
        channels: &Channels,
        max_proposals: usize,
        iou_threshold: f64,
    ) -> Result<Vec<Window>, MineError> {
        let (mut all, mut scores) = (Vec::new(), Vec::new());
        for (sides, filter) in &self.filters {
            for window in windows(*sides, channels.sides()) {
                scores.push(filter.score(&self.describe(channels, window)));
                all.push(window);
            }
        }
        let boxes: Vec<_> = all.iter().map(Window::bbox).collect();
        // Mining with scores as losses is NMS that stops when there are enough.
        let nms = NmsConfig::new(iou_threshold).convention(Convention::Pixel);
        let mut miner = Miner::new(MineConfig::new(max_proposals).nms(nms))?;
        let best = miner.mine(&Rois::one_group(&boxes)?, &scores)?;
        Ok(best.indices().iter().map(|&index| all[index as usize]).collect())
    }
}
