//! Where the numbers of an input come from: bytes, or a seed.

use core::convert::Infallible;

use rand_core::TryRng;

use super::Column;

/// Numbers read from bytes, which a fuzzer grows, or made from a seed.
///
/// Zeros follow the bytes, and zeros are the plainest choice everywhere. A seed gives the same numbers on every
/// target.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    bytes: &'a [u8],
    /// State of the generator; `None` if zeros follow the bytes.
    state: Option<u64>,
}

impl<'a> Source<'a> {
    /// Reads bytes, then zeros.
    pub const fn from_bytes(bytes: &'a [u8]) -> Self {
        Self { bytes, state: None }
    }

    /// Makes numbers from a seed.
    ///
    /// ```
    /// use ohem_testkit::registry::Source;
    ///
    /// assert_eq!(Source::from_seed(7).bits(), Source::from_seed(7).bits());
    /// assert_eq!(Source::from_bytes(&[3, 1]).bits(), 0x0103);
    /// ```
    pub const fn from_seed(seed: u64) -> Self {
        Self { bytes: &[], state: Some(seed) }
    }

    /// The next byte.
    fn byte(&mut self) -> u8 {
        match (&mut self.state, self.bytes.split_off_first()) {
            (Some(state), _) => split_mix(state).to_le_bytes()[7],
            (None, byte) => byte.copied().unwrap_or(0),
        }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        match &mut self.state {
            Some(state) => split_mix(state),
            None => u64::from_le_bytes([(); 8].map(|()| self.byte())),
        }
    }

    /// The next 32 bits.
    pub fn half_bits(&mut self) -> u32 {
        match &mut self.state {
            Some(state) => (split_mix(state) >> 32) as u32,
            None => u32::from_le_bytes([(); 4].map(|()| self.byte())),
        }
    }

    /// A whole number below a bound of at most 65,536; 0 if the bound is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let number =
            if bound <= 256 { self.byte().into() } else { u16::from_le_bytes([self.byte(), self.byte()]) };
        usize::from(number).checked_rem(bound).unwrap_or(0)
    }

    /// Whether an event happens that happens once in `times` draws: the last number below `times` means yes.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) + 1 == times
    }

    /// One of some values, of which the first is the plainest.
    pub fn choose<T: Copy, const N: usize>(&mut self, first: T, others: [T; N]) -> T {
        let chosen = self.below(N + 1).checked_sub(1);
        chosen.and_then(|nth| others.get(nth).copied()).unwrap_or(first)
    }

    /// A number from 0 up to 1, in steps of 2^-16.
    pub fn unit(&mut self) -> f64 {
        f64::from(u16::from_le_bytes([self.byte(), self.byte()])) / 65_536.0
    }

    /// How many rows a table has: usually a few, now and then up to [`super::MAX`], now and then none.
    pub fn rows(&mut self) -> usize {
        match self.below(16) {
            0..8 => self.below(24),
            8..13 => self.below(80),
            13..15 => self.below(super::MAX + 1),
            _ => self.below(2),
        }
    }

    /// A column of `len` values, or of as many as it can hold.
    pub fn column<T>(&mut self, len: usize, mut next: impl FnMut(&mut Self) -> T) -> Column<T> {
        let mut column = Column::new();
        for _ in 0..len {
            if column.push(next(self)).is_err() {
                break;
            }
        }
        column
    }
}

/// The numbers of operations that draw at random.
impl TryRng for Source<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.half_bits())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.bits())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.iter_mut().for_each(|byte| *byte = self.byte());
        Ok(())
    }
}

/// The generator SplitMix64 of Steele, Lea and Flood (2014).
const fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
