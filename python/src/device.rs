//! Tensors on a device: copied to the host in one piece by `ohem._device`, mined there, and the indices sent back.

use pyo3::types::{PyDict, PyTuple};
use pyo3::{intern, prelude::*};

use crate::errors::DeviceError;

/// Calls `function` with host copies of the tensors if it failed because they are on a device, and else fails with that.
pub(crate) fn on_host<'py>(
    error: PyErr,
    function: &Bound<'py, PyAny>,
    tensors: &[Option<&Bound<'py, PyAny>>],
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = function.py();
    if !error.is_instance_of::<DeviceError>(py) {
        return Err(error);
    }
    let tensors = PyTuple::new(py, tensors)?;
    py.import("ohem._device")?.call_method1(intern!(py, "on_host"), (error, function, tensors, options))
}

/// A function of this module.
pub(crate) fn function<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("ohem._ohem")?.getattr(name)
}
