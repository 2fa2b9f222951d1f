//! Whole columns of flags, labels, matches and indices.

use std::borrow::Cow;

use half::{bf16, f16};
use ohem_core::Match;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::Array;
use crate::kind::{Kind, number};

impl Array<'_> {
    /// The flags of a mask, one for each element.
    pub(crate) fn flags(&self) -> PyResult<Cow<'_, [bool]>> {
        if self.kind == Kind::Bool { Ok(self.slice()) } else { Err(self.wrong_type("bool")) }
    }

    /// The numbers as `i64`, without a copy if they are; `u32::MAX` instead of the ignored number.
    pub(crate) fn keys(&self, ignore: Option<i64>) -> PyResult<Cow<'_, [i64]>> {
        let ignored = i64::from(u32::MAX);
        if self.kind == Kind::I64 {
            let keys = self.slice::<i64>();
            return Ok(match ignore {
                Some(ignore) => {
                    let keys = keys.iter().map(|&key| if key == ignore { ignored } else { key });
                    Cow::Owned(keys.collect())
                }
                None => keys,
            });
        }
        let mut whole = true;
        let keys = self.gather(|data| {
            // SAFETY: the element has that kind.
            unsafe {
                number(data, self.kind).map_or_else(
                    |nearest| {
                        // A float between two integers, or NaN, must not become one of them.
                        whole &= self.is_whole(data);
                        nearest
                    },
                    i64::from,
                )
            }
        });
        if !whole {
            return Err(PyValueError::new_err(format!("{}: a number is not whole", self.name)));
        }
        Ok(Cow::Owned(keys.into_iter().map(|key| if Some(key) == ignore { ignored } else { key }).collect()))
    }

    /// Whether an element is an integer, in whatever type.
    ///
    /// # Safety
    ///
    /// `data` must point to an element of this array.
    unsafe fn is_whole(&self, data: *const u8) -> bool {
        // SAFETY: by the caller.
        let value = unsafe {
            match self.kind {
                Kind::F16 => data.cast::<f16>().read_unaligned().to_f64(),
                Kind::BF16 => data.cast::<bf16>().read_unaligned().to_f64(),
                Kind::F32 => data.cast::<f32>().read_unaligned().into(),
                Kind::F64 => data.cast::<f64>().read_unaligned(),
                _ => 0.0,
            }
        };
        value.fract() == 0.0
    }

    /// Matches as torchvision's `Matcher` writes them: an object's number, -1 for background, less for ignored.
    pub(crate) fn matches(&self) -> PyResult<Vec<Match>> {
        self.check_dimensions(1)?;
        if self.kind.is_float() {
            return Err(self.wrong_type("an integer type"));
        }
        let signed = |key: i64| match key {
            0.. => u32::try_from(key).map_or(Match::IGNORED, Match::object),
            -1 => Match::BACKGROUND,
            _ => Match::IGNORED,
        };
        let keys = self.keys(None)?;
        let limit = i64::from(u32::MAX - 1);
        match keys.iter().position(|&key| key >= limit) {
            Some(row) => Err(PyValueError::new_err(format!(
                "{}[{row}] is {}: expected less than {limit}",
                self.name, keys[row]
            ))),
            None => Ok(keys.iter().map(|&key| signed(key)).collect()),
        }
    }

    /// Indices of rows.
    pub(crate) fn indices(&self) -> PyResult<Vec<u32>> {
        self.check_dimensions(1)?;
        if self.kind.is_float() && self.len() > 0 {
            return Err(self.wrong_type("an integer type"));
        }
        let index = |(at, &key): (usize, &i64)| {
            u32::try_from(key)
                .map_err(|_| PyValueError::new_err(format!("{}[{at}] is {key}: expected a row", self.name)))
        };
        self.keys(None)?.iter().enumerate().map(index).collect()
    }
}
