//! The command line.

mod choices;
mod help;
mod rule;

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use ohem_table::{Wanted, WantedLoss};

use crate::failure::Failure;
use crate::prepare::arguments::{self as prepare, PrepareArguments};
use crate::rule::Rule;
use crate::study::arguments::{self as study, StudyArguments};
pub(crate) use choices::{
    ConventionChoice, Format, IgnoredChoice, NanChoice, Precision, RuleChoice, SuppressChoice,
};
use rule::RuleArguments;

/// Online hard example mining (Shrivastava, Gupta, Girshick, CVPR 2016).
#[derive(Debug, Parser)]
#[command(name = "ohem", version, about, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What `ohem` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Mine the hardest RoIs of a table, and draw them
    #[command(long_about = help::ABOUT, after_long_help = help::EXAMPLES)]
    Mine(MineArguments),

    /// Make RoIs with features of pictures and a table of boxes, to train on
    #[command(long_about = prepare::ABOUT)]
    Prepare(PrepareArguments),

    /// Train a detection head with hard example mining and without, and compare
    #[command(long_about = study::ABOUT)]
    Study(StudyArguments),
}

/// What `ohem mine` is told.
#[derive(Debug, Args)]
pub(crate) struct MineArguments {
    /// Table of RoIs, - for standard input [default: a small real one that comes with the command]
    #[arg(value_name = "FILE.csv")]
    pub(crate) file: Option<PathBuf>,

    #[command(flatten)]
    rule: RuleArguments,

    /// The float type that losses are ranked and overlaps computed in
    #[arg(long, value_enum, default_value_t)]
    pub(crate) precision: Precision,

    /// What to do about a loss that is NaN: refuse the table, leave the RoI out, or rank it first
    #[arg(long, value_enum, default_value_t)]
    pub(crate) nan: NanChoice,

    /// The column to rank by
    #[arg(long, value_name = "NAME", default_value = "loss")]
    pub(crate) loss_column: String,

    /// Rank by -ln(p of the label) instead, p0, p1 and so on being the columns of the classes' probabilities
    #[arg(long, conflicts_with = "loss_column")]
    pub(crate) loss_from_probabilities: bool,

    /// How to show the result
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,

    /// Where to, instead of standard output; the file appears only when it is complete
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Draw the RoIs of each image: selected, suppressed and easier ones, and a histogram of the loss
    #[arg(long, value_name = "FILE.svg|FILE.png", value_parser = PictureFile::parse)]
    pub(crate) picture: Option<PictureFile>,

    /// Draw the RoIs of image ID over this picture (JPEG or PNG); may be given for several images
    #[arg(long, value_name = "ID=PICTURE", value_parser = GivenImage::parse, requires = "picture")]
    pub(crate) image: Vec<GivenImage>,
}

impl MineArguments {
    /// The rule of mining that was chosen.
    ///
    /// # Errors
    ///
    /// If an option was given that the rule does not use.
    pub(crate) fn rule(&self) -> Result<Rule, Failure> {
        self.rule.resolve(self.nan.into())
    }

    /// What mining by a rule needs of the table.
    pub(crate) fn wanted(&self, rule: &Rule) -> Wanted<'_> {
        let loss = match self.loss_from_probabilities {
            true => WantedLoss::Probabilities(self.precision.into()),
            false => WantedLoss::Column(&self.loss_column),
        };
        Wanted { loss, overlap: matches!(rule, Rule::Ssd(_)).then(|| self.rule.overlap_names()) }
    }
}

/// A picture to draw, and what its name says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PictureFile {
    /// Where to.
    pub(crate) path: PathBuf,
    /// Whether pixels are wanted and not the drawing itself.
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

/// A picture that shows one of the table's images.
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
    fn a_picture_is_what_its_name_says() {
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
