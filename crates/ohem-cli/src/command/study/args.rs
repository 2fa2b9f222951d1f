//! The arguments of `ohem study`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ohem_study::{Plan, Sampler};

pub(crate) const ABOUT: &str = "\
Train a detection head with and without hard example mining, and compare.

The same small head is trained on the RoIs of one image per step: on the hardest (ohem, ohem-no-nms), on a random \
sample (random-0.1 as the original does without mining, with background whose IoU with an object is at least 0.1; \
random-0.0 with any background), or on all. For one seed, initial weights and the order of images are the same for \
all samplers. After each epoch, the loss over all training RoIs and the average precision on the test images are \
measured.

FOLDER has numpy arrays and the ground truth, in the format that `ohem prepare` writes. The set built into the \
command has 19 + 10 pictures of BCCD, enough to see the study work but too few for conclusions.

With --format json, classes of the same name are told apart by their labels: `cell (label 2)`.

Finished runs are kept in small files and not repeated. A file's name has a digest of the data, the sampler, the \
seed, the epochs and the batch size. Delete the folder of results to start again.";

/// The arguments of `ohem study`.
#[derive(Debug, Args)]
pub(crate) struct StudyArgs {
    /// RoIs for training and testing [default: a small real set built into the command]
    pub(crate) folder: Option<PathBuf>,

    /// RoIs to learn from: ohem, ohem-no-nms, random-0.1, random-0.0, all [default: each in turn]
    #[arg(long, value_delimiter = ',', value_name = "SAMPLERS")]
    samplers: Vec<Sampler>,

    /// Number of runs per sampler, each from different initial weights
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=1000))]
    seeds: u64,

    /// Number of passes over the training images
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    epochs: u32,

    /// Maximum number of RoIs of an image to learn from
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    batch_size: u32,

    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: StudyFormat,

    /// Draw figures into this folder, as SVG and PNG
    #[arg(long, value_name = "DIR")]
    pub(crate) figures: Option<PathBuf>,

    /// Draw the hardest RoIs over their picture from this folder of JPEG or PNG files
    #[arg(long, value_name = "DIR", requires = "figures")]
    pub(crate) images: Option<PathBuf>,

    /// Test image, from 0, whose hardest RoIs are drawn
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) pictured: u16,

    /// Names of the classes, starting with label 1, for folders without names
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub(crate) classes: Vec<String>,

    /// Folder of finished runs [default: runs in the folder of the figures, else target/ohem-study]
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
}

/// The output format of `ohem study`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum StudyFormat {
    /// For humans: a row for each sampler
    #[default]
    Table,
    /// An object for each run and epoch
    Json,
}

impl StudyArgs {
    /// The training runs to do.
    pub(crate) fn plan(&self) -> Plan {
        let every = Sampler::EVERY.into_iter();
        let chosen = every.filter(|sampler| self.samplers.is_empty() || self.samplers.contains(sampler));
        Plan::new()
            .samplers(chosen.collect())
            .seeds(self.seeds)
            .epochs(self.epochs as usize)
            .batch_size(self.batch_size as usize)
            .pictured(self.pictured.into())
    }

    /// The folder of finished runs.
    pub(crate) fn results(&self) -> PathBuf {
        match (&self.results, &self.figures) {
            (Some(results), _) => results.clone(),
            (None, Some(figures)) => figures.join("runs"),
            (None, None) => PathBuf::from("target/ohem-study"),
        }
    }
}
