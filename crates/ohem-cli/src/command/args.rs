//! The command line.

pub(crate) mod choices;
mod help;
mod rule;
mod table;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use ohem_std::Convention;

use clap::{Args, Parser, Subcommand};

use crate::command::compare::args::{self as compare, CompareArgs};
use crate::command::failure::Failure;
use crate::command::prepare::args::{self as prepare, PrepareArgs};
use crate::command::report::args::{self as report, ReportArgs};
use crate::command::rule::RuleConfig;
use crate::command::study::args::{self as study, StudyArgs};
use crate::command::suspects::args::{self as suspects, SuspectsArgs};
use crate::table::RequestedColumns;
pub(crate) use choices::{Format, NanChoice, Precision};
pub(crate) use rule::RuleArgs;
pub(crate) use table::TableArgs;

/// Online hard example mining (Shrivastava, Gupta, Girshick, CVPR 2016).
#[derive(Debug, Parser)]
#[command(name = "ohem", version, about, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// The subcommand.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Mine the hardest RoIs of a table, and draw them
    #[command(long_about = help::ABOUT, after_long_help = help::EXAMPLES)]
    Mine(MineArgs),

    /// Compare the losses of two checkpoints on the same RoIs
    #[command(long_about = compare::ABOUT)]
    Compare(CompareArgs),

    /// Make training data from pictures and a table of boxes: RoIs with features, labels, targets
    #[command(long_about = prepare::ABOUT)]
    Prepare(PrepareArgs),

    /// Write a run as one HTML file, with photographs and filters
    #[command(long_about = report::ABOUT)]
    Report(ReportArgs),

    /// Find likely errors of ground truth, from the detections of a trained model
    #[command(long_about = suspects::ABOUT)]
    Suspects(SuspectsArgs),

    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },

    /// Print the man page of a subcommand, or of ohem itself
    Man {
        /// The subcommand
        subcommand: Option<String>,
    },

    /// Train a detection head with and without hard example mining, and compare
    #[command(long_about = study::ABOUT)]
    Study(StudyArgs),
}

/// The arguments of `ohem mine`.
#[derive(Debug, Args)]
pub(crate) struct MineArgs {
    /// Table of RoIs; - is standard input [default: a small real table built into the command]
    #[arg(value_name = "FILE.csv")]
    pub(crate) file: Option<PathBuf>,

    #[command(flatten)]
    rule: RuleArgs,

    /// Float type for ranking losses and computing overlaps
    #[arg(long, value_enum, default_value_t)]
    pub(crate) precision: Precision,

    /// How to handle a loss that is NaN
    #[arg(long, value_enum, default_value_t)]
    pub(crate) nan: NanChoice,

    #[command(flatten)]
    pub(crate) table: TableArgs,

    /// Output format [default: by the ending of --output, .csv or .json, else table]
    #[arg(short, long, value_enum)]
    format: Option<Format>,

    /// Number of RoIs that format table lists
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 10)]
    pub(crate) limit: usize,

    /// Print no warnings
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Write the result to FILE instead of standard output; it appears only when complete
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Draw the RoIs of each image by outcome, and a histogram of the losses
    #[arg(short, long, value_name = "FILE.svg|FILE.png", value_parser = PictureFile::parse)]
    pub(crate) picture: Option<PictureFile>,

    /// Maximum number of selected RoIs to draw of an image, hardest first [default: 200, or 80 of more than 4 images]
    #[arg(long, value_name = "COUNT")]
    pub(crate) max_drawn: Option<usize>,

    /// Ground truth of detections, from which their labels and losses follow: a dataset of COCO, a folder of XML of
    /// PASCAL VOC or of YOLO texts, or a table. FILE then has detections with scores
    #[arg(short, long, value_name = "PATH", conflicts_with_all = ["loss_column", "loss_from_probabilities"], requires = "file")]
    pub(crate) ground_truth: Option<PathBuf>,

    /// Folder of the pictures of the images, for --picture and for the sizes that YOLO needs
    #[arg(long, value_name = "DIR")]
    pub(crate) image_dir: Option<PathBuf>,

    /// Draw the RoIs of image ID over this picture (JPEG or PNG); repeat for more images
    #[arg(long, value_name = "ID=PICTURE", value_parser = GivenImage::parse)]
    pub(crate) image: Vec<GivenImage>,
}

impl MineArgs {
    /// The mining rule with its options.
    ///
    /// # Errors
    ///
    /// If an option was given that the rule does not use.
    pub(crate) fn rule(&self) -> Result<RuleConfig, Failure> {
        self.rule.resolve(self.nan.into())
    }

