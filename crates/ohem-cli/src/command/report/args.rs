//! The arguments of `ohem report`.

use std::path::PathBuf;

use clap::Args;

use crate::command::args::MineArgs;

pub(crate) const ABOUT: &str = "\
Write a run as one HTML file: the hardest RoIs over their photographs, with filters by image, label, outcome and \
loss, a histogram, and a ranking of the images.

The file needs no network and no server. It takes the table and the options of `ohem mine`; --image and --image-dir \
name the photographs, which become part of the file.";

/// The arguments of `ohem report`.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) mine: MineArgs,

    /// File to write
    #[arg(long, value_name = "FILE.html", default_value = "report.html")]
    pub(crate) html: PathBuf,

    /// Largest number of RoIs on the page: the selected ones, then the hardest of the others
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    pub(crate) max_rois: usize,
}
