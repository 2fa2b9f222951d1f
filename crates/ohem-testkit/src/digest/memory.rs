//! Memory that is lent piece by piece, from one slice.

use core::fmt;

use bytemuck::Pod;
use ohem_core::Match;

/// Number of words of memory that all golden cases need.
pub const MEMORY: usize = 19_435;

/// There is less memory than [`MEMORY`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryError {
    /// How many words there were.
    pub words: usize,
}

impl fmt::Display for MemoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the cases need {MEMORY} words of memory, {} were lent", self.words)
    }
}

impl core::error::Error for MemoryError {}

/// Words, of which any number are lent as numbers of any type.
pub(super) struct Arena<'a> {
    rest: &'a mut [u64],
    words: usize,
}

impl<'a> Arena<'a> {
    pub(super) fn new(words: &'a mut [u64]) -> Self {
        Self { words: words.len(), rest: words }
    }

    /// The same memory once more; it comes back when this ends.
    pub(super) fn again(&mut self) -> Arena<'_> {
        Arena { rest: self.rest, words: self.words }
    }

    /// Lends memory for a number of values, with whatever it held before.
    pub(super) fn lend<T: Pod>(&mut self, count: usize) -> Result<&'a mut [T], MemoryError> {
        let words = count.saturating_mul(size_of::<T>()).div_ceil(size_of::<u64>());
        let lent = self.rest.split_off_mut(..words).map(bytemuck::must_cast_slice_mut);
        lent.and_then(|lent| lent.get_mut(..count)).ok_or(MemoryError { words: self.words })
    }

    /// Lends the first `count` numbers, starting at 0.
    pub(super) fn indices(&mut self, count: usize) -> Result<&'a mut [u32], MemoryError> {
        let lent = self.lend(count)?;
        lent.iter_mut().zip(0..).for_each(|(slot, index)| *slot = index);
        Ok(lent)
    }

    /// Lends memory for matches.
    pub(super) fn matches(&mut self, count: usize) -> Result<&'a mut [Match], MemoryError> {
        Ok(Match::from_numbers_mut(self.lend(count)?))
    }
}
