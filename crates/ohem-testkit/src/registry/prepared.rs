//! Inputs made beforehand, so that counts and times are those of the operation alone.

use core::hint::black_box;

use ohem_core::kernel::Simd;
use ohem_std::simd::{Work, run};

use super::{Operation, Sink, Source};

/// Some inputs of an operation.
#[derive(Debug)]
pub struct Prepared<O: Operation>(Vec<O::Input>);

impl<O: Operation> Prepared<O> {
    /// Makes the inputs of the first seeds.
    pub fn new(seeds: u64) -> Self {
        Self((0..seeds).map(|seed| O::generate(&mut Source::from_seed(seed))).collect())
    }

    /// Runs core on all of them, with the token of the tier in use.
    pub fn core(&self) {
        black_box(run(OnToken(self)));
    }

    /// Runs std on all of them, on the tier in use.
    pub fn std(&self) {
        let mut sum = Sum(0);
        self.0.iter().for_each(|input| O::std(black_box(input), &mut sum));
        black_box(sum.0);
    }
}

/// Core with a token.
struct OnToken<'a, O: Operation>(&'a Prepared<O>);

impl<O: Operation> Work for OnToken<'_, O> {
    type Output = u64;

    fn on<S: Simd>(self, simd: S) -> u64 {
        let mut sum = Sum(0);
        self.0.0.iter().for_each(|input| O::core(simd, black_box(input), &mut sum));
        sum.0
    }
}

/// Answers, added up: so little that it hardly counts, and enough to keep them from being left out.
struct Sum(u64);

impl Sink for Sum {
    fn answer(&mut self, _: &'static str, _: &'static str) {}

    fn word(&mut self, word: u64) {
        self.0 = self.0.wrapping_add(word);
    }
}
