//! How a table is read.

use clap::Args;

use super::choices::{BoxFormatChoice, Precision};
use crate::command::class_names::ClassNames;
use crate::command::failure::Failure;
use crate::command::labels::LabelOptions;
use crate::table::{Layout, LossSource, Part, whole_number};

/// How a table is read.
#[derive(Debug, Args)]
pub(crate) struct TableArgs {
    /// Column to rank by, or several to add up, each with a weight if it is not 1: loss_cls,loss_bbox=2
    #[arg(long, value_name = "NAME[=WEIGHT],...", default_value = "loss", value_delimiter = ',', value_parser = loss_column)]
    loss_column: Vec<(String, f64)>,

    /// Rank by -ln(probability of the label), read from the columns p0, p1, ...
    #[arg(long, conflicts_with = "loss_column")]
    pub(crate) loss_from_probabilities: bool,

    /// Meaning of the four numbers of a box
    #[arg(long, value_enum, default_value_t)]
    pub(crate) box_format: BoxFormatChoice,

    /// Columns whose names are not the usual ones: image=picture,x1=from_x,...
    #[arg(long, value_name = "PART=NAME,...", value_delimiter = ',', value_parser = column)]
    columns: Vec<(Part, String)>,

    /// What separates cells: a character, or tab [default: the one that the header has]
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<u8>,

    /// Label of background [default: 0, background, bg and __background__; mmdet the highest number]
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true)]
    background: Option<String>,

    /// Names of classes that are numbers: NAME,... from 1 (from 0 for YOLO, --rule mmdet, and if --background is not 0),
    /// or NUMBER=NAME,... [default: those of COCO, or of classes.txt beside YOLO]
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub(crate) classes: Vec<String>,

    /// Labels of RoIs that take no part, besides whole numbers below 0
    #[arg(long, value_name = "LABEL,...", value_delimiter = ',', allow_hyphen_values = true)]
    ignore: Vec<String>,
}

impl TableArgs {
    /// Where the losses come from.
    pub(crate) fn loss(&self, precision: Precision) -> LossSource<'_> {
        match self.loss_from_probabilities {
            true => LossSource::Probabilities(precision.into()),
            false => LossSource::Columns(
                self.loss_column.iter().map(|(name, weight)| (name.as_str(), *weight)).collect(),
            ),
        }
    }

    /// How the table is written. `pixel` says whether right and bottom edges belong to boxes.
    pub(crate) fn layout(&self, pixel: bool) -> Layout {
        Layout {
            delimiter: self.delimiter,
            boxes: self.box_format.into(),
            pixel,
            names: self.columns.clone(),
        }
    }

    /// The names of classes. `background_last` says whether classes are numbered from 0.
    ///
    /// # Errors
    ///
    /// If the names do not go together.
    pub(crate) fn class_names(&self, background_last: bool) -> Result<ClassNames, Failure> {
        let is_zero = |label: &String| whole_number(label) == Some(0);
        let is_first = self.background.as_ref().is_none_or(is_zero) && !background_last;
        ClassNames::new(&self.classes, u64::from(is_first))
    }

    /// What the caller says about labels.
    pub(crate) fn labels(&self, background_last: bool) -> LabelOptions<'_> {
        LabelOptions { background: self.background.as_deref(), ignored: &self.ignore, background_last }
    }
}

/// Parses a column with a weight. A name may contain `=`.
fn loss_column(text: &str) -> Result<(String, f64), String> {
    if let Some((name, weight)) = text.rsplit_once('=') {
        let weight = weight.parse().ok().filter(|weight: &f64| weight.is_finite() && *weight >= 0.0);
        let weight = weight.ok_or_else(|| "expected NAME or NAME=WEIGHT, like loss_bbox=2".to_owned())?;
        return Ok((name.to_owned(), weight));
    }
    Ok((text.to_owned(), 1.0))
}

fn column(text: &str) -> Result<(Part, String), String> {
    let found = text.split_once('=').filter(|(_, name)| !name.is_empty());
    let found = found.and_then(|(part, name)| Some((Part::named(part)?, name.to_owned())));
    found.ok_or_else(|| {
        "expected PART=NAME, with image, label, x1, y1, x2, y2, x, y, w, h, cx or cy as PART".to_owned()
    })
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text {
        "tab" | "\\t" => Ok(b'\t'),
        "comma" => Ok(b','),
        "semicolon" => Ok(b';'),
        "space" => Ok(b' '),
        _ => match text.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | b'#') => Ok(*byte),
            _ => Err("expected one character, or tab".to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_losses_have_weights() {
        assert_eq!(loss_column("loss"), Ok(("loss".to_owned(), 1.0)));
        assert_eq!(loss_column("a=b=0.5"), Ok(("a=b".to_owned(), 0.5)));
        assert!(["a=", "a=x", "a=-1", "a=inf", "a=NaN"].iter().all(|text| loss_column(text).is_err()));
    }

    #[test]
    fn parts_and_delimiters_have_names() {
        assert_eq!(column("w=breadth"), Ok((Part::Corner(2), "breadth".to_owned())));
        assert!(["w", "w=", "z=a"].iter().all(|text| column(text).is_err()));
        assert_eq!(["tab", "\t", ";", "comma"].map(delimiter), [b'\t', b'\t', b';', b','].map(Ok));
        assert!(["", "ab", "é", "\"", "\n"].iter().all(|text| delimiter(text).is_err()));
    }
}
