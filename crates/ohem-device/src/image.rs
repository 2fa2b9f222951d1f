//! The RoIs of an image, and which of them are learnt from.

use ohem_core::targets::{SampleConfig, sample};
use ohem_core::{BBox, Miner, Rois};
use rand::Rng;

use crate::training::BATCH;
use crate::{Meter, Phase, Refused, Row, TRAIN};

/// How many RoIs an image has at the most.
const MOST: usize = TRAIN.most();

/// What is needed of all RoIs of an image at a time.
#[derive(Debug)]
pub(crate) struct Image {
    boxes: [BBox<f32>; MOST],
    labels: [u32; MOST],
    /// What they are chosen by: their losses, or their overlaps.
    keys: [f32; MOST],
    /// Those that may be drawn.
    listed: [u32; MOST],
}

impl Image {
    pub(crate) const fn new() -> Self {
        Self {
            boxes: [BBox::new(0.0, 0.0, 0.0, 0.0); MOST],
            labels: [0; MOST],
            keys: [0.0; MOST],
            listed: [0; MOST],
        }
    }

    /// A place for the loss of each RoI.
    pub(crate) fn losses(&mut self, rois: usize) -> &mut [f32] {
        self.keys.get_mut(..rois).unwrap_or_default()
    }

    /// Mines the hardest RoIs, whose losses are in their places.
    pub(crate) fn mine<'a>(
        &mut self,
        rows: &[Row],
        miner: &'a mut Miner<f32, BATCH>,
        meter: &mut impl Meter,
    ) -> Result<&'a [u32], Refused> {
        let losses = self.keys.get(..rows.len()).unwrap_or_default();
        let (boxes, labels) = meter.measure(Phase::Read, || {
            let boxes = write(&mut self.boxes, rows.iter().map(Row::bbox));
            (boxes, write(&mut self.labels, rows.iter().map(Row::label)))
        });
        let rois = Rois::by_label(boxes, labels)?;
        Ok(meter.measure(Phase::Choose, || miner.mine(&rois, losses))?.into_indices())
    }

    /// Draws RoIs as the reference does without mining.
    pub(crate) fn draw(
        &mut self,
        rows: &[Row],
        config: &SampleConfig,
        generator: &mut impl Rng,
        meter: &mut impl Meter,
    ) -> Result<&[u32], Refused> {
        let overlaps = &*meter.measure(Phase::Read, || write(&mut self.keys, rows.iter().map(Row::overlap)));
        let listed = &mut self.listed;
        let drawn = meter.measure(Phase::Choose, || sample(overlaps, config, generator, listed))?;
        let count = drawn.indices().len();
        Ok(self.listed.get(..count).unwrap_or_default())
    }
}

/// Writes values to the front of some memory, as far as it goes; returns what was written.
fn write<T>(memory: &mut [T], values: impl Iterator<Item = T>) -> &mut [T] {
    let mut count = 0;
    for (slot, value) in memory.iter_mut().zip(values) {
        *slot = value;
        count += 1;
    }
    memory.get_mut(..count).unwrap_or_default()
}
