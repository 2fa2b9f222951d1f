//! Random choices, by the numbers of a generator.

use num_traits::Float;

use super::{Thresholds, split};

/// Draws `count` of the items, or all if there are fewer, in random order and each at most once.
///
/// One after the other: of those that are left, numbered from the back, the generator picks one. The first of
/// those left moves to the place of the one picked.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::draw;
///
/// assert_eq!(draw(&[7, 8, 9], 2, &mut || 0), [7, 8]);
/// assert_eq!(draw(&[7, 8, 9], 2, &mut || u32::MAX), [9, 7]);
/// ```
pub fn draw(items: &[usize], count: usize, next: &mut dyn FnMut() -> u32) -> Vec<usize> {
    let mut left: Vec<usize> = items.to_vec();
    let mut drawn = Vec::new();
    while drawn.len() < count && !left.is_empty() {
        let picked = below(left.len(), next);
        left.swap(0, picked);
        drawn.push(left.remove(0));
    }
    drawn
}

/// A whole number below `bound`, each equally likely: a number of the generator is a fraction of 2^32 whose share of
/// `bound` is rounded down, and rejected where the fractions that remain would favour some results.
///
/// The 64th is taken as it is, so that a generator that is stuck ends, too.
fn below(bound: usize, next: &mut dyn FnMut() -> u32) -> usize {
    let (bound, range) = (bound as u128, 1_u128 << 32);
    for attempt in 1.. {
        let share = u128::from(next()) * bound;
        if share % range >= range % bound || attempt == 64 {
            return usize::try_from(share / range).expect("it is below the bound");
        }
    }
    unreachable!("the 64th attempt ends it")
}

/// Draws RoIs of an image at random: foreground up to a fraction of the batch, background for the rest.
///
/// Foreground is drawn first. The fraction of the batch is rounded, halves to even.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Thresholds, sample};
///
/// let thresholds =
///     Thresholds { foreground: 0.5, background_from: 0., background_below: 0.5, target: 0.5, twice: false };
/// assert_eq!(sample(&[0.9, 0.1, 0.8, 0.2], 2, 0.5, &thresholds, &mut || 0), (vec![0], vec![1]));
/// ```
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a fraction of a small batch"
)]
pub fn sample<F: Float>(
    overlaps: &[F],
    batch_size: usize,
    fraction: f64,
    thresholds: &Thresholds<F>,
    next: &mut dyn FnMut() -> u32,
) -> (Vec<usize>, Vec<usize>) {
    let (foreground, background) = split(overlaps, thresholds);
    let most = (fraction * batch_size as f64).round_ties_even() as usize;
    let foreground = draw(&foreground, most, next);
    let background = draw(&background, batch_size - foreground.len(), next);
    (foreground, background)
}
