//! Arrays of Python: numpy's by its C interface, tensors of other libraries by DLPack, anything else by `np.asarray`.
//!
//! An array is a pointer, a type, a shape and strides. It is copied only if a slice is needed and it is not one.

use std::borrow::Cow;

use numpy::{PyUntypedArray, PyUntypedArrayMethods};
use ohem_core::BBox;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::{intern, prelude::*};

use crate::dlpack::{self, Exchange, Keeper};
use crate::errors::DeviceError;
use crate::kind::{Element, Kind, Real};
use crate::output::Like;

mod check;
mod keys;
mod view;

pub(crate) use view::View;

/// Largest number of dimensions: pixels of a batch of volumes, with classes.
const MAX_DIMENSIONS: usize = 5;

/// An array of Python, whatever its strides.
pub(crate) struct Array<'py> {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) like: Like<'py>,
    data: *const u8,
    ndim: usize,
    shape: [usize; MAX_DIMENSIONS],
    /// In bytes.
    strides: [isize; MAX_DIMENSIONS],
    _keeper: Keeper<'py>,
}

impl<'py> Array<'py> {
    pub(crate) fn new(object: &Bound<'py, PyAny>, name: &'static str) -> PyResult<Self> {
        if let Ok(array) = object.cast::<PyUntypedArray>() {
            return Self::of_numpy(array, name);
        }
        if let Some((tensor, keeper)) = dlpack::tensor(object, name)? {
            let like = match Exchange::of(object) {
                Some(exchange) => Like::Exchange(exchange),
                None => Like::Namespace(object.clone()),
            };
            return Self::of_dlpack(tensor, keeper, like, name);
        }
        let py = object.py();
        let array = py.import(intern!(py, "numpy"))?.call_method1(intern!(py, "asarray"), (object,))?;
        Self::of_numpy(array.cast::<PyUntypedArray>()?, name)
    }

    pub(crate) fn optional(object: Option<&Bound<'py, PyAny>>, name: &'static str) -> PyResult<Option<Self>> {
        object.map(|object| Self::new(object, name)).transpose()
    }

    fn of_numpy(array: &Bound<'py, PyUntypedArray>, name: &'static str) -> PyResult<Self> {
        let dtype = array.dtype();
        let Some(kind) = Kind::of_numpy(&dtype) else {
            return Err(PyTypeError::new_err(format!(
                "{name}: arrays of dtype {dtype} are not supported: convert it, for example by {name}.astype(\"float32\")"
            )));
        };
        let ndim = dimensions(array.ndim(), name)?;
        let (mut shape, mut strides) = ([1; MAX_DIMENSIONS], [0; MAX_DIMENSIONS]);
        shape[..ndim].copy_from_slice(array.shape());
        strides[..ndim].copy_from_slice(array.strides());
        // SAFETY: the array is live, and kept.
        let data = unsafe { (*array.as_array_ptr()).fields.data }.cast_const().cast::<u8>();
        let keeper = Keeper::Object(array.clone().into_any());
        Ok(Self { name, kind, like: Like::Numpy, data, ndim, shape, strides, _keeper: keeper })
    }

    fn of_dlpack(
        tensor: dlpack::Tensor,
        keeper: Keeper<'py>,
        like: Like<'py>,
        name: &'static str,
    ) -> PyResult<Self> {
        if !tensor.device.is_host() {
            let (kind, id) = (tensor.device.kind, tensor.device.id);
            return Err(DeviceError::new_err(format!(
                "{name}: on device {id} of DLPack's type {kind}, which the CPU cannot read: pass {name}.cpu()"
            )));
        }
        let dlpack::DataType { code, bits, .. } = tensor.dtype;
        let Some(kind) = Kind::of_dlpack(tensor.dtype) else {
            return Err(PyTypeError::new_err(format!(
                "{name}: tensors of DLPack's type {code} of {bits} bits are not supported: convert it, for example by {name}.float()"
            )));
        };
        let ndim = dimensions(tensor.ndim as usize, name)?;
        let (mut shape, mut strides) = ([1; MAX_DIMENSIONS], [0; MAX_DIMENSIONS]);
        let size = kind.size() as isize;
        // SAFETY: DLPack says that there is a length for each dimension, and a stride if there are any.
        unsafe {
            for (axis, length) in shape[..ndim].iter_mut().enumerate() {
                *length = *tensor.shape.add(axis) as usize;
            }
            let mut next = size;
            for axis in (0..ndim).rev() {
                let given = (!tensor.strides.is_null()).then(|| *tensor.strides.add(axis) as isize * size);
                strides[axis] = given.unwrap_or(next);
                next *= shape[axis] as isize;
            }
        }
        let data = tensor.data.cast::<u8>().wrapping_add(tensor.byte_offset as usize);
        Ok(Self { name, kind, like, data, ndim, shape, strides, _keeper: keeper })
    }

    pub(crate) fn shape(&self) -> &[usize] {
        &self.shape[..self.ndim]
    }

