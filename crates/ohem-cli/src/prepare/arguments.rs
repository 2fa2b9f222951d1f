//! What `ohem prepare` is told.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ohem_prepare::Validation;

pub(crate) const ABOUT: &str = "\
Make RoIs with features, labels and targets of pictures and a table of boxes.

The table is a CSV file with the columns `image` (the name of a file in IMAGES, with or without .jpg, .jpeg or \
.png), `split` (train, val or test), `width`, `height`, `x1`, `y1`, `x2`, `y2` (pixels from 1, both corners inside \
the box, as in PASCAL VOC) and `label`, and a row for each box; in a row of a picture without boxes, the corners and \
the label are empty. Boxes without x1 < x2 and y1 < y2 are left out, and their lines listed.

Proposals are windows of the shapes that the boxes of split train have, ranked by linear filters that are learnt \
from that split; features are 96 means of colours and gradients in and around the window. OUT appears only when it \
is complete; `ohem study OUT` trains on it.";

/// What `ohem prepare` is told.
#[derive(Debug, Args)]
pub(crate) struct PrepareArguments {
    /// Folder of the pictures (JPEG or PNG)
    pub(crate) images: PathBuf,

    /// Table of the boxes
    #[arg(value_name = "ANNOTATIONS.csv")]
    pub(crate) annotations: PathBuf,

    /// Folder to make
    pub(crate) out: PathBuf,

    /// The most proposals of a picture
    #[arg(long, value_name = "N", default_value_t = 600)]
    pub(crate) proposals: usize,

    /// The IoU above which a better proposal suppresses another
    #[arg(long, value_name = "IOU", default_value_t = 0.6, value_parser = threshold)]
    pub(crate) nms_threshold: f64,

    /// What becomes of the pictures of split val
    #[arg(long, value_enum, default_value_t)]
    pub(crate) validation: ValidationChoice,

    /// Replace OUT, if it is a folder that was made so or an empty one
    #[arg(long)]
    pub(crate) force: bool,
}

/// What becomes of the pictures of split `val`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ValidationChoice {
    /// They are trained on
    #[default]
    Train,
    /// They are tested on
    Test,
    /// They are left out
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
    use ohem_prepare::Config;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: PrepareArguments,
    }

    #[test]
    fn defaults_are_the_librarys() {
        let PrepareArguments { proposals, nms_threshold, validation, .. } =
            Line::parse_from(["prepare", "a", "b", "c"]).arguments;
        let config = Config::new();
        assert_eq!((proposals, nms_threshold), (config.proposals, config.nms_threshold));
        assert_eq!(Validation::from(validation), config.validation);
    }

    #[test]
    fn a_threshold_is_from_0_to_1() {
        assert_eq!(threshold("0.7"), Ok(0.7));
        assert!(["NaN", "-0.1", "1.1", "x"].iter().all(|text| threshold(text).is_err()));
    }
}
