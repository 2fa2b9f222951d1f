//! The arguments of `ohem prepare`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ohem_study::prepare::Validation;

pub(crate) const ABOUT: &str = "\
Make training data from pictures and a table of boxes: RoIs with features, labels and targets.

The table is CSV with any delimiter, or JSON lines, also gzipped, with one row per box and the columns `image` (a file in IMAGES, with or without its \
extension .jpg, .jpeg or .png), `split` (train, val or test), `width`, `height`, `x1`, `y1`, `x2`, `y2` (pixels \
from 1, both corners inside the box, as in PASCAL VOC) and `label`; the other names that `ohem mine` knows for \
these columns are read as well. A picture without boxes has one row, with empty \
corners and label. Whole numbers may have zero decimals (30.0), and a missing value may be nan, NA, null or \
none. Boxes without x1 < x2 and y1 < y2 are left out; the report lists their lines, and too many are an error.

Proposals are windows in the shapes of the boxes of split train, ranked by linear filters that are learnt from that \
split. The 96 features of a RoI are means of colours and gradients in and around it, and its size. OUT appears only \
when it is complete; `ohem study OUT` trains on it.";

/// The arguments of `ohem prepare`.
#[derive(Debug, Args)]
pub(crate) struct PrepareArgs {
    /// Folder with the pictures (JPEG or PNG)
    pub(crate) images: PathBuf,

    /// Table of the boxes
    #[arg(value_name = "ANNOTATIONS")]
    pub(crate) annotations: PathBuf,

    /// Folder to create
    pub(crate) out: PathBuf,

    /// Maximum number of proposals per picture
    #[arg(long, value_name = "N", default_value_t = 600)]
    pub(crate) proposals: usize,

    /// IoU with a better proposal above which a proposal is suppressed
    #[arg(long, alias = "nms-threshold", value_name = "IOU", default_value_t = 0.6, value_parser = threshold)]
    pub(crate) iou_threshold: f64,

    /// Largest share of boxes that may be left out; above it, the columns probably have another meaning
    #[arg(long, value_name = "SHARE", default_value_t = 0.1, value_parser = threshold)]
    pub(crate) max_left_out: f64,

    /// How to use the pictures of split val
    #[arg(long, value_enum, default_value_t)]
    pub(crate) validation: ValidationChoice,

    /// Replace OUT if it is empty or was made by this command
    #[arg(long)]
    pub(crate) force: bool,
}

/// How the pictures of split `val` are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ValidationChoice {
    /// Train on them
    #[default]
    Train,
    /// Test on them
    Test,
    /// Leave them out
    LeaveOut,
}

impl From<ValidationChoice> for Validation {
    fn from(choice: ValidationChoice) -> Self {
        match choice {
            ValidationChoice::Train => Self::Train,
            ValidationChoice::Test => Self::Test,
            ValidationChoice::LeaveOut => Self::LeaveOut,
        }
    }
}

fn threshold(text: &str) -> Result<f64, String> {
    let value = text.parse().ok().filter(|value| (0.0..=1.0).contains(value));
    value.ok_or_else(|| "expected a number from 0 to 1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use ohem_study::prepare::PrepareConfig;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: PrepareArgs,
    }

    #[test]
    fn defaults_are_the_librarys() {
        let PrepareArgs { proposals, iou_threshold, validation, .. } =
            Line::parse_from(["prepare", "a", "b", "c"]).args;
        let config = PrepareConfig::new();
        assert_eq!((proposals, iou_threshold), (config.proposals, config.iou_threshold));
        assert_eq!(Validation::from(validation), config.validation);
    }

    #[test]
    fn a_threshold_is_from_0_to_1() {
        assert_eq!(threshold("0.7"), Ok(0.7));
        assert!(["NaN", "-0.1", "1.1", "x"].iter().all(|text| threshold(text).is_err()));
    }
}