    /// The columns of the table that a rule needs.
    pub(crate) fn requested_columns(&self, rule: &RuleConfig) -> RequestedColumns<'_> {
        let loss = self.table.loss(self.precision);
        let overlap = matches!(rule, RuleConfig::Ssd(_)).then(|| self.rule.overlap_names());
        let layout = self.table.layout(rule.convention() == Convention::Pixel);
        RequestedColumns { loss, overlap, layout }
    }

    /// An option about the results of `ohem mine` that was given.
    pub(crate) fn result_option(&self) -> Option<&'static str> {
        let given = [
            ("--format", self.format.is_some()),
            ("--output", self.output.is_some()),
            ("--picture", self.picture.is_some()),
        ];
        given.into_iter().find(|(_, is_given)| *is_given).map(|(option, _)| option)
    }

    /// The output format: as given, else by the ending of the output's name.
    pub(crate) fn format(&self) -> Format {
        let ending = || self.output.as_deref().and_then(Path::extension).and_then(OsStr::to_str);
        self.format.unwrap_or_else(|| match ending().map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => Format::Csv,
            Some("json") => Format::Json,
            _ => Format::Table,
        })
    }
}

/// The file of a picture to draw; its name decides the format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PictureFile {
    /// The file.
    pub(crate) path: PathBuf,
    /// Whether to write a PNG instead of an SVG.
    pub(crate) png: bool,
}

impl PictureFile {
    fn parse(text: &str) -> Result<Self, String> {
        let path = PathBuf::from(text);
        match path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase).as_deref() {
            Some("svg") => Ok(Self { path, png: false }),
            Some("png") => Ok(Self { path, png: true }),
            _ => Err("expected a name that ends in .svg or .png".to_owned()),
        }
    }
}

/// A picture of one of the table's images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GivenImage {
    /// The image's id in the table.
    pub(crate) id: String,
    /// The picture's file.
    pub(crate) path: PathBuf,
}

impl GivenImage {
    fn parse(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((id, path)) if !id.is_empty() && !path.is_empty() => {
                Ok(Self { id: id.to_owned(), path: path.into() })
            }
            _ => Err("expected ID=PICTURE, like 3=street.jpg".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_line_of_help_fits_in_100_columns() {
        // clap would wrap a long line of the examples and break their columns, so they are checked as written.
        assert!(help::EXAMPLES.lines().all(|line| line.chars().count() <= 100));
        let mut command = Arguments::command().term_width(100);
        command.build();
        for subcommand in command.get_subcommands_mut() {
            let name = subcommand.get_name().to_owned();
            for help in [subcommand.render_long_help(), subcommand.render_help()] {
                for line in help.to_string().lines() {
                    assert!(line.chars().count() <= 100, "{name}: {line}");
                }
            }
        }
    }

    #[test]
    fn the_old_name_of_the_threshold_still_works() {
        let parse = |flag: &str| {
            let line = ["ohem", "mine", flag, "0.5"];
            let Command::Mine(args) = Arguments::parse_from(line).command else { panic!("not mine") };
            args.rule().unwrap()
        };
        assert_eq!(parse("--nms-threshold"), parse("--iou-threshold"));
        for flag in ["--nms-threshold", "--iou-threshold", "--neg-overlap"] {
            for wrong in ["70", "1.01", "-0.1", "NaN", "inf"] {
                assert!(Arguments::try_parse_from(["ohem", "mine", flag, wrong]).is_err(), "{flag} {wrong}");
            }
        }
        let mut command = Arguments::command();
        let help = command.find_subcommand_mut("mine").unwrap().render_long_help().to_string();
        assert!(help.contains("--iou-threshold") && !help.contains("--nms-threshold"), "{help}");
    }

    #[test]
    fn the_extension_decides_the_picture_format() {
        assert!(PictureFile::parse("a/b.PNG").is_ok_and(|picture| picture.png));
        assert!(PictureFile::parse("b.svg").is_ok_and(|picture| !picture.png));
        assert!(PictureFile::parse("b.jpg").is_err() && PictureFile::parse("png").is_err());
    }

    #[test]
    fn a_given_image_has_an_id_and_a_path() {
        let given = GivenImage::parse("a=b=c.jpg").unwrap();
        assert_eq!((given.id.as_str(), given.path), ("a", "b=c.jpg".into()));
        assert!(["a", "=b", "a="].iter().all(|text| GivenImage::parse(text).is_err()));
    }
}
