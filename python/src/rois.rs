//! RoIs in the rows of arrays, read in place: mining visits a few hundred of 100,000, so nothing is converted beforehand.

use core::marker::PhantomData;

use ohem_core::{BBox, Group, Membership, OutOfRange, RoiSource};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::array::{Array, View};
use crate::kind::Real;
use crate::options::Options;

/// Boxes, labels and images of a batch of RoIs.
pub(crate) struct Columns<'py> {
    pub(crate) boxes: Option<Array<'py>>,
    pub(crate) losses: Array<'py>,
    pub(crate) labels: Option<Array<'py>>,
    pub(crate) images: Option<Array<'py>>,
}

impl<'py> Columns<'py> {
    pub(crate) fn new(
        boxes: Option<&Bound<'py, PyAny>>,
        losses: &Bound<'py, PyAny>,
        labels: Option<&Bound<'py, PyAny>>,
        images: Option<&Bound<'py, PyAny>>,
        options: &Options,
    ) -> PyResult<Self> {
        let losses = Array::new(losses, "losses")?;
        losses.check_dimensions(1)?;
        let boxes = Array::optional(boxes, "boxes")?;
        let (labels, images) = (Array::optional(labels, "labels")?, Array::optional(images, "images")?);
        for column in [&labels, &images].into_iter().flatten() {
            column.check_dimensions(1)?;
            column.check_rows(losses.rows(), "losses")?;
        }
        match &boxes {
            Some(boxes) => check_boxes(boxes, &losses, images.is_some())?,
            None if options.mining.nms.is_some() => {
                return Err(PyValueError::new_err("boxes: they may be None only if iou_threshold is None"));
            }
            None => {}
        }
        Ok(Self { boxes, losses, labels, images })
    }

    /// The image of each RoI, numbered without gaps, and the number of images.
    pub(crate) fn dense_images(&self) -> PyResult<(Vec<u32>, usize)> {
        let view = match (&self.boxes, &self.images) {
            (Some(boxes), _) if boxes.columns() == 5 => boxes.view(),
            (_, Some(images)) => images.view(),
            _ => return Ok((vec![0; self.losses.rows()], 1)),
        };
        let number = |row: usize| {
            // SAFETY: there is a row for each loss, and a first column.
            unsafe { view.number(row, 0) }.map_err(|value| {
                PyValueError::new_err(format!(
                    "image {value} at position {row}: expected a number of at least 0"
                ))
            })
        };
        let images = (0..self.losses.rows()).map(number).collect::<PyResult<Vec<_>>>()?;
        let mut known = images.clone();
        known.sort_unstable();
        known.dedup();
        let dense = |image| known.binary_search(&image).unwrap_or_default() as u32;
        Ok((images.into_iter().map(dense).collect(), known.len()))
    }

    /// The RoIs, whose boxes have elements that `F` can read.
    pub(crate) fn rois<F: Real>(&self, options: &Options) -> Rois<F> {
        let with_image = self.boxes.as_ref().is_some_and(|boxes| boxes.columns() == 5);
        let boxes = self.boxes.as_ref().map(Array::view);
        Rois {
            boxes: boxes.map(|boxes| boxes.skip_columns(usize::from(with_image))),
            images: if with_image { boxes } else { self.images.as_ref().map(Array::view) },
            labels: self.labels.as_ref().map(Array::view),
            // Without labels, no RoI is ignored.
            ignore_index: options.ignore_index.filter(|_| self.labels.is_some()),
            len: self.losses.rows(),
            float: PhantomData,
        }
    }
}

fn check_boxes(boxes: &Array<'_>, losses: &Array<'_>, images: bool) -> PyResult<()> {
    boxes.check_float()?;
    let is_empty = boxes.len() == 0 && losses.len() == 0;
    let columns = if boxes.shape().len() == 2 { boxes.columns() } else { 0 };
    if !(is_empty || columns == 4 || columns == 5) {
        let shape = boxes.shape();
        return Err(PyValueError::new_err(format!(
            "boxes: expected the shape [n, 4], or [n, 5] with the image in front, found {shape:?}"
        )));
    }
    if columns == 5 && images {
        return Err(PyValueError::new_err(
            "images: boxes of the shape [n, 5] have the image in front, so pass images=None",
        ));
    }
    if is_empty { Ok(()) } else { boxes.check_rows(losses.rows(), "losses") }
}

/// RoIs that are read when they are visited.
pub(crate) struct Rois<F> {
    boxes: Option<View>,
    images: Option<View>,
    labels: Option<View>,
    ignore_index: Option<i64>,
    len: usize,
    float: PhantomData<F>,
}

impl<F> Rois<F> {
    #[inline(always)]
    fn number(&self, column: Option<View>, index: u32) -> Result<u32, i64> {
        match column {
            // SAFETY: each column has a row for each loss, and the index is below their number: see `membership`.
            Some(view) => unsafe { view.number(index as usize, 0) },
            None => Ok(0),
        }
    }
}

impl<F: Real> RoiSource for Rois<F> {
    type Coordinate = F;

    #[inline(always)]
    fn len(&self) -> usize {
        self.len
    }

    #[inline(always)]
    fn bbox(&self, index: u32) -> Option<BBox<F>> {
        let boxes = self.boxes.filter(|_| (index as usize) < self.len)?;
        // SAFETY: the row is below the number of losses, of which there are as many as rows; `Columns` checked columns.
        Some(unsafe { boxes.bbox(index as usize) })
    }

    #[inline(always)]
    fn membership(&self, index: u32) -> Membership {
        const IGNORED: u32 = u32::MAX;
        if index as usize >= self.len {
            return Membership::Ignored;
        }
        let label = self.number(self.labels, index);
        if let Some(ignore) = self.ignore_index
            && label.map_or_else(|nearest| nearest, i64::from) == ignore
        {
            return Membership::Ignored;
        }
        match (self.number(self.images, index), label) {
            (Ok(IGNORED), _) | (_, Ok(IGNORED)) => Membership::Ignored,
            (Ok(image), Ok(label)) => Membership::Member(Group { image, label }),
            _ => Membership::Invalid,
        }
    }

    #[cold]
    fn invalid_key(&self, index: u32) -> OutOfRange {
        let (what, value) = match (self.number(self.images, index), self.number(self.labels, index)) {
            (Err(value), _) => ("image", value),
            (_, Err(value)) => ("label", value),
            _ => ("key", -1),
        };
        OutOfRange { what, position: index as usize, value, limit: u32::MAX as usize }
    }
}
