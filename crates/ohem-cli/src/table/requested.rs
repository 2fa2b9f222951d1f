//! What a caller needs of a table.

/// The columns to read besides boxes, images and labels.
#[derive(Clone, Debug)]
pub struct RequestedColumns<'a> {
    /// Where the losses come from.
    pub loss: LossSource<'a>,
    /// The accepted names for the column of overlaps with ground truth, or `None` if it is not needed.
    pub overlap: Option<Vec<&'a str>>,
}

/// Where the losses come from.
#[derive(Clone, Copy, Debug)]
pub enum LossSource<'a> {
    /// The column of this name.
    Column(&'a str),
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

impl<'a> RequestedColumns<'a> {
    /// Requests a column of losses and no overlaps.
    ///
    /// ```
    /// use ohem_cli::table::RequestedColumns;
    ///
    /// assert!(RequestedColumns::loss("loss_cls").overlap.is_none());
    /// ```
    pub fn loss(name: &'a str) -> Self {
        Self { loss: LossSource::Column(name), overlap: None }
    }
}
