//! Where answers go: words, the same on every machine.

use half::{bf16, f16};
use ohem_core::{BBox, Match, RankKey, Ranked, Selection, Statistics};

/// Takes answers word by word.
///
/// A digest, a record to compare and a counter of words are sinks.
pub trait Sink {
    /// An answer begins: of which case, found in which way. All ways of a case must give the same answer.
    fn answer(&mut self, case: &'static str, way: &'static str);

    /// The next word of the answer.
    fn word(&mut self, word: u64);

    /// The next word is a float.
    fn single(&mut self, value: f32) {
        self.word(if value.is_nan() { u64::MAX } else { value.to_bits().into() });
    }

    /// The next word is a float.
    fn double(&mut self, value: f64) {
        self.word(if value.is_nan() { u64::MAX } else { value.to_bits() });
    }

    /// The next words are those of a value.
    fn add(&mut self, value: &(impl Words + ?Sized))
    where
        Self: Sized,
    {
        value.add_to(self);
    }
}

/// What has an answer's words: floats by their bits, of which all NaNs share one; errors by variant and numbers.
pub trait Words {
    /// Adds the words.
    fn add_to(&self, out: &mut impl Sink);
}

macro_rules! whole {
    ($($integer:ident)*) => {$(
        impl Words for $integer {
            fn add_to(&self, out: &mut impl Sink) {
                out.word((*self).into());
            }
        }
    )*};
}

whole!(bool u8 u16 u32 u64);

macro_rules! signed {
    ($($integer:ident)*) => {$(
        impl Words for $integer {
            fn add_to(&self, out: &mut impl Sink) {
                out.word(i64::from(*self).cast_unsigned());
            }
        }
    )*};
}

signed!(i8 i16 i32 i64);

/// A length. Those that a `u32` cannot hold are one, so that words of 32 and of 64 bits agree.
impl Words for usize {
    fn add_to(&self, out: &mut impl Sink) {
        out.word(if *self < u32::MAX as usize { *self as u64 } else { u64::MAX });
    }
}

impl Words for f32 {
    fn add_to(&self, out: &mut impl Sink) {
        out.single(*self);
    }
}

impl Words for f64 {
    fn add_to(&self, out: &mut impl Sink) {
        out.double(*self);
    }
}

macro_rules! halves {
    ($($float:ident)*) => {$(
        impl Words for $float {
            fn add_to(&self, out: &mut impl Sink) {
                out.word(if self.is_nan() { u64::MAX } else { self.to_bits().into() });
            }
        }
    )*};
}

halves!(f16 bf16);

impl<T: Words> Words for [T] {
    fn add_to(&self, out: &mut impl Sink) {
        self.len().add_to(out);
        self.iter().for_each(|value| value.add_to(out));
    }
}

impl<T: Words, const N: usize> Words for [T; N] {
    fn add_to(&self, out: &mut impl Sink) {
        self.iter().for_each(|value| value.add_to(out));
    }
}

impl<T: Words + ?Sized> Words for &T {
    fn add_to(&self, out: &mut impl Sink) {
        (**self).add_to(out);
    }
}

#[cfg(feature = "std")]
impl<T: Words> Words for Vec<T> {
    fn add_to(&self, out: &mut impl Sink) {
        self.as_slice().add_to(out);
    }
}

impl<T: Words> Words for Option<T> {
    fn add_to(&self, out: &mut impl Sink) {
        self.as_slice().add_to(out);
    }
}

impl<T: Words, E: Words> Words for Result<T, E> {
    fn add_to(&self, out: &mut impl Sink) {
        self.is_err().add_to(out);
        match self {
            Ok(value) => value.add_to(out),
            Err(error) => error.add_to(out),
        }
    }
}

impl Words for () {
    fn add_to(&self, _: &mut impl Sink) {}
}

macro_rules! tuples {
    ($(($($name:ident)+))*) => {$(
        impl<$($name: Words),+> Words for ($($name,)+) {
            #[expect(non_snake_case, reason = "a value is named as its type")]
            fn add_to(&self, out: &mut impl Sink) {
                let ($($name,)+) = self;
                $($name.add_to(out);)+
            }
        }
    )*};
}

tuples!((A B) (A B C) (A B C D));

impl<F: Words> Words for BBox<F> {
    fn add_to(&self, out: &mut impl Sink) {
        let Self { x1, y1, x2, y2 } = self;
        [x1, y1, x2, y2].add_to(out);
    }
}

impl Words for Match {
    fn add_to(&self, out: &mut impl Sink) {
        let number = self.number().map_or(u64::MAX - u64::from(self.is_ignored()), u64::from);
        number.add_to(out);
    }
}

impl<H: RankKey + Words> Words for Ranked<H> {
    fn add_to(&self, out: &mut impl Sink) {
        (self.key(), self.index()).add_to(out);
    }
}

impl<I: AsRef<[u32]>> Words for Selection<I> {
    fn add_to(&self, out: &mut impl Sink) {
        self.indices().add_to(out);
        [self.total(), self.visited(), self.suppressed(), self.ignored()].add_to(out);
        (self.len(), self.is_empty(), self.is_complete(), self.is_partial()).add_to(out);
    }
}

impl<H: Words> Words for Statistics<H> {
    fn add_to(&self, out: &mut impl Sink) {
        [self.total, self.visited, self.suppressed, self.ignored, self.selected].add_to(out);
        (&self.cut, self.mean_selected, self.mean_all).add_to(out);
    }
}
