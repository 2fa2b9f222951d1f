//! Why a table is refused, and where in it.

use core::fmt;

/// The longest cell that a message repeats in full.
const MAX_SHOWN: usize = 40;

/// Maximum number of bytes of the columns that a message lists, unless a single one is longer.
const MAX_LISTED: usize = 240;

/// Why a table was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableError {
    /// Where; `None` if the file as a whole is meant.
    pub place: Option<Place>,
    /// The number of the column, from 1, and its name.
    pub column: Option<(usize, String)>,
    pub(super) problem: Problem,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = self.column.as_ref().map(|(number, name)| format!("column {number} ({})", Shown(name)));
        let parts: Vec<_> = self.place.iter().map(Place::to_string).chain(column).collect();
        match parts.is_empty() {
            true => write!(f, "{}", self.problem),
            false => write!(f, "{}: {}", parts.join(", "), self.problem),
        }
    }
}

impl core::error::Error for TableError {}

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A line of a text, from 1.
    Line(usize),
    /// A row of a file that has no lines, from 0.
    Row(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Row(row) => write!(f, "row {row}"),
        }
    }
}

/// What can be wrong with a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The header has none of the accepted names.
    MissingColumn { wanted: &'static str, accepted: Vec<String>, present: Vec<String> },
    /// Another column has the same name.
    DuplicateColumn { again: usize },
    /// A row has fewer or more cells than the header.
    Ragged { cells: usize, columns: usize },
    /// A cell that should be a number is this text.
    NotANumber(String),
    /// A cell that should name an image or a label is empty.
    Unnamed,
    /// A label has no column of probabilities.
    UnknownClass { label: String, classes: usize },
    /// A loss is NaN under the policy that refuses it.
    NanLoss,
    /// A cell is not UTF-8.
    NotUtf8,
    /// A quotation mark swallows the rest of the file.
    UnclosedQuote,
    /// The file is something else than a table.
    NotATable(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingColumn { wanted, accepted, present } => missing(f, wanted, accepted, present),
            Self::DuplicateColumn { again } => write!(f, "column {again} has the same name"),
            Self::Ragged { cells, columns } => {
                write!(f, "the row has {cells} cells but the header has {columns}")
            }
            Self::NotANumber(text) if text.is_empty() => {
                f.write_str("expected a number, found an empty cell")
            }
            Self::NotANumber(text) => write!(f, "expected a number, found {}", Shown(text)),
            Self::Unnamed => f.write_str("expected a whole number or text, found an empty cell"),
            Self::UnknownClass { label, classes } => write!(
                f,
                "expected a class from 0 to {}, found {} (one class for each of the columns p0 to p{0})",
                classes - 1,
                Shown(label)
            ),
            Self::NanLoss => {
                f.write_str("the loss is NaN (--nan skip leaves such RoIs out, --nan first ranks them first)")
            }
            Self::NotUtf8 => f.write_str("the cell is not UTF-8"),
            Self::NotATable(why) => f.write_str(&one_line(why)),
            Self::UnclosedQuote => f.write_str("this row opens a quotation mark that is never closed"),
        }
    }
}

/// Names the columns that the file has, and the option that may be missing.
fn missing(f: &mut fmt::Formatter<'_>, wanted: &str, accepted: &[String], present: &[String]) -> fmt::Result {
    write!(f, "missing column: {}; ", alternatives(accepted))?;
    if present.iter().all(|name| name.is_empty()) {
        return f.write_str("the file has no header line");
    }
    write!(f, "the columns are {}", listed(present))?;
    match present.iter().find(|present| wanted == "loss" && present.starts_with("loss")) {
        Some(loss) => write!(f, " (did you mean --loss-column {}?)", Shown(loss)),
        None if wanted == "loss" && present.iter().any(|name| name == "p0") => {
            f.write_str(" (did you mean --loss-from-probabilities?)")
        }
        None => Ok(()),
    }
}

/// A name, and the others that would do.
fn alternatives(accepted: &[String]) -> String {
    match accepted {
        [first, rest @ ..] if rest.len() > 1 => format!("{} ({})", Shown(first), joined(rest, ", ")),
        _ => joined(accepted, " or "),
    }
}

/// The first names and, if they are many, how many are left.
fn listed(names: &[String]) -> String {
    let mut bytes = 0;
    let fits = |name: &&String| {
        bytes += Shown(name).to_string().len() + 2;
        bytes <= MAX_LISTED
    };
    let fitting = names.iter().take_while(fits).count().max(1).min(names.len());
    match names.len() - fitting {
        0 => joined(names, ", "),
        left => format!("{} and {left} more", joined(&names[..fitting], ", ")),
    }
}

fn joined(names: &[String], separator: &str) -> String {
    let shown: Vec<_> = names.iter().map(|name| Shown(name).to_string()).collect();
    shown.join(separator)
}

/// A message of a library, on one line and not too long.
fn one_line(why: &str) -> String {
    why.chars().take(MAX_LISTED).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A text of the file: quoted where it could be misread, shortened where it is long.
struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start: String = self.0.chars().take(MAX_SHOWN).collect();
        let dots = if start.len() < self.0.len() { "..." } else { "" };
        match self.0.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c)) && !self.0.is_empty() {
            true => write!(f, "{start}{dots}"),
            false => write!(f, "{start:?}{dots}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(problem: Problem) -> String {
        TableError { place: Some(Place::Line(7)), column: Some((6, "loss".to_owned())), problem }.to_string()
    }

    #[test]
    fn a_cell_is_named_by_line_and_column() {
        let line = said(Problem::NotANumber("much".to_owned()));
        assert_eq!(line, "line 7, column 6 (loss): expected a number, found much");
    }

    #[test]
    fn texts_of_the_file_are_quoted_and_shortened() {
        assert_eq!(Shown("a\nb").to_string(), "\"a\\nb\"");
        assert_eq!(Shown(&"x".repeat(100)).to_string(), format!("{}...", "x".repeat(40)));
        assert_eq!(Shown("").to_string(), "\"\"");
    }

    #[test]
    fn a_message_is_short_whatever_the_columns_are() {
        let present: Vec<String> =
            (0..100_000).map(|column| format!("{column}\u{202e}").repeat(50)).collect();
        let accepted = vec!["x".repeat(100_000)];
        let line = said(Problem::MissingColumn { wanted: "loss", accepted, present });
        assert!(line.len() < 600 && line.ends_with("... and 99999 more"), "{line}");
        assert!(!line.contains('\u{202e}'), "{line}");
    }

    #[test]
    fn a_missing_loss_names_the_likely_column() {
        let present = vec!["x1".to_owned(), "loss_cls".to_owned()];
        let accepted = vec!["loss".to_owned()];
        let problem = Problem::MissingColumn { wanted: "loss", accepted, present };
        let line = TableError { place: Some(Place::Line(1)), column: None, problem }.to_string();
        assert_eq!(
            line,
            "line 1: missing column: loss; the columns are x1, loss_cls \
             (did you mean --loss-column loss_cls?)"
        );
    }
}
