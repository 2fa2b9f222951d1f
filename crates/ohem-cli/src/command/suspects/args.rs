//! The arguments of `ohem suspects`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::command::args::choices::BoxFormatChoice;
use crate::table::Layout;

pub(crate) const ABOUT: &str = "\
Find likely errors of ground truth, from the detections of a trained model.

Where a confident detection and the ground truth disagree, one of them is wrong: an object has another label, an \
object is missing, a box is misplaced, or nothing is where an object should be. The most suspicious come first. Use a \
model that did not train on these images, or that has seen them only a few times.

DETECTIONS are results of COCO, a table with image, box, label and score, or a folder of YOLO texts. --ground-truth is \
a dataset of COCO, a folder of XML of PASCAL VOC or of YOLO texts, or a table.";

/// The arguments of `ohem suspects`.
#[derive(Debug, Args)]
pub(crate) struct SuspectsArgs {
    /// Detections with scores
    pub(crate) detections: PathBuf,

    /// Ground truth
    #[arg(short, long, value_name = "PATH")]
    pub(crate) ground_truth: PathBuf,

    /// Folder of the pictures, whose sizes labels of YOLO need
    #[arg(long, value_name = "DIR")]
    pub(crate) image_dir: Option<PathBuf>,

    /// Names of classes that are numbers: NAME,... from 1 (YOLO from 0), or NUMBER=NAME,... [default: those of COCO, or
    /// of classes.txt beside YOLO]
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub(crate) classes: Vec<String>,

    /// Meaning of the four numbers of a detection in a table
    #[arg(long, value_enum, default_value_t)]
    box_format: BoxFormatChoice,

    /// Number of suspects
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 50)]
    pub(crate) limit: usize,

    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) format: SuspectsFormat,

    /// Write the result to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

impl SuspectsArgs {
    /// How a table of detections is written.
    pub(crate) fn layout(&self, pixel: bool) -> Layout {
        Layout { boxes: self.box_format.into(), pixel, ..Layout::default() }
    }
}

/// The output format of `ohem suspects`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SuspectsFormat {
    /// For humans
    #[default]
    Table,
    /// A row for each suspect
    Csv,
    /// An object for each suspect
    Json,
    /// A dataset of COCO with the suspects as annotations
    Coco,
    /// Tasks for Label Studio, with the suspects as predictions
    LabelStudio,
}
