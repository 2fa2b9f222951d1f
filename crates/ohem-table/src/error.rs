//! Why a table is refused, and where in it.

use core::fmt;

/// The longest cell that a message repeats.
const SHOWN: usize = 40;

/// Why a table was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableError {
    /// The line that the row begins on, from 1.
    pub line: usize,
    /// The number of the column, from 1, and its name.
    pub column: Option<(usize, String)>,
    /// What is wrong there.
    pub(crate) problem: Problem,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, ", self.line)?;
        if let Some((number, name)) = &self.column {
            write!(f, "column {number} ({}): ", Shown(name))?;
        }
        self.problem.fmt(f)
    }
}

impl core::error::Error for TableError {}

/// What can be wrong with a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// No column has this name (or the other that it may have); these are there.
    NoColumn { wanted: &'static str, name: String, present: Vec<String> },
    /// Two columns have this name.
    TwoColumns { name: String, again: usize },
    /// A row has fewer or more cells than the header.
    Ragged { cells: usize, columns: usize },
    /// A cell that should be a number is this text.
    NotANumber(String),
    /// A cell that should name an image or a label is empty.
    Unnamed,
    /// A label is none of the classes that there are probabilities of.
    NoClass { label: String, classes: usize },
    /// A loss is NaN, and nothing has been said about NaNs.
    NanLoss,
    /// A cell is not UTF-8.
    NotUtf8,
    /// A quotation mark swallows the rest of the file.
    OpenQuote,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoColumn { wanted, name, present } => no_column(f, wanted, name, present),
            Self::TwoColumns { name, again } => write!(f, "column {again} is {} too", Shown(name)),
            Self::Ragged { cells, columns } => {
                write!(f, "the row has {cells} cells where the header has {columns}")
            }
            Self::NotANumber(text) if text.is_empty() => {
                f.write_str("expected a number, found an empty cell")
            }
            Self::NotANumber(text) => write!(f, "expected a number, found {}", Shown(text)),
            Self::Unnamed => f.write_str("expected a whole number or a text, found an empty cell"),
            Self::NoClass { label, classes } => write!(
                f,
                "expected a whole number from 0 to {}, as there are columns p0 to p{0}, found {}",
                classes - 1,
                Shown(label)
            ),
            Self::NanLoss => {
                f.write_str("the loss is NaN (--nan skip leaves such RoIs out, --nan first ranks them first)")
            }
            Self::NotUtf8 => f.write_str("the cell is not UTF-8"),
            Self::OpenQuote => f.write_str("a quotation mark is opened in this row and never closed"),
        }
    }
}

fn no_column(f: &mut fmt::Formatter<'_>, wanted: &str, name: &str, present: &[String]) -> fmt::Result {
    write!(f, "column {}: there is none; ", Shown(name))?;
    if present.iter().all(|name| name.is_empty()) {
        return f.write_str("the file has no header line");
    }
    let shown: Vec<_> = present.iter().map(|name| Shown(name).to_string()).collect();
    write!(f, "the columns are {}", shown.join(", "))?;
    match present.iter().find(|present| wanted == "loss" && present.starts_with("loss")) {
        Some(loss) => write!(f, " (did you mean --loss-column {loss}?)"),
        None if wanted == "loss" && present.iter().any(|name| name == "p0") => {
            f.write_str(" (did you mean --loss-from-probabilities?)")
        }
        None => Ok(()),
    }
}

/// A text of the file, quoted where it could be misread and cut where it is long.
struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut: String = self.0.chars().take(SHOWN).collect();
        let dots = if cut.len() < self.0.len() { "..." } else { "" };
        match self.0.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c)) && !self.0.is_empty() {
            true => write!(f, "{cut}{dots}"),
            false => write!(f, "{cut:?}{dots}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(problem: Problem) -> String {
        TableError { line: 7, column: Some((6, "loss".to_owned())), problem }.to_string()
    }

    #[test]
    fn a_cell_is_named_by_line_and_column() {
        let line = said(Problem::NotANumber("much".to_owned()));
        assert_eq!(line, "line 7, column 6 (loss): expected a number, found much");
    }

    #[test]
    fn texts_of_the_file_are_quoted_and_cut() {
        assert_eq!(Shown("a\nb").to_string(), "\"a\\nb\"");
        assert_eq!(Shown(&"x".repeat(100)).to_string(), format!("{}...", "x".repeat(40)));
        assert_eq!(Shown("").to_string(), "\"\"");
    }

    #[test]
    fn a_missing_loss_names_what_may_be_it() {
        let present = vec!["x1".to_owned(), "loss_cls".to_owned()];
        let problem = Problem::NoColumn { wanted: "loss", name: "loss".to_owned(), present };
        let line = TableError { line: 1, column: None, problem }.to_string();
        assert_eq!(
            line,
            "line 1, column loss: there is none; the columns are x1, loss_cls \
             (did you mean --loss-column loss_cls?)"
        );
    }
}
