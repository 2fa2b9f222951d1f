//! The arguments of `ohem compare`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::command::args::{NanChoice, Precision, RuleArgs, TableArgs};

pub(crate) const ABOUT: &str = "\
Compare the losses of two checkpoints on the same RoIs: what got harder, easier, or newly hard.

RoIs are matched by image and box; several RoIs with the same box are matched in the order of the files. Both tables are \
mined by the same rule; a RoI is newly hard if it is selected only with the losses of LATER.";

/// The arguments of `ohem compare`.
#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// Table with the losses of the earlier checkpoint
    pub(crate) earlier: PathBuf,

    /// Table with the losses of the later checkpoint
    pub(crate) later: PathBuf,

    #[command(flatten)]
    pub(crate) rule: RuleArgs,

    #[command(flatten)]
    pub(crate) table: TableArgs,

    /// Float type for ranking losses and computing overlaps
    #[arg(long, value_enum, default_value_t)]
    pub(crate) precision: Precision,

    /// How to handle a loss that is NaN
    #[arg(long, value_enum, default_value_t)]
    pub(crate) nan: NanChoice,

    /// Number of images, and of RoIs of a kind, that format table lists
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 10)]
    pub(crate) limit: usize,

    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) format: CompareFormat,

    /// Write the result to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// The output format of `ohem compare`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    /// For humans: images first
    #[default]
    Table,
    /// A row for each RoI of both tables, those that got harder first
    Csv,
    /// One object
    Json,
}
