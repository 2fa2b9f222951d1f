//! The command line.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use ohem_std::{Convention, MineConfig, NanPolicy, Suppress};

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
    #[command(long_about = MINE_ABOUT, after_long_help = MINE_EXAMPLES)]
    Mine(MineArguments),
}

const MINE_ABOUT: &str = "\
Mine the hardest RoIs of a table, and draw them.

RoIs are ranked by loss (equal losses: by row). From the hardest down, one is selected unless it \
overlaps a selected one of the same image and label by more than the threshold, until the batch is full.

The table is a CSV file with a header line. Columns go by name, in any order: `image` or \
`image_id`; `x1`, `y1`, `x2`, `y2`, the corners; `label`, a whole number (0 is background) or a text \
(`background`, `bg`, `__background__` are); `loss`. All others are carried along: targets, weights, \
what you like. An id that is a whole number is the same with zero decimals: 1 and 1.0. Numbers may be \
inf or NaN; see --nan for the losses. A box that is not finite, or inverted, overlaps nothing.";

const MINE_EXAMPLES: &str = "\
Examples:
  ohem mine                                     a small real table that comes with the command
  ohem mine --picture hard.png                  draws it
  ohem mine rois.csv --format csv > hard.csv    the selected rows, hardest first
  ohem mine rois.csv --format json | jq .selected
  train --losses | ohem mine - --batch-size 64 --format csv | step
  ohem mine rois.csv --picture hard.svg --image 0=street.jpg --image 1=park.jpg

Formats:
  table   for people: the hardest RoIs and a summary
  csv     the selected rows with all their columns, then `index` (of the data row, from 0)
          and `rank` (from 1)
  json    one object: n, groups, batch_size, nms_threshold, suppress, convention, precision,
          selected (indices of data rows, hardest first), losses (theirs, as in the table),
          visited, suppressed, foreground, background, mean_loss, cut (the loss of the last
          selected), seconds (of mining). A loss that JSON has no number for is one of the
          texts \"NaN\", \"Infinity\", \"-Infinity\".

Exit codes:
  0       done
  1       a result could not be written
  2       an option or the input is wrong; one line says where";

/// What `ohem mine` is told.
#[derive(Debug, Args)]
pub(crate) struct MineArguments {
    /// Table of RoIs, - for standard input [default: a small real one that comes with the command]
    #[arg(value_name = "FILE.csv")]
    pub(crate) file: Option<PathBuf>,

    /// How many RoIs to select
    #[arg(long, value_name = "COUNT", default_value_t = 128)]
    pub(crate) batch_size: usize,

    /// Overlap (IoU) with a harder RoI of the same image and label above which one is suppressed
    #[arg(long, value_name = "IOU", default_value_t = 0.7, value_parser = overlap)]
    pub(crate) nms_threshold: f64,

    /// Suppress nothing: the hardest are selected, however they overlap
    #[arg(long, conflicts_with = "nms_threshold")]
    pub(crate) no_nms: bool,

    /// Whether a RoI that overlaps by exactly the threshold stays or goes
    #[arg(long, value_enum, default_value_t)]
    pub(crate) suppress: SuppressChoice,

    /// Whether a box is x2 - x1 + 1 wide (pixel: PASCAL VOC) or x2 - x1 (continuous: COCO)
    #[arg(long, value_enum, default_value_t)]
    pub(crate) convention: ConventionChoice,

    /// The float type that losses are ranked and overlaps computed in
    #[arg(long, value_enum, default_value_t)]
    pub(crate) precision: Precision,

    /// What to do about a loss that is NaN: refuse the table, leave the RoI out, or rank it first
    #[arg(long, value_enum, default_value_t)]
    pub(crate) nan: NanChoice,

    /// The column to rank by
    #[arg(long, value_name = "NAME", default_value = "loss")]
    pub(crate) loss_column: String,

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
    /// The rules of mining that were chosen.
    pub(crate) fn config(&self) -> MineConfig {
        let config = MineConfig::fast_rcnn()
            .batch_size(self.batch_size)
            .suppress(self.suppress.into())
            .convention(self.convention.into())
            .nan(self.nan.into());
        if self.no_nms { config.without_nms() } else { config.nms_threshold(self.nms_threshold) }
    }
}

/// A threshold of overlaps: any number.
fn overlap(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(threshold) if !f64::is_nan(threshold) => Ok(threshold),
        _ => Err("expected a number, like 0.7".to_owned()),
    }
}

/// Declares an option with a few values, each with its name on the command line and its meaning.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident -> $meaning:ty {
        $($(#[$value_doc:meta])* $value:ident => $means:expr,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
        pub(crate) enum $name {
            $($(#[$value_doc])* $value,)*
        }

        impl From<$name> for $meaning {
            fn from(chosen: $name) -> Self {
                match chosen {
                    $($name::$value => $means,)*
                }
            }
        }
    };
}

choice! {
    /// On which side of the threshold equality falls.
    SuppressChoice -> Suppress {
        /// Equality stays (the reference's GPU code, torchvision)
        #[default]
        Above => Suppress::Above,
        /// Equality goes (the reference's Cython code)
        AtOrAbove => Suppress::AtOrAbove,
    }
}

choice! {
    /// How wide a box is.
    ConventionChoice -> Convention {
        /// x2 - x1 + 1 (PASCAL VOC, the reference)
        #[default]
        Pixel => Convention::Pixel,
        /// x2 - x1 (COCO, torchvision)
        Continuous => Convention::Continuous,
    }
}

choice! {
    /// What is done with a loss that is NaN.
    NanChoice -> NanPolicy {
        /// Refuse the table and name the row
        #[default]
        Error => NanPolicy::Error,
        /// Leave the RoI out
        Skip => NanPolicy::Skip,
        /// Rank it first, as numpy and torch do
        First => NanPolicy::First,
    }
}

choice! {
    /// The float type of a run, and its name.
    Precision -> &'static str {
        /// 32 bits, what training computes in
        #[default]
        F32 => "f32",
        /// 64 bits
        F64 => "f64",
    }
}

choice! {
    /// How the result is shown, and the name of the format.
    Format -> &'static str {
        /// For people: the hardest RoIs and a summary
        #[default]
        Table => "table",
        /// The selected rows with all their columns
        Csv => "csv",
        /// One object with the indices and the statistics
        Json => "json",
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

    #[test]
    fn a_threshold_is_a_number() {
        assert_eq!(overlap("0.5"), Ok(0.5));
        assert!(overlap("NaN").is_err() && overlap("half").is_err());
    }
}
