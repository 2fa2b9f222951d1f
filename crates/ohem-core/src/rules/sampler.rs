//! What mmdetection's samplers share: quotas of positives and negatives, and a pool that RoIs are taken from.

use rand_core::Rng;

use crate::error::ConfigError;
use crate::random;
use crate::rank::order::{sort, swap};
use crate::rules::whole;

/// How many RoIs of an image are sampled, as `BaseSampler` has it.
#[derive(Clone, Copy)]
pub(super) struct Quotas {
    /// Number of RoIs to sample.
    pub(super) num: usize,
    /// Largest share of positives among them.
    pub(super) pos_fraction: f64,
    /// Largest number of negatives for each positive (for one, if there is none); `None` for no limit.
    pub(super) neg_pos_ub: Option<f64>,
}

impl Quotas {
    /// Largest number of positives.
    pub(super) fn positives(&self) -> usize {
        whole(self.num as f64 * self.pos_fraction).min(self.num)
    }

    /// Largest number of negatives beside a number of positives.
    pub(super) fn negatives(&self, positives: usize) -> usize {
        let limit = |ratio| whole(ratio * positives.max(1) as f64);
        self.neg_pos_ub.map_or(usize::MAX, limit).min(self.num.saturating_sub(positives))
    }
}

/// RoIs of which some are taken, step by step; those taken lead, in the order in which they were.
pub(super) struct Pool<'a> {
    rois: &'a mut [u32],
    taken: usize,
}

impl<'a> Pool<'a> {
    /// Lists those of `len` RoIs that are such, in memory that must hold all of them.
    pub(super) fn list(
        len: usize,
        memory: &'a mut [u32],
        is_such: impl Fn(u32) -> bool,
    ) -> Result<Self, ConfigError> {
        ConfigError::check_countable("RoIs", len)?;
        let mut needed = 0;
        for roi in (0..=u32::MAX).take(len).filter(|&roi| is_such(roi)) {
            if let Some(slot) = memory.get_mut(needed) {
                *slot = roi;
            }
            needed += 1;
        }
        ConfigError::check_capacity("selected RoIs", needed, memory.len())?;
        Ok(Self { rois: memory.get_mut(..needed).unwrap_or_default(), taken: 0 })
    }

    /// Takes those of the rest that `pick` moves to the front of those that are such; returns their number.
    pub(super) fn take<E>(
        &mut self,
        is_such: impl Fn(u32) -> bool,
        pick: impl FnOnce(&mut [u32]) -> Result<usize, E>,
    ) -> Result<usize, E> {
        let rest = self.rois.get_mut(self.taken..).unwrap_or_default();
        let members = move_to_front(rest, is_such);
        let picked = pick(rest.get_mut(..members).unwrap_or_default())?;
        self.taken += picked;
        Ok(picked)
    }

    /// Number of RoIs taken so far.
    pub(super) fn taken(&self) -> usize {
        self.taken
    }

    /// The RoIs listed.
    pub(super) fn into_rois(self) -> &'a mut [u32] {
        self.rois
    }
}

/// Moves RoIs that are such to the front, in their order; returns their number.
pub(super) fn move_to_front(rois: &mut [u32], is_such: impl Fn(u32) -> bool) -> usize {
    let mut front = 0;
    for at in 0..rois.len() {
        if rois.get(at).is_some_and(|&roi| is_such(roi)) {
            swap(rois, front, at);
            front += 1;
        }
    }
    front
}

/// Moves at most `max` RoIs, drawn at random, to the front; returns their number.
///
/// They are drawn from their ascending order, so that the sample depends on the generator and on nothing else.
pub(super) fn draw<R: Rng + ?Sized>(rois: &mut [u32], max: usize, generator: &mut R) -> usize {
    if max > 0 && !rois.iter().is_sorted() {
        sort(rois, |roi| roi);
    }
    random::draw(rois, max, generator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::SmallRng};

    #[test]
    fn quotas_are_those_of_the_base_sampler() {
        let quotas = Quotas { num: 10, pos_fraction: 0.25, neg_pos_ub: None };
        assert_eq!((quotas.positives(), quotas.negatives(2), quotas.negatives(0)), (2, 8, 10));
        let limited = Quotas { neg_pos_ub: Some(2.5), ..quotas };
        assert_eq!([0, 1, 2, 9].map(|positives| limited.negatives(positives)), [2, 2, 5, 1]);
        assert_eq!(Quotas { pos_fraction: 7.0, ..quotas }.positives(), 10);
    }

    #[test]
    fn what_is_drawn_depends_on_the_generator_alone() {
        let drawn = |mut rois: [u32; 6], max| {
            let drawn = draw(&mut rois, max, &mut SmallRng::seed_from_u64(3));
            assert_eq!(drawn, max.min(6));
            rois
        };
        assert_eq!(drawn([5, 3, 9, 1, 7, 8], 4), drawn([1, 3, 5, 7, 8, 9], 4));
        assert_eq!(drawn([5, 3, 9, 1, 7, 8], 9), drawn([9, 8, 7, 5, 3, 1], 9));
        assert_eq!(drawn([5, 3, 9, 1, 7, 8], 0), [5, 3, 9, 1, 7, 8]);
    }

    #[test]
    fn a_pool_keeps_what_was_taken_in_front() {
        let mut memory = [9; 6];
        let mut pool = Pool::list(7, &mut memory, |roi| roi != 3).unwrap();
        let mut last_two = |is_such: fn(u32) -> bool| {
            pool.take(is_such, |members| {
                members.reverse();
                Ok::<_, ()>(members.len().min(2))
            })
        };
        assert_eq!(last_two(|roi| roi % 2 == 0), Ok(2));
        assert_eq!(last_two(|roi| roi > 6), Ok(0));
        assert_eq!(last_two(|roi| roi < 3), Ok(2));
        assert_eq!(pool.taken(), 4);
        let rois = pool.into_rois();
        assert_eq!(rois[..2], [6, 4]);
        let needed = ConfigError::Capacity { what: "selected RoIs", needed: 7, capacity: 6 };
        assert_eq!(Pool::list(7, &mut memory, |_| true).err(), Some(needed));
    }
}
