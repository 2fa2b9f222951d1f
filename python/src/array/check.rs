//! What functions expect of arrays, in errors that say what was found.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use super::Array;
use crate::kind::Kind;

impl Array<'_> {
    pub(crate) fn check_dimensions(&self, ndim: usize) -> PyResult<()> {
        if self.ndim == ndim {
            return Ok(());
        }
        let (name, shape) = (self.name, self.shape());
        Err(PyValueError::new_err(format!("{name}: expected {ndim} dimensions, found the shape {shape:?}")))
    }

    pub(crate) fn check_rows(&self, rows: usize, of: &str) -> PyResult<()> {
        if self.rows() == rows {
            return Ok(());
        }
        let (name, found) = (self.name, self.rows());
        Err(PyValueError::new_err(format!(
            "{name}: expected {rows} rows, one for each of {of}, found {found}"
        )))
    }

    /// Checks that rows are boxes; an empty list of any shape has none.
    pub(crate) fn check_boxes(&self) -> PyResult<()> {
        self.check_float()?;
        if self.len() == 0 || (self.ndim == 2 && self.columns() == 4) {
            return Ok(());
        }
        let (name, shape) = (self.name, self.shape());
        Err(PyValueError::new_err(format!(
            "{name}: expected the shape [n, 4] (x1, y1, x2, y2), found {shape:?}"
        )))
    }

    pub(crate) fn check_float(&self) -> PyResult<()> {
        if self.kind.is_float() { Ok(()) } else { Err(self.wrong_type("float32 or float64")) }
    }

    /// Checks that two arrays are computed in one float type.
    pub(crate) fn check_same_float(&self, other: &Self) -> PyResult<()> {
        if (self.kind == Kind::F64) == (other.kind == Kind::F64) || other.len() == 0 || self.len() == 0 {
            return Ok(());
        }
        let (name, of, found) = (other.name, self.name, other.kind.name());
        Err(PyTypeError::new_err(format!(
            "{name}: expected {}, as {of} has, found {found}",
            self.kind.name()
        )))
    }

    pub(crate) fn wrong_type(&self, expected: &str) -> PyErr {
        PyTypeError::new_err(format!("{}: expected {expected}, found {}", self.name, self.kind.name()))
    }
}
