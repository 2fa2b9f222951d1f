//! What `ohem study` is told.

use std::path::PathBuf;

use clap::Args;
use ohem_study::{Plan, Sampler};

use crate::args::Format;

pub(crate) const ABOUT: &str = "\
Train a detection head with hard example mining and without, and compare.

The same small head is trained on the RoIs of one image a step: on the hardest (ohem, ohem-no-nms), on some \
drawn at random (random-0.1 as the reference does without mining, its background overlapping an object by 0.1 \
at least; random-0.0 from all background), or on all. For one seed, initial weights and the order of images \
are the same for all. After each epoch the loss over all training RoIs and the average precision on the test \
images are measured.

FOLDER has arrays of numpy and the ground truth, in the format that `ohem prepare` writes. The one that comes \
with the command is of 19 + 10 pictures of BCCD: enough to see it work, too few to conclude anything.

Finished runs are kept, and not done again: a small file each, whose name has a digest of the data, the \
sampler, the seed, the epochs and the batch size. Remove the folder to begin anew.";

/// What `ohem study` is told.
#[derive(Debug, Args)]
pub(crate) struct StudyArguments {
    /// RoIs to train and to test on [default: a small real set that comes with the command]
    pub(crate) folder: Option<PathBuf>,

    /// What to learn from: ohem, ohem-no-nms, random-0.1, random-0.0, all [default: each]
    #[arg(long, value_delimiter = ',', value_name = "SAMPLERS")]
    samplers: Vec<Sampler>,

    /// How many times to train each, from other initial weights
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=1000))]
    seeds: u64,

    /// How many times to go through the training images
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    epochs: u32,

    /// How many RoIs of an image to learn from at the most
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    batch_size: u32,

    /// table for people, json for programs: an object for each run and epoch
    #[arg(long, value_parser = format, default_value = "table")]
    pub(crate) format: Format,

    /// Draw figures into this folder, as SVG and PNG
    #[arg(long, value_name = "DIR")]
    pub(crate) figures: Option<PathBuf>,

    /// Draw the hardest RoIs over their picture, of this folder of JPEG or PNG files
    #[arg(long, value_name = "DIR", requires = "figures")]
    pub(crate) images: Option<PathBuf>,

    /// Of which test image to draw the hardest RoIs, from 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) pictured: u16,

    /// What the classes are called, from that of label 1 on; for folders that do not say
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub(crate) classes: Vec<String>,

    /// Where finished runs are kept [default: runs in the folder of the figures, else target/ohem-study]
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
}

impl StudyArguments {
    /// What is trained.
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

    /// Where finished runs are kept.
    pub(crate) fn results(&self) -> PathBuf {
        match (&self.results, &self.figures) {
            (Some(results), _) => results.clone(),
            (None, Some(figures)) => figures.join("runs"),
            (None, None) => PathBuf::from("target/ohem-study"),
        }
    }
}

fn format(name: &str) -> Result<Format, String> {
    match name {
        "table" => Ok(Format::Table),
        "json" => Ok(Format::Json),
        _ => Err("expected table or json".to_owned()),
    }
}
