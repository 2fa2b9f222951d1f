//! What results put into a digest: all their bits, in the same order on every machine.

use core::fmt::{self, Display, Write};

use crc32fast::Hasher;
use half::{bf16, f16};
use ohem_core::{BBox, RankKey, Ranked, Selection, Statistics};

/// The CRC-32 of all that was added.
pub(crate) struct Digest(Hasher);

impl Digest {
    pub(crate) fn new() -> Self {
        Self(Hasher::new())
    }

    pub(crate) fn add(&mut self, result: &(impl Bits + ?Sized)) {
        result.add_to(self);
    }

    pub(crate) fn finish(self) -> u32 {
        self.0.finalize()
    }
}

/// Takes the numbers of a text; its words may be put better some day.
impl Write for Digest {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.bytes().filter(u8::is_ascii_digit).for_each(|digit| self.add(&digit));
        Ok(())
    }
}

/// A result that can be digested.
pub(crate) trait Bits {
    fn add_to(&self, digest: &mut Digest);
}

/// Numbers by their bytes, little-endian.
macro_rules! integers {
    ($($integer:ident)*) => {$(
        impl Bits for $integer {
            fn add_to(&self, digest: &mut Digest) {
                digest.0.update(&self.to_le_bytes());
            }
        }
    )*};
}

integers!(u8 u16 u32 u64 i8 i16 i32);

/// Floats by their bits, all NaNs being one.
macro_rules! floats {
    ($($float:ident: $bits:ident)*) => {$(
        impl Bits for $float {
            fn add_to(&self, digest: &mut Digest) {
                digest.add(&if self.is_nan() { $bits::MAX } else { self.to_bits() });
            }
        }
    )*};
}

floats!(f32: u32 f64: u64 f16: u16 bf16: u16);

impl Bits for usize {
    fn add_to(&self, digest: &mut Digest) {
        digest.add(&(*self as u64));
    }
}

impl Bits for bool {
    fn add_to(&self, digest: &mut Digest) {
        digest.add(&u8::from(*self));
    }
}

impl<T: Bits> Bits for [T] {
    fn add_to(&self, digest: &mut Digest) {
        digest.add(&self.len());
        self.iter().for_each(|one| digest.add(one));
    }
}

impl<T: Bits, const N: usize> Bits for [T; N] {
    fn add_to(&self, digest: &mut Digest) {
        digest.add(self.as_slice());
    }
}

impl<T: Bits + ?Sized> Bits for &T {
    fn add_to(&self, digest: &mut Digest) {
        digest.add(*self);
    }
}

impl<T: Bits> Bits for Option<T> {
    fn add_to(&self, digest: &mut Digest) {
        digest.add(self.as_slice());
    }
}

impl Bits for () {
    fn add_to(&self, _: &mut Digest) {}
}

impl<A: Bits, B: Bits> Bits for (A, B) {
    fn add_to(&self, digest: &mut Digest) {
        digest.add(&self.0);
        digest.add(&self.1);
    }
}

/// Errors by the numbers that they name: the culprit, and what it should be.
impl<T: Bits, E: Display> Bits for Result<T, E> {
    fn add_to(&self, digest: &mut Digest) {
        digest.add(&self.is_ok());
        match self {
            Ok(result) => digest.add(result),
            // A digest takes whatever is written.
            Err(error) => write!(digest, "{error}").unwrap_or_default(),
        }
    }
}

impl<F: Bits> Bits for BBox<F> {
    fn add_to(&self, digest: &mut Digest) {
        let Self { x1, y1, x2, y2 } = self;
        [x1, y1, x2, y2].into_iter().for_each(|corner| digest.add(corner));
    }
}

impl<H: RankKey + Bits> Bits for Ranked<H> {
    fn add_to(&self, digest: &mut Digest) {
        digest.add(&(self.key(), self.index()));
    }
}

impl<I: AsRef<[u32]>> Bits for Selection<I> {
    fn add_to(&self, digest: &mut Digest) {
        digest.add(self.indices());
        digest.add(&(self.total(), self.visited()));
    }
}

impl<H: Bits> Bits for Statistics<H> {
    fn add_to(&self, digest: &mut Digest) {
        digest.add(&(self.total, self.visited));
        digest.add(&(self.suppressed, self.selected));
        digest.add(&self.cut);
        digest.add(&(self.mean_selected, self.mean_all));
    }
}
