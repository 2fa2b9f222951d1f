//! The inputs of cases, as `build.rs` packs them.

use core::iter;

use bytemuck::Pod;
use ohem_core::BBox;

use super::memory::{Arena, MemoryError};
use crate::registry::{Loss, Real};

/// Includes the cases of a part.
macro_rules! cases {
    ($part:literal) => {
        $crate::digest::input::Cases(include_bytes!(concat!(env!("OUT_DIR"), "/", $part)))
    };
}

pub(super) use cases;

/// Columns one after the other, case by case.
pub(super) struct Cases(pub(super) &'static [u8]);

impl Cases {
    /// Whether all have been read.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads the next column: the size of its numbers, how many there are, the numbers.
    pub(super) fn column(&mut self) -> Column {
        let size = self.take(1).first().map_or(1, |&size| usize::from(size));
        let count = self.take(4).try_into().map_or(0, u32::from_le_bytes) as usize;
        Column { size, count, numbers: self.take(size.saturating_mul(count)) }
    }

    /// Reads a column of one number; nothing if it is empty.
    pub(super) fn number(&mut self) -> Option<f64> {
        self.column().iter().next()
    }

    /// Reads a column of floats.
    pub(super) fn floats<'a, F: Real>(&mut self, arena: &mut Arena<'a>) -> Result<&'a mut [F], MemoryError> {
        self.column().collect(arena, F::from_f64)
    }

    /// Reads a column of losses.
    pub(super) fn losses<'a, H: Loss>(&mut self, arena: &mut Arena<'a>) -> Result<&'a mut [H], MemoryError> {
        self.column().collect(arena, H::of)
    }

    /// Reads a column of boxes.
    pub(super) fn boxes<'a, F: Real>(&mut self, arena: &mut Arena<'a>) -> Result<&'a [BBox<F>], MemoryError> {
        Ok(BBox::from_flat(self.floats(arena)?).unwrap_or_default())
    }

    /// Reads a column of images, labels or the like; -1 becomes the largest.
    pub(super) fn keys<'a>(&mut self, arena: &mut Arena<'a>) -> Result<&'a mut [u32], MemoryError> {
        self.column().collect(arena, key)
    }

    /// The next bytes, or whatever is left of them.
    fn take(&mut self, count: usize) -> &'static [u8] {
        let taken = self.0.split_off(..count.min(self.0.len()));
        taken.unwrap_or_default()
    }
}

/// Numbers of a case.
#[derive(Clone, Copy)]
pub(super) struct Column {
    size: usize,
    count: usize,
    numbers: &'static [u8],
}

impl Column {
    pub(super) fn len(self) -> usize {
        self.count
    }

    pub(super) fn iter(self) -> impl Iterator<Item = f64> {
        let Self { size, mut numbers, .. } = self;
        iter::from_fn(move || numbers.split_off(..size).map(number)).take(self.count)
    }

    /// Writes the numbers to memory, as another type.
    pub(super) fn collect<'a, T: Pod>(
        self,
        arena: &mut Arena<'a>,
        of: impl Fn(f64) -> T,
    ) -> Result<&'a mut [T], MemoryError> {
        let lent = arena.lend(self.count)?;
        lent.iter_mut().zip(self.iter()).for_each(|(place, number)| *place = of(number));
        Ok(lent)
    }
}

/// A number, exactly, whatever its size.
fn number(bytes: &[u8]) -> f64 {
    match *bytes {
        [a, b] => i16::from_le_bytes([a, b]).into(),
        [a, b, c, d] => f32::from_le_bytes([a, b, c, d]).into(),
        [a, b, c, d, e, f, g, h] => f64::from_le_bytes([a, b, c, d, e, f, g, h]),
        _ => f64::NAN,
    }
}

/// A number as an image or label.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "-1 wraps, which is a label like any"
)]
pub(super) fn key(number: f64) -> u32 {
    number as i64 as u32
}

/// A number as a length.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast that saturates is meant")]
pub(super) fn length(number: f64) -> usize {
    number as usize
}
