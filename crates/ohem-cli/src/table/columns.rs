//! Finds the columns that mining needs by their names.

use csv::StringRecord;

use super::error::{Problem, TableError};
use super::probabilities;
use super::requested::{LossSource, RequestedColumns};

/// The positions of the columns that mining needs, from 0.
#[derive(Debug)]
pub(super) struct TableColumns {
    names: Vec<String>,
    /// The image id.
    pub(super) image: usize,
    /// `x1, y1, x2, y2`.
    pub(super) corners: [usize; 4],
    /// The label.
    pub(super) label: usize,
    /// What the losses are read or computed from.
    pub(super) losses: LossColumns,
    /// The overlap with ground truth, if requested.
    pub(super) overlap: Option<usize>,
}

/// The columns that the losses are read or computed from.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LossColumns {
    /// A column of losses.
    Loss(usize),
    /// The probability of each class; a row's loss follows from that of its label.
    Probabilities(Vec<usize>),
}

impl TableColumns {
    /// Finds the columns in a header. Spaces around a name do not count.
    ///
    /// # Errors
    ///
    /// If a column is missing or its name is used twice.
    pub(super) fn find(
        header: &StringRecord,
        line: usize,
        requested: &RequestedColumns<'_>,
    ) -> Result<Self, TableError> {
        let names: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        let find = |wanted, accepted: &[&str]| find(&names, line, wanted, accepted);
        let image = find("image", &["image", "image_id"])?;
        let corners =
            [find("x1", &["x1"])?, find("y1", &["y1"])?, find("x2", &["x2"])?, find("y2", &["y2"])?];
        let label = find("label", &["label"])?;
        let losses = match requested.loss {
            LossSource::Column(name) => LossColumns::Loss(find("loss", &[name])?),
            LossSource::Probabilities(_) => {
                LossColumns::Probabilities(probabilities::columns(&names, |name| {
                    find("probability", &[name])
                })?)
            }
        };
        let overlap = requested.overlap.as_ref().map(|accepted| find("overlap", accepted)).transpose()?;
        Ok(Self { names, image, corners, label, losses, overlap })
    }

    /// Number of columns in the file.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The number of a column, from 1, and its name, for a message.
    pub(super) fn numbered(&self, column: usize) -> (usize, String) {
        (column + 1, self.names.get(column).cloned().unwrap_or_default())
    }

    /// Whether the file has a column of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|present| present == name)
    }
}

/// The column with the first of the accepted names that occurs in the header.
fn find(names: &[String], line: usize, wanted: &'static str, accepted: &[&str]) -> Result<usize, TableError> {
    let refuse = |column, problem| Err(TableError { line, column, problem });
    let Some(&name) = accepted.iter().find(|name| names.iter().any(|present| present == *name)) else {
        let accepted = accepted.iter().map(|&name| name.to_owned()).collect();
        return refuse(None, Problem::MissingColumn { wanted, accepted, present: names.to_vec() });
    };
    let mut found = names.iter().enumerate().filter(|(_, present)| *present == name).map(|(at, _)| at);
    match (found.next(), found.next()) {
        (Some(column), Some(again)) => {
            refuse(Some((column + 1, name.to_owned())), Problem::DuplicateColumn { again: again + 1 })
        }
        (first, _) => Ok(first.unwrap_or_default()), // the name was just found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(header: &[&str], loss: &str) -> Result<TableColumns, TableError> {
        TableColumns::find(&StringRecord::from(header.to_vec()), 1, &RequestedColumns::loss(loss))
    }

    #[test]
    fn columns_go_by_name_in_any_order() {
        let columns = find(&["w", "loss", "y2", " x2", "y1 ", "x1", "label", "image_id"], "loss").unwrap();
        assert_eq!((columns.image, columns.corners, columns.label), (7, [5, 4, 3, 2], 6));
        assert_eq!((columns.numbered(1), columns.losses), ((2, "loss".to_owned()), LossColumns::Loss(1)));
    }

    #[test]
    fn image_goes_before_image_id_and_a_loss_may_have_another_name() {
        let columns =
            find(&["image_id", "image", "x1", "y1", "x2", "y2", "label", "loss", "ce"], "ce").unwrap();
        assert_eq!((columns.image, columns.losses), (1, LossColumns::Loss(8)));
    }

    #[test]
    fn missing_and_duplicate_columns_are_refused() {
        let missing = find(&["image", "x1", "y1", "x2", "label", "loss"], "loss").unwrap_err();
        assert!(matches!(missing.problem, Problem::MissingColumn { wanted: "y2", .. }));
        let double = find(&["image", "x1", "y1", "x2", "y2", "label", "loss", "x1"], "loss").unwrap_err();
        assert_eq!(double.to_string(), "line 1, column 2 (x1): column 8 has the same name");
    }
}
