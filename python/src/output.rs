//! Results, as arrays of the library that the arguments came from.

use numpy::{PyArray, PyArray1, PyArrayMethods};
use pyo3::{intern, prelude::*};

use crate::dlpack::Exchange;
use crate::kind::{Element, Kind};

/// The library whose arrays a function returns.
#[derive(Clone)]
pub(crate) enum Like<'py> {
    /// numpy, and whatever `np.asarray` takes.
    Numpy,
    /// A library with DLPack's C exchange API: torch since 2.10.
    Exchange(Exchange),
    /// The library of this tensor, by its `from_dlpack`.
    Namespace(Bound<'py, PyAny>),
}

/// Values as an array of the library `like`, which takes over their memory.
pub(crate) fn array<'py, T: Element + numpy::Element>(
    py: Python<'py>,
    like: &Like<'py>,
    values: Vec<T>,
    shape: &[usize],
) -> PyResult<Bound<'py, PyAny>> {
    let values = match like {
        Like::Exchange(exchange) => match exchange.make(py, values, shape) {
            Some(made) => return made,
            None => unreachable!("torch has had both directions since it has had one"),
        },
        Like::Numpy | Like::Namespace(_) => values,
    };
    let array = PyArray1::from_vec(py, values);
    let array = if shape.len() == 1 { array.into_any() } else { array.reshape(shape)?.into_any() };
    in_namespace(like, array)
}

/// Losses in the type that they had; numpy has no `bfloat16`, and takes `float32` for it.
pub(crate) fn losses<'py, H: Element + ohem_core::RankKey>(
    py: Python<'py>,
    like: &Like<'py>,
    values: Vec<H>,
    shape: &[usize],
) -> PyResult<Bound<'py, PyAny>> {
    if let Like::Exchange(exchange) = like
        && let Some(made) = exchange.make(py, values.clone(), shape)
    {
        return made;
    }
    let wide = values.into_iter().map(ohem_core::RankKey::to_f64);
    if H::KIND == Kind::F64 {
        return array(py, like, wide.collect(), shape);
    }
    let single = array(py, like, wide.map(|value| value as f32).collect(), shape)?;
    match like {
        Like::Numpy if H::KIND == Kind::F16 => single.call_method1(intern!(py, "astype"), ("float16",)),
        Like::Namespace(tensor) if H::KIND != Kind::F32 => match single.getattr_opt(intern!(py, "to"))? {
            Some(convert) => convert.call1((tensor.getattr(intern!(py, "dtype"))?,)),
            None => Ok(single),
        },
        _ => Ok(single),
    }
}

/// Indices of RoIs, as the `int64` by which numpy and torch index.
pub(crate) fn indices<'py>(py: Python<'py>, like: &Like<'py>, found: &[u32]) -> PyResult<Bound<'py, PyAny>> {
    if let Like::Exchange(_) = like {
        return array(py, like, found.iter().copied().map(i64::from).collect(), &[found.len()]);
    }
    // Written into numpy's own memory: cheaper than an array that owns a `Vec`.
    // SAFETY: every element is written before anybody sees the array.
    let array = unsafe {
        let array = PyArray::<i64, _>::new(py, [found.len()], false);
        let slots = array.as_slice_mut()?;
        for (slot, &index) in slots.iter_mut().zip(found) {
            *slot = i64::from(index);
        }
        array
    };
    in_namespace(like, array.into_any())
}

/// Moves a numpy array to the library of another tensor, without a copy if that can.
fn in_namespace<'py>(like: &Like<'py>, array: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let Like::Namespace(tensor) = like else { return Ok(array) };
    let py = tensor.py();
    if let Some(namespace) = tensor.getattr_opt(intern!(py, "__array_namespace__"))? {
        return namespace.call0()?.call_method1(intern!(py, "from_dlpack"), (array,));
    }
    // Torch before 2.10, and libraries made like it: `from_dlpack` is in the module of the type.
    let module = tensor.get_type().module()?;
    let package = module.to_str()?.split('.').next().unwrap_or_default().to_owned();
    py.import(package)?.call_method1(intern!(py, "from_dlpack"), (array,))
}
