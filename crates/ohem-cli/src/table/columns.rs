//! Finds the columns that mining needs by their names.

use super::error::{Place, Problem, TableError};
use super::names;
use super::probabilities;
use super::requested::{Layout, LossSource, Part, RequestedColumns};

/// The positions of the columns that mining needs, from 0.
#[derive(Debug)]
pub(super) struct TableColumns {
    names: Vec<String>,
    /// The image id.
    pub(super) image: usize,
    /// The four numbers of a box.
    pub(super) corners: [usize; 4],
    /// The label.
    pub(super) label: usize,
    /// What the losses are read or computed from.
    pub(super) losses: LossColumns,
    /// The overlap with ground truth, if requested.
    pub(super) overlap: Option<usize>,
    /// Width and height of the image, if the table has them.
    pub(super) size: Option<[usize; 2]>,
}

/// The columns that the losses are read or computed from.
#[derive(Debug, PartialEq)]
pub(super) enum LossColumns {
    /// Columns to add up, with their weights.
    Sum(Vec<(usize, f64)>),
    /// The probability of each class; a row's loss follows from that of its label.
    Probabilities(Vec<usize>),
}

impl LossColumns {
    /// Whether the losses are in no column as they are ranked.
    pub(super) fn is_computed(&self) -> bool {
        !matches!(self, Self::Sum(columns) if matches!(columns[..], [(_, 1.0)]))
    }
}

impl TableColumns {
    /// Finds the columns in a header. Spaces around a name and its case do not count.
    ///
    /// # Errors
    ///
    /// If a column is missing or its name is used twice.
    pub(super) fn find(
        header: impl Iterator<Item = String>,
        place: Option<Place>,
        requested: &RequestedColumns<'_>,
    ) -> Result<Self, TableError> {
        let header = Header::new(header, place);
        let part = |part| header.part(part, &requested.layout);
        let image = part(Part::Image)?;
        let [x1, y1, x2, y2] = [0, 1, 2, 3].map(|corner| part(Part::Corner(corner)));
        let corners = [x1?, y1?, x2?, y2?];
        let label = part(Part::Label)?;
        let losses = match &requested.loss {
            LossSource::Columns(columns) => {
                let find = |&(name, weight): &(&str, f64)| {
                    // Arrays of numpy have names in the plural.
                    let plural = (name == "loss").then(|| header.find("loss", &["losses"]).ok()).flatten();
                    let found = header.find("loss", &[name]);
                    Ok((found.or_else(|error| plural.ok_or(error))?, weight))
                };
                LossColumns::Sum(columns.iter().map(find).collect::<Result<_, _>>()?)
            }
            LossSource::Probabilities(_) => {
                let find = |name: &str| header.find("probability", &[name]);
                LossColumns::Probabilities(probabilities::columns(&header.names, find)?)
            }
        };
        let overlap =
            requested.overlap.as_ref().map(|accepted| header.find("overlap", accepted)).transpose()?;
        let size = header.size(&corners);
        Ok(Self { image, corners, label, losses, overlap, size, names: header.names })
    }

    /// Number of columns in the file.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The number of a column, from 1, and its name, for a message.
    pub(super) fn numbered(&self, column: usize) -> (usize, String) {
        (column + 1, self.names.get(column).cloned().unwrap_or_default())
    }

    /// The names of all columns.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether the file has a column of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|present| present == name)
    }
}

/// The names of a file's columns.
struct Header {
    names: Vec<String>,
    lowercase: Vec<String>,
    place: Option<Place>,
}

impl Header {
    fn new(names: impl Iterator<Item = String>, place: Option<Place>) -> Self {
        let names: Vec<String> = names.map(|name| name.trim().to_owned()).collect();
        let lowercase = names.iter().map(|name| name.to_lowercase()).collect();
        Self { names, lowercase, place }
    }

    /// The column of a part: that which the caller named, else the first of its usual names.
    fn part(&self, part: Part, layout: &Layout) -> Result<usize, TableError> {
        let wanted = names::name(part, layout.boxes);
        match layout.names.iter().rev().find(|(named, _)| *named == part) {
            Some((_, name)) => self.find(wanted, &[name]),
            None => self.find(wanted, names::accepted(part, layout.boxes)),
        }
    }

    /// The column with the first of the accepted names that occurs, as written or else in another case.
    fn find(&self, wanted: &'static str, accepted: &[&str]) -> Result<usize, TableError> {
        let refuse = |column, problem| Err(TableError { place: self.place, column, problem });
        for &name in accepted {
            let lowercase = name.to_lowercase();
            for (names, name) in [(&self.names, name), (&self.lowercase, &lowercase)] {
                let mut found = names.iter().enumerate().filter(|(_, present)| *present == name);
                let Some((column, _)) = found.next() else { continue };
                return match found.next() {
                    None => Ok(column),
                    Some((again, _)) => refuse(
                        Some((column + 1, self.names[column].clone())),
                        Problem::DuplicateColumn { again: again + 1 },
                    ),
                };
            }
        }
        let accepted = accepted.iter().map(|&name| name.to_owned()).collect();
        refuse(None, Problem::MissingColumn { wanted, accepted, present: self.names.clone() })
    }

