//! Which column is which.

use csv::StringRecord;

use super::error::{Problem, TableError};

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
    pub(crate) loss: usize,
}

impl Columns {
    /// Finds the columns in a header, by their names without the spaces around them.
    ///
    /// # Errors
    ///
    /// If one is missing, or there are two of that name.
    pub(crate) fn find(header: &StringRecord, line: usize, loss: &str) -> Result<Self, TableError> {
        let names: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        let find = |wanted, name| find(&names, line, wanted, name);
        let image = if names.iter().any(|name| name == "image") { "image" } else { "image_id" };
        let image = find("image", image)?;
        let corners = [find("x1", "x1")?, find("y1", "y1")?, find("x2", "x2")?, find("y2", "y2")?];
        let label = find("label", "label")?;
        let loss = find("loss", loss)?;
        Ok(Self { names, image, corners, label, loss })
    }

    /// How many columns there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The number of a column, from 1, and its name, for a message.
    pub(crate) fn place(&self, column: usize) -> (usize, String) {
        (column + 1, self.names.get(column).cloned().unwrap_or_default())
    }

    /// The place of the column to rank by.
    pub(crate) fn loss_place(&self) -> (usize, String) {
        self.place(self.loss)
    }
}

fn find(names: &[String], line: usize, wanted: &'static str, name: &str) -> Result<usize, TableError> {
    let mut found =
        names.iter().enumerate().filter(|(_, present)| *present == name).map(|(column, _)| column);
    let refuse = |column, problem| Err(TableError { line, column, problem });
    match (found.next(), found.next()) {
        (Some(column), None) => Ok(column),
        (Some(column), Some(again)) => {
            let problem = Problem::TwoColumns { name: name.to_owned(), again: again + 1 };
            refuse(Some((column + 1, name.to_owned())), problem)
        }
        (None, _) => {
            let name = if wanted == "image" { "image or image_id" } else { name };
            refuse(None, Problem::NoColumn { wanted, name: name.to_owned(), present: names.to_vec() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(header: &[&str], loss: &str) -> Result<Columns, TableError> {
        Columns::find(&StringRecord::from(header.to_vec()), 1, loss)
    }

    #[test]
    fn columns_go_by_name_in_any_order() {
        let columns = find(&["w", "loss", "y2", " x2", "y1 ", "x1", "label", "image_id"], "loss").unwrap();
        assert_eq!((columns.image, columns.corners, columns.label, columns.loss), (7, [5, 4, 3, 2], 6, 1));
        assert_eq!(columns.loss_place(), (2, "loss".to_owned()));
    }

    #[test]
    fn image_goes_before_image_id_and_a_loss_may_have_another_name() {
        let columns =
            find(&["image_id", "image", "x1", "y1", "x2", "y2", "label", "loss", "ce"], "ce").unwrap();
        assert_eq!((columns.image, columns.loss), (1, 8));
    }

    #[test]
    fn a_column_that_is_missing_or_double_is_refused() {
        let missing = find(&["image", "x1", "y1", "x2", "label", "loss"], "loss").unwrap_err();
        assert!(matches!(missing.problem, Problem::NoColumn { wanted: "y2", .. }));
        let double = find(&["image", "x1", "y1", "x2", "y2", "label", "loss", "x1"], "loss").unwrap_err();
        assert_eq!(double.to_string(), "line 1, column 2 (x1): column 8 is x1 too");
    }
}
