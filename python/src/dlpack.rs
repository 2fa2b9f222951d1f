//! Tensors of other libraries, by DLPack.
//!
//! A type that has the C exchange API (torch since 2.10) is read and made through it in about 200 ns, without a capsule;
//! it also takes tensors that require gradients. Other types are asked for a capsule by `__dlpack__`.

use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;
use core::ptr;

use pyo3::exceptions::PyTypeError;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;
use pyo3::{ffi, intern, prelude::*};

use crate::kind::Element;

/// `kDLCPU`, and memory of the host that a device can read.
const ON_HOST: [i32; 3] = [1, 3, 11];

#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Device {
    pub(crate) kind: i32,
    pub(crate) id: i32,
}

impl Device {
    pub(crate) fn is_host(self) -> bool {
        ON_HOST.contains(&self.kind)
    }
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct DataType {
    pub(crate) code: u8,
    pub(crate) bits: u8,
    pub(crate) lanes: u16,
}

/// `DLTensor`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Tensor {
    pub(crate) data: *mut c_void,
    pub(crate) device: Device,
    pub(crate) ndim: i32,
    pub(crate) dtype: DataType,
    pub(crate) shape: *mut i64,
    /// In elements; null for C order.
    pub(crate) strides: *mut i64,
    pub(crate) byte_offset: u64,
}

/// `DLManagedTensor`, which a capsule holds.
#[repr(C)]
struct Managed {
    tensor: Tensor,
    context: *mut c_void,
    deleter: Option<unsafe extern "C" fn(*mut Managed)>,
}

/// `DLManagedTensorVersioned`.
#[repr(C)]
struct ManagedVersioned {
    major: u32,
    minor: u32,
    context: *mut c_void,
    deleter: Option<unsafe extern "C" fn(*mut ManagedVersioned)>,
    flags: u64,
    tensor: Tensor,
}

/// `DLPackExchangeAPI`, version 1.
#[repr(C)]
struct ExchangeApi {
    major: u32,
    minor: u32,
    previous: *mut c_void,
    allocator: *mut c_void,
    managed_from_object: *mut c_void,
    object_from_managed: Option<unsafe extern "C" fn(*mut ManagedVersioned, *mut *mut c_void) -> c_int>,
    tensor_from_object: Option<unsafe extern "C" fn(*mut c_void, *mut Tensor) -> c_int>,
    current_stream: *mut c_void,
}

/// The exchange API of a type.
#[derive(Clone, Copy)]
pub(crate) struct Exchange(&'static ExchangeApi);

/// Keeps the memory of a view alive.
#[expect(dead_code, reason = "held, not read")]
pub(crate) enum Keeper<'py> {
    Object(Bound<'py, PyAny>),
    Capsule(Consumed),
}

/// A tensor taken from a capsule, and given back when this is dropped.
pub(crate) struct Consumed(*mut Managed);

impl Drop for Consumed {
    fn drop(&mut self) {
        // SAFETY: the capsule was renamed, so nobody else calls the deleter.
        unsafe {
            if let Some(delete) = (*self.0).deleter {
                delete(self.0);
            }
        }
    }
}

/// The first type that had an exchange API: in practice `torch.Tensor`, so that it is looked up once.
static KNOWN: PyOnceLock<(Py<PyType>, Exchange)> = PyOnceLock::new();

// SAFETY: the structure is constant and lives as long as the process.
unsafe impl Send for Exchange {}
// SAFETY: the same.
unsafe impl Sync for Exchange {}

impl Exchange {
    /// The exchange API of an object's type, if the type has a known version of it.
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> Option<Self> {
        let py = object.py();
        if let Some((known, exchange)) = KNOWN.get(py)
            && known.as_ptr() == object.get_type_ptr().cast()
        {
            return Some(*exchange);
        }
        let capsule = object.get_type().getattr_opt(intern!(py, "__dlpack_c_exchange_api__")).ok()??;
        // SAFETY: a call with a live object, whose result is checked.
        let api = unsafe { ffi::PyCapsule_GetPointer(capsule.as_ptr(), c"dlpack_exchange_api".as_ptr()) };
        if api.is_null() {
            drop(PyErr::take(py));
            return None;
        }
        // SAFETY: the protocol says that such a capsule points to this structure, which lives as long as the process.
        let api: &'static ExchangeApi = unsafe { &*api.cast() };
        if api.major != 1 {
            return None;
        }
        let _ = KNOWN.set(py, (object.get_type().unbind(), Self(api)));
        Some(Self(api))
    }

    /// The tensor behind an object of the type whose API this is.
    fn read(self, object: &Bound<'_, PyAny>) -> Option<PyResult<Tensor>> {
        let read = self.0.tensor_from_object?;
        let mut tensor = MaybeUninit::uninit();
        // SAFETY: the function was found at the type of this object; the function writes the tensor or fails.
        let failed = unsafe { read(object.as_ptr().cast(), tensor.as_mut_ptr()) } != 0;
        // SAFETY: it did not fail.
        Some(if failed { Err(PyErr::fetch(object.py())) } else { Ok(unsafe { tensor.assume_init() }) })
    }

    /// Makes a tensor of the library that owns the values; `None` if the API cannot.
    pub(crate) fn make<'py, T: Element>(
        self,
        py: Python<'py>,
        values: Vec<T>,
        shape: &[usize],
    ) -> Option<PyResult<Bound<'py, PyAny>>> {
        let make = self.0.object_from_managed?;
        let owner = Owner::leak(values, shape);
        let mut object = ptr::null_mut();
        // SAFETY: the tensor lives until its deleter is called, and is as large as its shape says.
        let failed = unsafe { make(owner, &raw mut object) } != 0;
        if failed {
            // SAFETY: nobody took it over.
            unsafe { Owner::<T>::delete(owner) };
            return Some(Err(PyErr::fetch(py)));
        }
        // SAFETY: the function returns a new reference.
        Some(Ok(unsafe { Bound::from_owned_ptr(py, object.cast()) }))
    }
}