    /// Width and height of the images, unless these columns belong to the boxes.
    fn size(&self, corners: &[usize; 4]) -> Option<[usize; 2]> {
        let pairs = [["image_width", "image_height"], ["img_width", "img_height"], ["width", "height"]];
        pairs.iter().find_map(|pair| {
            let [width, height] = pair.map(|name| self.lowercase.iter().position(|present| present == name));
            let found = [width?, height?];
            (!found.iter().any(|column| corners.contains(column))).then_some(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(header: &[&str], loss: &str) -> Result<TableColumns, TableError> {
        let names = header.iter().map(|&name| name.to_owned());
        TableColumns::find(names, Some(Place::Line(1)), &RequestedColumns::loss(loss))
    }

    #[test]
    fn columns_go_by_name_in_any_order() {
        let columns = find(&["w", "loss", "y2", " x2", "y1 ", "x1", "label", "image_id"], "loss").unwrap();
        assert_eq!((columns.image, columns.corners, columns.label), (7, [5, 4, 3, 2], 6));
        assert_eq!(
            (columns.numbered(1), columns.losses),
            ((2, "loss".to_owned()), LossColumns::Sum(vec![(1, 1.0)]))
        );
    }

    #[test]
    fn image_goes_before_image_id_and_a_loss_may_have_another_name() {
        let columns =
            find(&["image_id", "image", "x1", "y1", "x2", "y2", "label", "loss", "ce"], "ce").unwrap();
        assert_eq!((columns.image, columns.losses), (1, LossColumns::Sum(vec![(8, 1.0)])));
    }

    #[test]
    fn missing_and_duplicate_columns_are_refused() {
        let missing = find(&["image", "x1", "y1", "x2", "label", "loss"], "loss").unwrap_err();
        assert!(matches!(missing.problem, Problem::MissingColumn { wanted: "y2", .. }));
        let double = find(&["image", "x1", "y1", "x2", "y2", "label", "loss", "x1"], "loss").unwrap_err();
        assert_eq!(double.to_string(), "line 1, column 2 (x1): column 8 has the same name");
    }

    #[test]
    fn other_names_and_cases_are_known_and_the_usual_ones_go_first() {
        let columns =
            find(&["FileName", "XMin", "YMin", "XMax", "YMax", "Class", "Loss", "class_id"], "loss").unwrap();
        assert_eq!((columns.image, columns.corners, columns.label), (0, [1, 2, 3, 4], 5));
        let columns = find(&["image", "x1", "X1", "y1", "x2", "y2", "label", "loss"], "loss").unwrap();
        assert_eq!(columns.corners, [1, 3, 4, 5]);
        let twice = find(&["image", "X1", "X1", "y1", "x2", "y2", "label", "loss"], "loss").unwrap_err();
        assert_eq!(twice.to_string(), "line 1, column 2 (X1): column 3 has the same name");
    }

    #[test]
    fn columns_may_be_named_by_the_caller() {
        let header = ["a", "b", "c", "d", "e", "cls", "label", "loss"].map(str::to_owned);
        let mut requested = RequestedColumns::loss("loss");
        requested.layout.names =
            [("image", "e"), ("x1", "a"), ("y1", "b"), ("x2", "c"), ("y2", "d"), ("label", "cls")]
                .map(|(part, name)| (Part::named(part).unwrap(), name.to_owned()))
                .into();
        let columns = TableColumns::find(header.into_iter(), None, &requested).unwrap();
        assert_eq!((columns.image, columns.corners, columns.label), (4, [0, 1, 2, 3], 5));
        requested.layout.names.push((Part::Label, "none".to_owned()));
        let header = ["a", "b", "c", "d", "e", "cls", "label", "loss"].map(str::to_owned);
        let missing = TableColumns::find(header.into_iter(), None, &requested).unwrap_err();
        assert!(missing.to_string().starts_with("missing column: none; "), "{missing}");
    }

    #[test]
    fn sizes_of_images_are_not_those_of_boxes() {
        let columns = find(&["image", "x1", "y1", "x2", "y2", "label", "loss", "width", "height"], "loss");
        assert_eq!(columns.unwrap().size, Some([7, 8]));
        let mut requested = RequestedColumns::loss("loss");
        requested.layout.boxes = crate::table::BoxFormat::Xywh;
        let header = ["image", "x", "y", "width", "height", "label", "loss"].map(str::to_owned);
        assert_eq!(TableColumns::find(header.into_iter(), None, &requested).unwrap().size, None);
    }
}