    pub(crate) fn rows(&self) -> usize {
        self.shape[0]
    }

    pub(crate) fn columns(&self) -> usize {
        self.shape[1]
    }

    pub(crate) fn view(&self) -> View {
        View { data: self.data, kind: self.kind, row: self.strides[0], column: self.strides[1] }
    }

    /// Number of elements.
    pub(crate) fn len(&self) -> usize {
        self.shape().iter().product()
    }

    fn is_contiguous(&self) -> bool {
        let mut next = self.kind.size() as isize;
        (0..self.ndim).rev().all(|axis| {
            let fits = self.shape[axis] == 1 || self.strides[axis] == next;
            next *= self.shape[axis] as isize;
            fits
        })
    }

    /// The elements in C order, if they have this type and are contiguous and aligned.
    pub(crate) fn borrowed<T: Element>(&self) -> Option<&[T]> {
        let is_slice =
            T::KIND == self.kind && self.is_contiguous() && self.data.align_offset(align_of::<T>()) == 0;
        match (is_slice, self.len()) {
            (_, 0) => Some(&[]),
            // SAFETY: contiguous, aligned, of that type, kept alive; that nobody writes meanwhile is what all of numpy
            // and torch assumes.
            (true, len) => Some(unsafe { std::slice::from_raw_parts(self.data.cast(), len) }),
            (false, _) => None,
        }
    }

    /// The elements in C order, without a copy if they are contiguous and aligned; the caller knows the type.
    pub(crate) fn slice<T: Element>(&self) -> Cow<'_, [T]> {
        assert_eq!(T::KIND, self.kind, "elements are read as what they are");
        if let Some(slice) = self.borrowed() {
            return Cow::Borrowed(slice);
        }
        // SAFETY: the element has that type, and may be unaligned.
        Cow::Owned(self.gather(|data| unsafe { data.cast::<T>().read_unaligned() }))
    }

    /// Reads each element, in C order.
    fn gather<T>(&self, mut read: impl FnMut(*const u8) -> T) -> Vec<T> {
        let mut values = Vec::with_capacity(self.len());
        let mut index = [0; MAX_DIMENSIONS];
        for _ in 0..self.len() {
            let offset: isize =
                index.iter().zip(&self.strides).map(|(&at, stride)| at as isize * stride).sum();
            values.push(read(self.data.wrapping_offset(offset)));
            for axis in (0..self.ndim).rev() {
                index[axis] += 1;
                if index[axis] < self.shape[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
        values
    }

    /// The elements in the type in which ohem computes: 16-bit floats become `f32`.
    pub(crate) fn floats<F: Real>(&self) -> Cow<'_, [F]> {
        if self.kind == F::KIND {
            return self.slice();
        }
        // SAFETY: `by_float` chose a type that reads this kind.
        Cow::Owned(self.gather(|data| unsafe { F::read(data, self.kind) }))
    }

    /// As [`floats`](Self::floats), and nothing of an empty array of another type.
    pub(crate) fn floats_or_none<F: Real>(&self) -> Cow<'_, [F]> {
        if self.len() == 0 { Cow::Borrowed(&[]) } else { self.floats() }
    }
}

fn dimensions(ndim: usize, name: &str) -> PyResult<usize> {
    if (1..=MAX_DIMENSIONS).contains(&ndim) {
        return Ok(ndim);
    }
    Err(PyValueError::new_err(format!("{name}: expected 1 to {MAX_DIMENSIONS} dimensions, found {ndim}")))
}

/// Views floats as boxes.
pub(crate) fn boxes<F: Real>(floats: &[F]) -> &[BBox<F>] {
    BBox::from_flat(floats).unwrap_or_default()
}

/// Runs a body with `$float` as the type in which an array of floats is computed.
macro_rules! by_float {
    ($array:expr, $float:ident => $body:expr) => {
        match $array.kind {
            $crate::kind::Kind::F64 => {
                type $float = f64;
                $body
            }
            $crate::kind::Kind::F32 | $crate::kind::Kind::F16 | $crate::kind::Kind::BF16 => {
                type $float = f32;
                $body
            }
            _ => Err($array.wrong_type("float32 or float64")),
        }
    };
}
pub(crate) use by_float;

/// Runs a body with `$loss` as the type of an array of losses, which are ranked as they are.
macro_rules! by_loss {
    ($array:expr, $loss:ident => $body:expr) => {
        match $array.kind {
            $crate::kind::Kind::F32 => {
                type $loss = f32;
                $body
            }
            $crate::kind::Kind::F64 => {
                type $loss = f64;
                $body
            }
            $crate::kind::Kind::F16 => {
                type $loss = half::f16;
                $body
            }
            $crate::kind::Kind::BF16 => {
                type $loss = half::bf16;
                $body
            }
            _ => Err($array.wrong_type("a float type")),
        }
    };
}
pub(crate) use by_loss;
