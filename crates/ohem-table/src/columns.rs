//! Which column is which.

use csv::StringRecord;

use crate::error::{Problem, TableError};
use crate::{Wanted, WantedLoss, probabilities};

/// Where the columns are that mining needs, from 0.
#[derive(Debug)]
pub(crate) struct Columns {
    names: Vec<String>,
    /// Of the image's id.
    pub(crate) image: usize,
    /// Of left, top, right, bottom.
    pub(crate) corners: [usize; 4],
    /// Of the label.
    pub(crate) label: usize,
    /// Of what to rank by.
    pub(crate) losses: Losses,
    /// Of the overlap with ground truth, if that is needed.
    pub(crate) overlap: Option<usize>,
}

/// Where what to rank by is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Losses {
    /// In a column.
    Column(usize),
    /// In one of the columns of probabilities: that of the label.
    Probabilities(Vec<usize>),
}

impl Columns {
    /// Finds the columns in a header, by their names without the spaces around them.
    ///
    /// # Errors
    ///
    /// If one is missing, or there are two of that name.
    pub(crate) fn find(header: &StringRecord, line: usize, wanted: &Wanted<'_>) -> Result<Self, TableError> {
        let names: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        let find = |wanted, may_be: &[&str]| find(&names, line, wanted, may_be);
        let image = find("image", &["image", "image_id"])?;
        let corners =
            [find("x1", &["x1"])?, find("y1", &["y1"])?, find("x2", &["x2"])?, find("y2", &["y2"])?];
        let label = find("label", &["label"])?;
        let losses = match wanted.loss {
            WantedLoss::Column(name) => Losses::Column(find("loss", &[name])?),
            WantedLoss::Probabilities(_) => {
                Losses::Probabilities(probabilities::columns(&names, |name| find("probability", &[name]))?)
            }
        };
        let overlap = wanted.overlap.as_ref().map(|may_be| find("overlap", may_be)).transpose()?;
        Ok(Self { names, image, corners, label, losses, overlap })
    }

    /// How many columns there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The number of a column, from 1, and its name, for a message.
    pub(crate) fn place(&self, column: usize) -> (usize, String) {
        (column + 1, self.names.get(column).cloned().unwrap_or_default())
    }

    /// Whether there is a column of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|present| present == name)
    }
}

/// The column with the first of the names it may have that is there.
fn find(names: &[String], line: usize, wanted: &'static str, may_be: &[&str]) -> Result<usize, TableError> {
    let there = may_be.iter().find(|name| names.iter().any(|present| present == *name));
    let name = there.map_or_else(|| may_be.join(" or "), |&name| name.to_owned());
    let mut found =
        names.iter().enumerate().filter(|(_, present)| **present == name).map(|(column, _)| column);
    let refuse = |column, problem| Err(TableError { line, column, problem });
    match (found.next(), found.next()) {
        (Some(column), None) => Ok(column),
        (Some(column), Some(again)) => {
            let problem = Problem::TwoColumns { name: name.clone(), again: again + 1 };
            refuse(Some((column + 1, name)), problem)
        }
        (None, _) => refuse(None, Problem::NoColumn { wanted, name, present: names.to_vec() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(header: &[&str], loss: &str) -> Result<Columns, TableError> {
        Columns::find(&StringRecord::from(header.to_vec()), 1, &Wanted::loss(loss))
    }

    #[test]
    fn columns_go_by_name_in_any_order() {
        let columns = find(&["w", "loss", "y2", " x2", "y1 ", "x1", "label", "image_id"], "loss").unwrap();
        assert_eq!((columns.image, columns.corners, columns.label), (7, [5, 4, 3, 2], 6));
        assert_eq!((columns.place(1), columns.losses), ((2, "loss".to_owned()), Losses::Column(1)));
    }

    #[test]
    fn image_goes_before_image_id_and_a_loss_may_have_another_name() {
        let columns =
            find(&["image_id", "image", "x1", "y1", "x2", "y2", "label", "loss", "ce"], "ce").unwrap();
        assert_eq!((columns.image, columns.losses), (1, Losses::Column(8)));
    }

    #[test]
    fn a_column_that_is_missing_or_double_is_refused() {
        let missing = find(&["image", "x1", "y1", "x2", "label", "loss"], "loss").unwrap_err();
        assert!(matches!(missing.problem, Problem::NoColumn { wanted: "y2", .. }));
        let double = find(&["image", "x1", "y1", "x2", "y2", "label", "loss", "x1"], "loss").unwrap_err();
        assert_eq!(double.to_string(), "line 1, column 2 (x1): column 8 is x1 too");
    }
}
