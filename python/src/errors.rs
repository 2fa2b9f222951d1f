//! Errors of ohem as exceptions.

use core::fmt::Debug;

use ohem_core::{BBox, InputError, LengthMismatch, MineError, OutOfRange};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::{create_exception, intern};

create_exception!(
    ohem,
    DeviceError,
    PyTypeError,
    "A tensor is on a device whose memory the CPU cannot read."
);

/// The exception that a refused input raises; `losses` is the argument's name.
pub(crate) fn mine(py: Python<'_>, error: MineError, losses: &str) -> PyErr {
    match error {
        MineError::Nan(nan) => nan_loss(py, losses, nan.index).unwrap_or_else(|error| error),
        MineError::OutOfRange(fault) => out_of_range(fault),
        error => PyValueError::new_err(error.to_string()),
    }
}

pub(crate) fn input(error: InputError) -> PyErr {
    match error {
        InputError::OutOfRange(fault) => out_of_range(fault),
        error => PyValueError::new_err(error.to_string()),
    }
}

/// A box that must be valid is not; `name` is the argument's name.
pub(crate) fn invalid_box<F: Debug>(name: &str, index: usize, found: Option<&BBox<F>>) -> PyErr {
    let found =
        found.map(|bbox| format!(", found [{:?}, {:?}, {:?}, {:?}]", bbox.x1, bbox.y1, bbox.x2, bbox.y2));
    PyValueError::new_err(format!(
        "{name}[{index}]: expected finite corners with x1 <= x2 and y1 <= y2, and a finite area{}",
        found.unwrap_or_default()
    ))
}

pub(crate) fn length(error: LengthMismatch) -> PyErr {
    PyValueError::new_err(error.to_string())
}

fn out_of_range(fault: OutOfRange) -> PyErr {
    let hint = match fault {
        OutOfRange { what: "label", value, .. } => {
            format!("; if {value} means that a RoI takes no part, pass ignore_index={value}")
        }
        _ => String::new(),
    };
    PyValueError::new_err(format!("{fault}{hint}"))
}

/// A `NanLossError`, which is written in Python, because it has an attribute.
fn nan_loss(py: Python<'_>, losses: &str, index: u32) -> PyResult<PyErr> {
    let class = py.import(intern!(py, "ohem._errors"))?.getattr(intern!(py, "NanLossError"))?;
    let text = format!("{losses}[{index}] is NaN; nan=\"skip\" leaves it out, nan=\"first\" ranks it first");
    Ok(PyErr::from_value(class.call1((text, index))?))
}