/// Values that a tensor of another library views, with the description of that tensor.
#[repr(C)]
struct Owner<T> {
    managed: ManagedVersioned,
    values: Vec<T>,
    shape: Vec<i64>,
    strides: Vec<i64>,
}

impl<T: Element> Owner<T> {
    fn leak(values: Vec<T>, shape: &[usize]) -> *mut ManagedVersioned {
        let mut strides = vec![1; shape.len()];
        for axis in (1..shape.len()).rev() {
            strides[axis - 1] = strides[axis] * shape[axis].max(1) as i64;
        }
        let tensor = Tensor {
            data: ptr::null_mut(),
            device: Device { kind: 1, id: 0 },
            ndim: shape.len() as i32,
            dtype: data_type::<T>(),
            shape: ptr::null_mut(),
            strides: ptr::null_mut(),
            byte_offset: 0,
        };
        let (context, deleter) = (ptr::null_mut(), Some(Self::delete as unsafe extern "C" fn(_)));
        let managed = ManagedVersioned { major: 1, minor: 0, context, deleter, flags: 0, tensor };
        let shape = shape.iter().map(|&len| len as i64).collect();
        let mut owner = Box::new(Self { managed, values, shape, strides });
        owner.managed.tensor.data = owner.values.as_mut_ptr().cast();
        owner.managed.tensor.shape = owner.shape.as_mut_ptr();
        owner.managed.tensor.strides = owner.strides.as_mut_ptr();
        Box::into_raw(owner).cast() // `managed` is the first field
    }

    unsafe extern "C" fn delete(managed: *mut ManagedVersioned) {
        // SAFETY: `leak` made it of a box, and the protocol calls this once.
        drop(unsafe { Box::from_raw(managed.cast::<Self>()) });
    }
}

fn data_type<T: Element>() -> DataType {
    use crate::kind::Kind;
    let code = match T::KIND {
        Kind::I8 | Kind::I16 | Kind::I32 | Kind::I64 => 0,
        Kind::U8 | Kind::U16 | Kind::U32 | Kind::U64 => 1,
        Kind::F16 | Kind::F32 | Kind::F64 => 2,
        Kind::BF16 => 4,
        Kind::Bool => 6,
    };
    DataType { code, bits: 8 * size_of::<T>() as u8, lanes: 1 }
}

/// The tensor behind an object, if it is one: where it lies, and what keeps it there.
pub(crate) fn tensor<'py>(object: &Bound<'py, PyAny>, name: &str) -> PyResult<Option<(Tensor, Keeper<'py>)>> {
    let unreadable = |error: PyErr| {
        let error = error.value(object.py()).to_string();
        let reason = error.lines().next().unwrap_or_default(); // below it, torch lists its stack
        PyTypeError::new_err(format!("{name}: this tensor has no memory that can be read: {reason}"))
    };
    if let Some(read) = Exchange::of(object).and_then(|exchange| exchange.read(object)) {
        return Ok(Some((read.map_err(unreadable)?, Keeper::Object(object.clone()))));
    }
    let py = object.py();
    let Some(device) = object.getattr_opt(intern!(py, "__dlpack_device__"))? else { return Ok(None) };
    let (kind, id): (i32, i32) = device.call0().map_err(unreadable)?.extract()?;
    if !(Device { kind, id }).is_host() {
        // Not asked for a capsule, which may make the device wait.
        let dtype = DataType { code: 0, bits: 0, lanes: 0 };
        let (data, shape, strides) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        let tensor =
            Tensor { data, device: Device { kind, id }, ndim: 0, dtype, shape, strides, byte_offset: 0 };
        return Ok(Some((tensor, Keeper::Object(object.clone()))));
    }
    // A tensor that requires gradients has to be detached first.
    let detached = match object.getattr_opt(intern!(py, "detach"))? {
        Some(detach) => detach.call0()?,
        None => object.clone(),
    };
    let capsule = detached.call_method0(intern!(py, "__dlpack__")).map_err(unreadable)?;
    // SAFETY: the capsule is live; without an argument, `__dlpack__` gives an unversioned one.
    unsafe {
        let managed = ffi::PyCapsule_GetPointer(capsule.as_ptr(), c"dltensor".as_ptr()).cast::<Managed>();
        if managed.is_null() {
            return Err(unreadable(PyErr::fetch(py)));
        }
        ffi::PyCapsule_SetName(capsule.as_ptr(), c"used_dltensor".as_ptr());
        Ok(Some(((*managed).tensor, Keeper::Capsule(Consumed(managed)))))
    }
}
