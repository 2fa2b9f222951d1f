//! What a caller needs of a table, and how the table is written.

/// The columns to read besides boxes, images and labels, and how they are written.
#[derive(Clone, Debug)]
pub struct RequestedColumns<'a> {
    /// Where the losses come from.
    pub loss: LossSource<'a>,
    /// The accepted names for the column of overlaps with ground truth, or `None` if it is not needed.
    pub overlap: Option<Vec<&'a str>>,
    /// How the table is written.
    pub layout: Layout,
}

/// Where the losses come from.
#[derive(Clone, Debug)]
pub enum LossSource<'a> {
    /// The sum of these columns, each times its weight.
    Columns(Vec<(&'a str, f64)>),
    /// Cross-entropy of the class probabilities in the columns `p0`, `p1`, ..., computed in this precision.
    Probabilities(Precision),
}

/// The float type that losses are computed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// 32 bits.
    F32,
    /// 64 bits.
    F64,
}

/// How a table is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// What separates cells; `None` if it shall be found in the header.
    pub delimiter: Option<u8>,
    /// The meaning of the four numbers of a box.
    pub boxes: BoxFormat,
    /// Whether right and bottom edge belong to a box, so that a width of 1 means `x2 = x1`.
    pub pixel: bool,
    /// Columns named by the caller: the part that a column plays, and its name.
    pub names: Vec<(Part, String)>,
}

/// The meaning of the four numbers of a box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BoxFormat {
    /// Two corners.
    #[default]
    Xyxy,
    /// The left upper corner, width and height, as COCO writes them.
    Xywh,
    /// The centre, width and height, as YOLO writes them.
    Cxcywh,
}

/// The part that a column plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The image id.
    Image,
    /// One of the four numbers of a box, from 0.
    Corner(usize),
    /// The label.
    Label,
}

impl<'a> RequestedColumns<'a> {
    /// Requests a column of losses and no overlaps.
    ///
    /// ```
    /// use ohem_cli::table::RequestedColumns;
    ///
    /// assert!(RequestedColumns::loss("loss_cls").overlap.is_none());
    /// ```
    pub fn loss(name: &'a str) -> Self {
        Self { loss: LossSource::Columns(vec![(name, 1.0)]), overlap: None, layout: Layout::default() }
    }
}

impl BoxFormat {
    /// Turns four numbers into corners. With pixel boxes, a width of 1 means `x2 = x1`.
    pub(super) fn corners(self, [a, b, c, d]: [f64; 4], pixel: bool) -> [f64; 4] {
        let pad = if pixel { 1.0 } else { 0.0 };
        match self {
            Self::Xyxy => [a, b, c, d],
            Self::Xywh => [a, b, a + c - pad, b + d - pad],
            Self::Cxcywh => {
                let (left, top) = (a - c / 2.0, b - d / 2.0);
                [left, top, left + c - pad, top + d - pad]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_become_corners() {
        let numbers = [10.0, 20.0, 4.0, 6.0];
        let of = |format: BoxFormat| [false, true].map(|pixel| format.corners(numbers, pixel));
        assert_eq!(of(BoxFormat::Xyxy), [numbers; 2]);
        assert_eq!(of(BoxFormat::Xywh), [[10.0, 20.0, 14.0, 26.0], [10.0, 20.0, 13.0, 25.0]]);
        assert_eq!(of(BoxFormat::Cxcywh), [[8.0, 17.0, 12.0, 23.0], [8.0, 17.0, 11.0, 22.0]]);
    }
}
