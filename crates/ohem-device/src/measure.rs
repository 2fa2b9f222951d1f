//! Measures a head.

use crc::{CRC_32_ISO_HDLC, Crc, NoTable};

use crate::batch::ROWS;
use crate::data::{TEST, TRAIN};
use crate::error::Refused;
use crate::head::{DeviceHead, LABELS};
use crate::learner::Learner;
use crate::meter::Unmeasured;

/// The measurements of a head.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The mean loss over all training RoIs.
    pub loss: f64,
    /// Number of held-out RoIs of each class, background first.
    pub labelled: [u32; LABELS],
    /// Number of those that the head classifies correctly.
    pub right: [u32; LABELS],
    /// A checksum of the bits of the loss, and of all weights and biases.
    pub digest: u32,
}

impl Measured {
    pub(crate) fn of(learner: &mut Learner) -> Result<Self, Refused> {
        let loss = mean_loss(learner)?;
        let (mut labelled, mut right) = ([0; LABELS], [0; LABELS]);
        for rows in TEST.rows().chunks(ROWS) {
            let predicted = learner.batch.predict(&learner.head, rows.iter(), &mut Unmeasured)?;
            for (scores, &label) in predicted.scores.as_chunks::<LABELS>().0.iter().zip(predicted.labels) {
                let label = label as usize;
                let counts = labelled.get_mut(label).into_iter().zip(right.get_mut(label));
                for (labelled, right) in counts {
                    *labelled += 1;
                    *right += u32::from(best(scores) == label);
                }
            }
        }
        Ok(Self { loss, labelled, right, digest: digest(&learner.head, loss) })
    }
}

/// The mean loss over all training RoIs, summed in their order.
fn mean_loss(learner: &mut Learner) -> Result<f64, Refused> {
    let mut sum = 0.0;
    for rows in TRAIN.rows().chunks(ROWS) {
        let mut losses = [0.0; ROWS];
        learner.losses(rows, losses.get_mut(..rows.len()).unwrap_or_default(), &mut Unmeasured)?;
        sum += losses.iter().map(|&loss| f64::from(loss)).sum::<f64>();
    }
    Ok(sum / TRAIN.rows().len() as f64)
}

/// The class with the highest score, the first of several.
fn best(scores: &[f32; LABELS]) -> usize {
    let mut best = (0, f32::NEG_INFINITY);
    for (class, &score) in scores.iter().enumerate() {
        if score > best.1 {
            best = (class, score);
        }
    }
    best.0
}

fn digest(head: &DeviceHead, loss: f64) -> u32 {
    let crc = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);
    let mut digest = crc.digest();
    digest.update(&loss.to_bits().to_le_bytes());
    for number in head.weights().into_iter().chain(head.biases()).flatten() {
        digest.update(&number.to_bits().to_le_bytes());
    }
    digest.finalize()
}
