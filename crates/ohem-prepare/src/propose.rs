//! Proposals: the windows of a picture that look most like an object.

use ohem_std::{Convention, MineConfig, targets};
use rayon::prelude::*;

use crate::channels::Channels;
use crate::features::{FEATURES, Scale, describe};
use crate::filter::Filter;
use crate::shapes::{shapes, windows};
use crate::window::Window;

/// Of the windows that show no object, one in so many is learnt from.
const OTHERS: usize = 16;

/// From this IoU with its best box a window is an object; below the other it is none. Between, neither.
const OBJECT: f32 = 0.5;
const NO_OBJECT: f32 = 0.4;

/// Proposes windows, as learnt from annotated pictures.
#[derive(Debug)]
pub(crate) struct Proposer {
    scale: Scale,
    /// Shapes with their filters.
    filters: Vec<([i32; 2], Filter)>,
}

/// A window to learn from.
pub(crate) struct Example {
    /// The index of its shape.
    shape: usize,
    is_object: bool,
    features: [f32; FEATURES],
}

/// What to look for: the shapes that boxes have.
pub(crate) struct Wanted(Vec<[i32; 2]>);

impl Wanted {
    pub(crate) fn of<'a>(boxes: impl Iterator<Item = &'a [u16; 4]>) -> Self {
        Self(shapes(boxes.copied()))
    }

    /// The examples of a picture: windows that show an object, and some that do not.
    pub(crate) fn examples(
        &self,
        channels: &Channels,
        boxes: &[[u16; 4]],
    ) -> Result<Vec<Example>, targets::AssignError> {
        let objects: Vec<_> = boxes.iter().map(|&corners| Window::from(corners).bbox()).collect();
        let mut examples = Vec::new();
        for (shape, &sides) in self.0.iter().enumerate() {
            let windows: Vec<_> = windows(sides, channels.sides()).collect();
            let places: Vec<_> = windows.iter().map(Window::bbox).collect();
            let (overlaps, _) = targets::assign(&places, &objects, Convention::Pixel)?;
            for (index, (&window, overlap)) in windows.iter().zip(overlaps).enumerate() {
                let is_object = overlap >= OBJECT;
                if is_object || overlap < NO_OBJECT && index % OTHERS == shape % OTHERS {
                    examples.push(Example { shape, is_object, features: describe(channels, window) });
                }
            }
        }
        Ok(examples)
    }

    /// Learns a filter for each shape that there are examples of.
    pub(crate) fn learn(&self, mut examples: Vec<Example>) -> Proposer {
        let scale = Scale::of(examples.iter().map(|example| &example.features));
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
    /// Whether there was nothing to learn from.
    pub(crate) fn is_empty(&self) -> bool {
        self.filters.is_empty()
    }

    /// What a window looks like, each feature with mean 0 and deviation 1 over what was learnt from.
    pub(crate) fn describe(&self, channels: &Channels, window: Window) -> [f32; FEATURES] {
        self.scale.scaled(describe(channels, window))
    }

    /// The best windows, at the most so many, of which none overlaps a better one by more than `threshold`.
    pub(crate) fn propose(
        &self,
        channels: &Channels,
        at_most: usize,
        threshold: f64,
    ) -> Result<Vec<Window>, ohem_std::Error> {
        let (mut all, mut scores) = (Vec::new(), Vec::new());
        for (sides, filter) in &self.filters {
            for window in windows(*sides, channels.sides()) {
                scores.push(filter.score(&self.describe(channels, window)));
                all.push(window);
            }
        }
        let boxes: Vec<_> = all.iter().map(Window::bbox).collect();
        // Mining, with the score for a loss: NMS that stops when there are enough.
        let (config, group) = (MineConfig::fast_rcnn().batch_size(at_most), vec![0; all.len()]);
        let best = ohem_std::mine(&boxes, &group, &group, &scores, &config.nms_threshold(threshold))?;
        Ok(best.indices().iter().map(|&index| all[index as usize]).collect())
    }
}
