//! The RoIs of an image, and which of them are learnt from.

use ohem_core::targets::{self, SampleConfig};
use ohem_core::{BBox, Miner, Rois};
use rand::Rng;

use crate::data::TRAIN;
use crate::error::Refused;
use crate::meter::{Meter, Phase};
use crate::row::RoiRow;

/// Maximum number of RoIs of an image to learn from.
pub const BATCH: usize = 64;

/// Number of RoIs of the largest image.
const MAX_ROIS: usize = TRAIN.max_rois();

/// The columns of an image that are needed for all of its RoIs at once.
#[derive(Debug)]
pub(crate) struct ImageColumns {
    boxes: [BBox<f32>; MAX_ROIS],
    labels: [u32; MAX_ROIS],
    /// Losses for mining, or overlaps for sampling.
    keys: [f32; MAX_ROIS],
    /// Memory for sampling.
    listed: [u32; MAX_ROIS],
}

impl ImageColumns {
    pub(crate) const fn new() -> Self {
        Self {
            boxes: [BBox::new(0.0, 0.0, 0.0, 0.0); MAX_ROIS],
            labels: [0; MAX_ROIS],
            keys: [0.0; MAX_ROIS],
            listed: [0; MAX_ROIS],
        }
    }

    /// Memory for the loss of each RoI.
    pub(crate) fn losses(&mut self, rois: usize) -> &mut [f32] {
        self.keys.get_mut(..rois).unwrap_or_default()
    }

    /// Mines the hardest RoIs by the losses written to [`Self::losses`].
    pub(crate) fn mine<'a>(
        &mut self,
        rows: &[RoiRow],
        miner: &'a mut Miner<f32, BATCH>,
        meter: &mut impl Meter,
    ) -> Result<&'a [u32], Refused> {
        let losses = self.keys.get(..rows.len()).unwrap_or_default();
        let (boxes, labels) = meter.measure(Phase::Read, || {
            let boxes = write(&mut self.boxes, rows.iter().map(RoiRow::bbox));
            (boxes, write(&mut self.labels, rows.iter().map(RoiRow::label)))
        });
        let rois = Rois::by_label(boxes, labels)?;
        Ok(meter.measure(Phase::Choose, || miner.mine(&rois, losses))?.into_indices())
    }

    /// Samples RoIs as the original does without mining.
    pub(crate) fn sample(
        &mut self,
        rows: &[RoiRow],
        config: &SampleConfig,
        generator: &mut impl Rng,
        meter: &mut impl Meter,
    ) -> Result<&[u32], Refused> {
        let overlaps =
            &*meter.measure(Phase::Read, || write(&mut self.keys, rows.iter().map(RoiRow::overlap)));
        let listed = &mut self.listed;
        let sampled =
            meter.measure(Phase::Choose, || targets::sample(overlaps, config, generator, listed))?;
        let count = sampled.indices().len();
        Ok(self.listed.get(..count).unwrap_or_default())
    }
}

/// Writes values to the front of a slice until it is full. Returns the written part.
fn write<T>(memory: &mut [T], values: impl Iterator<Item = T>) -> &mut [T] {
    let mut count = 0;
    for (slot, value) in memory.iter_mut().zip(values) {
        *slot = value;
        count += 1;
    }
    memory.get_mut(..count).unwrap_or_default()
}
