//! Random minibatches: the right number, of the right kind, each once, and each as likely.

use core::convert::Infallible;

use ohem_core::targets::{LabelConfig, SampleConfig, sample};
use ohem_core::{Float, targets};
use ohem_testkit::adapters::{Core, Oracle, Targets as _};
use ohem_testkit::generate::strategy;
use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::rngs::SmallRng;
use rand_core::TryRng;

use crate::a_config;

/// The draw of the oracle, by the same numbers; and what must be true of any draw.
fn check<F: Float>(overlaps: &[f64], labels: LabelConfig, batch_size: usize, fraction: f64, seed: u64) {
    let overlaps: Vec<F> = overlaps.iter().map(|&overlap| F::from_f64(overlap)).collect();
    let config = SampleConfig::new(batch_size).foreground_fraction(fraction).labels(labels);
    let generator = || SmallRng::seed_from_u64(seed);
    let drawn = Core::sample(&overlaps, &config, &mut generator());
    assert_eq!(drawn, Oracle::sample(&overlaps, &config, &mut generator()));

    let (foreground, background) = Oracle::split(&overlaps, &labels);
    let most = (fraction * batch_size as f64).round_ties_even() as usize;
    assert_eq!(drawn.0.len(), most.min(foreground.len()));
    assert_eq!(drawn.1.len(), (batch_size - drawn.0.len()).min(background.len()));
    for (drawn, pool) in [(drawn.0, foreground), (drawn.1, background)] {
        assert!(drawn.iter().all(|index| pool.contains(index)));
        assert!((1..drawn.len()).all(|at| !drawn[..at].contains(&drawn[at])), "twice: {drawn:?}");
    }
}

proptest! {
    #[test]
    fn drawing(
        overlaps in proptest::collection::vec(prop_oneof![0.0..1.0, strategy::threshold(), Just(f64::NAN)], 0..80),
        labels in a_config(),
        batch_size in 0..40_usize,
        fraction in prop_oneof![0.0..=1.0, Just(0.25), Just(0.0), Just(1.0)],
        seed in any::<u64>(),
    ) {
        check::<f32>(&overlaps, labels, batch_size, fraction, seed);
        check::<f64>(&overlaps, labels, batch_size, fraction, seed);
    }
}

#[test]
fn each_is_drawn_as_often_in_each_place() {
    // 7 of foreground in 3 places, 11 of background in 5.
    let overlaps: Vec<f32> =
        (0..18).map(|index| if index % 5 < 2 && index < 16 { 0.9 } else { 0.1 }).collect();
    let config = SampleConfig::new(8).foreground_fraction(0.375);
    let (mut generator, mut memory) = (SmallRng::seed_from_u64(7), [0; 18]);
    let mut counts = [[0_u32; 18]; 8];
    let rounds = 77_000;
    for _ in 0..rounds {
        let drawn = sample(&overlaps, &config, &mut generator, &mut memory).unwrap();
        assert_eq!((drawn.foreground().len(), drawn.background().len()), (3, 5));
        for (place, &index) in drawn.indices().iter().enumerate() {
            counts[place][index as usize] += 1;
        }
    }
    for (place, counts) in counts.iter().enumerate() {
        let pool = if place < 3 { 7 } else { 11 };
        let expected = f64::from(rounds) / f64::from(pool);
        let seen: Vec<_> = counts.iter().filter(|&&count| count > 0).collect();
        assert_eq!(seen.len(), pool as usize);
        let chi_square: f64 =
            seen.iter().map(|&&count| (f64::from(count) - expected).powi(2) / expected).sum();
        // 10 degrees of freedom exceed 35 once in 8,000.
        assert!(chi_square < 35.0, "place {place}: {chi_square} {counts:?}");
    }
}

/// The same numbers, whatever the target: a change of the draw is a change of everyone's experiments.
#[test]
fn a_draw_is_what_it_was() {
    let overlaps: Vec<f64> = (0..20).map(|index| f64::from(index) / 20.0).collect();
    let (mut memory, mut count) = ([0; 20], Counter(0));
    let drawn = sample(&overlaps, &SampleConfig::new(8), &mut count, &mut memory).unwrap();
    assert_eq!((drawn.foreground(), drawn.background()), (&[16, 13][..], &[8, 5, 2, 7, 1, 9][..]));
}

#[test]
fn a_generator_that_is_stuck_hangs_nothing() {
    let (overlaps, mut memory) = ([0.1_f32; 7], [0; 7]);
    let drawn = sample(&overlaps, &SampleConfig::new(7), &mut Stuck, &mut memory).unwrap();
    assert_eq!(drawn.background().len(), 7);
}

#[test]
fn halves_are_rounded_to_even() {
    for (batch_size, fraction, rounded) in
        [(10, 0.25, 2), (6, 0.25, 2), (14, 0.25, 4), (5, 0.5, 2), (7, 0.5, 4)]
    {
        let config = targets::SampleConfig::new(batch_size).foreground_fraction(fraction);
        assert_eq!(config.max_foreground(), Some(rounded));
    }
}

/// Steps through the numbers of a `u32`, evenly.
struct Counter(u32);

/// Always 0.
struct Stuck;

macro_rules! generator {
    ($generator:ty, |$self:ident| $next:expr) => {
        impl TryRng for $generator {
            type Error = Infallible;

            fn try_next_u32(&mut self) -> Result<u32, Infallible> {
                let $self = self;
                Ok($next)
            }

            fn try_next_u64(&mut self) -> Result<u64, Infallible> {
                self.try_next_u32().map(u64::from)
            }

            fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Infallible> {
                unimplemented!("nobody asks for bytes")
            }
        }
    };
}

generator!(Counter, |counter| {
    counter.0 = counter.0.wrapping_add(0x9E37_79B9);
    counter.0
});
generator!(Stuck, |_stuck| 0);
