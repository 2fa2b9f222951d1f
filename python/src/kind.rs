//! Element types of arrays, and how a value of each is read.

use half::{bf16, f16};
use numpy::{PyArrayDescr, PyArrayDescrMethods};
use ohem_core::{Float, Key};
use pyo3::prelude::*;

use crate::dlpack;

/// The type of an array's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    F16,
    BF16,
    F32,
    F64,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    Bool,
}

impl Kind {
    pub(crate) const fn size(self) -> usize {
        match self {
            Self::I8 | Self::U8 | Self::Bool => 1,
            Self::F16 | Self::BF16 | Self::I16 | Self::U16 => 2,
            Self::F32 | Self::I32 | Self::U32 => 4,
            Self::F64 | Self::I64 | Self::U64 => 8,
        }
    }

    pub(crate) const fn is_float(self) -> bool {
        matches!(self, Self::F16 | Self::BF16 | Self::F32 | Self::F64)
    }

    /// The name that numpy and torch give it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::F16 => "float16",
            Self::BF16 => "bfloat16",
            Self::F32 => "float32",
            Self::F64 => "float64",
            Self::I8 => "int8",
            Self::I16 => "int16",
            Self::I32 => "int32",
            Self::I64 => "int64",
            Self::U8 => "uint8",
            Self::U16 => "uint16",
            Self::U32 => "uint32",
            Self::U64 => "uint64",
            Self::Bool => "bool",
        }
    }

    pub(crate) const fn of_dlpack(dtype: dlpack::DataType) -> Option<Self> {
        Some(match (dtype.code, dtype.bits, dtype.lanes) {
            (0, 8, 1) => Self::I8,
            (0, 16, 1) => Self::I16,
            (0, 32, 1) => Self::I32,
            (0, 64, 1) => Self::I64,
            (1, 8, 1) => Self::U8,
            (1, 16, 1) => Self::U16,
            (1, 32, 1) => Self::U32,
            (1, 64, 1) => Self::U64,
            (2, 16, 1) => Self::F16,
            (2, 32, 1) => Self::F32,
            (2, 64, 1) => Self::F64,
            (4, 16, 1) => Self::BF16,
            (6, 8, 1) => Self::Bool,
            _ => return None,
        })
    }

    /// By numpy's type numbers, which never change. `long` has 4 or 8 bytes, depending on the platform.
    pub(crate) fn of_numpy(dtype: &Bound<'_, PyArrayDescr>) -> Option<Self> {
        if dtype.byteorder() == if cfg!(target_endian = "little") { b'>' } else { b'<' } {
            return None;
        }
        Some(match (dtype.num(), dtype.itemsize()) {
            (0, _) => Self::Bool,
            (1, _) => Self::I8,
            (2, _) => Self::U8,
            (3, _) => Self::I16,
            (4, _) => Self::U16,
            (5 | 7 | 9, 4) => Self::I32,
            (5 | 7 | 9, 8) => Self::I64,
            (6 | 8 | 10, 4) => Self::U32,
            (6 | 8 | 10, 8) => Self::U64,
            (11, _) => Self::F32,
            (12, _) => Self::F64,
            (23, _) => Self::F16,
            // ml_dtypes registers its types under numbers that differ from run to run.
            (256.., 2) if dtype.str().is_ok_and(|name| name == "bfloat16") => Self::BF16,
            _ => return None,
        })
    }
}

/// A type whose elements an array may have.
pub(crate) trait Element: Copy + Default + Send + Sync + 'static {
    const KIND: Kind;
}

macro_rules! elements {
    ($($kind:ident: $element:ty),+) => {$(
        impl Element for $element {
            const KIND: Kind = Kind::$kind;
        }
    )+};
}

elements!(F16: f16, BF16: bf16, F32: f32, F64: f64, I64: i64, U32: u32, U8: u8, Bool: bool);

/// A float type to compute in: of boxes, logits and probabilities.
pub(crate) trait Real: Float + Element {
    /// Reads an element of this type, or of a narrower float type.
    ///
    /// # Safety
    ///
    /// `data` must point to an element of that kind.
    unsafe fn read(data: *const u8, kind: Kind) -> Self;
}

impl Real for f32 {
    #[inline(always)]
    unsafe fn read(data: *const u8, kind: Kind) -> Self {
        // SAFETY: the caller says that there is such an element; it may be unaligned.
        unsafe {
            match kind {
                Kind::F16 => data.cast::<f16>().read_unaligned().to_f32(),
                Kind::BF16 => data.cast::<bf16>().read_unaligned().to_f32(),
                _ => data.cast::<f32>().read_unaligned(),
            }
        }
    }
}

impl Real for f64 {
    #[inline(always)]
    unsafe fn read(data: *const u8, _: Kind) -> Self {
        // SAFETY: as above.
        unsafe { data.cast::<f64>().read_unaligned() }
    }
}

#[inline(always)]
fn to_number(key: impl Key) -> Result<u32, i64> {
    key.to_number().ok_or_else(|| key.to_nearest())
}

/// The number of a label, image or match; `Err` has the nearest `i64` if it is negative, not whole or too large.
///
/// # Safety
///
/// `data` must point to an element of that kind.
#[inline(always)]
pub(crate) unsafe fn number(data: *const u8, kind: Kind) -> Result<u32, i64> {
    // SAFETY: the caller says that there is such an element; it may be unaligned.
    unsafe {
        match kind {
            Kind::I64 => to_number(data.cast::<i64>().read_unaligned()),
            Kind::U32 => Ok(data.cast::<u32>().read_unaligned()),
            _ => number_of_any(data, kind),
        }
    }
}

/// The same of less common kinds, kept out of the loop of mining.
#[inline(never)]
unsafe fn number_of_any(data: *const u8, kind: Kind) -> Result<u32, i64> {
    // SAFETY: as above.
    unsafe {
        match kind {
            Kind::I64 => to_number(data.cast::<i64>().read_unaligned()),
            Kind::I32 => to_number(data.cast::<i32>().read_unaligned()),
            Kind::U32 => to_number(data.cast::<u32>().read_unaligned()),
            Kind::F32 => to_number(data.cast::<f32>().read_unaligned()),
            Kind::F64 => to_number(data.cast::<f64>().read_unaligned()),
            Kind::U8 | Kind::Bool => to_number(data.read()),
            Kind::I8 => to_number(data.cast::<i8>().read()),
            Kind::I16 => to_number(data.cast::<i16>().read_unaligned()),
            Kind::U16 => to_number(data.cast::<u16>().read_unaligned()),
            Kind::U64 => to_number(i64::try_from(data.cast::<u64>().read_unaligned()).unwrap_or(i64::MAX)),
            Kind::F16 => to_number(data.cast::<f16>().read_unaligned().to_f32()),
            Kind::BF16 => to_number(data.cast::<bf16>().read_unaligned().to_f32()),
        }
    }
}

/// A type of losses to which a threshold is rounded.
pub(crate) trait Rounded {
    fn rounded(value: f64) -> Self;
}

impl Rounded for f32 {
    fn rounded(value: f64) -> Self {
        value as Self
    }
}

impl Rounded for f64 {
    fn rounded(value: f64) -> Self {
        value
    }
}

impl Rounded for f16 {
    fn rounded(value: f64) -> Self {
        Self::from_f64(value)
    }
}

impl Rounded for bf16 {
    fn rounded(value: f64) -> Self {
        Self::from_f64(value)
    }
}
