//! `bbox`: four functions of the original, each line telling which.

use ohem_testkit::adapters::Path;
use serde::Deserialize;

use super::Case;
use super::overlaps::Overlaps;
use super::steps::{Clipped, Decoded, Encoded};
use crate::support::number::Precision;
use crate::support::outcome::Outcome;

#[derive(Deserialize)]
#[serde(tag = "kind")]
pub(crate) enum Bbox {
    #[serde(rename = "bbox_overlaps")]
    Overlaps(Overlaps),
    #[serde(rename = "bbox_transform")]
    Encoded(Encoded),
    #[serde(rename = "bbox_transform_inv")]
    Decoded(Decoded),
    #[serde(rename = "clip_boxes")]
    Clipped(Clipped),
}

impl Case for Bbox {
    fn id(&self) -> &str {
        match self {
            Self::Overlaps(case) => case.id(),
            Self::Encoded(case) => case.id(),
            Self::Decoded(case) => case.id(),
            Self::Clipped(case) => case.id(),
        }
    }

    fn check<F: Precision, P: Path>(&self) -> Outcome {
        match self {
            Self::Overlaps(case) => case.check::<F, P>(),
            Self::Encoded(case) => case.check::<F, P>(),
            Self::Decoded(case) => case.check::<F, P>(),
            Self::Clipped(case) => case.check::<F, P>(),
        }
    }
}
