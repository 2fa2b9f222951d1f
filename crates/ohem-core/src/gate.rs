//! A gate for trainers that see one sample at a time: decides which samples get a backward pass.

use core::fmt;
use core::marker::PhantomData;

use crate::{RankKey, Ranked};

/// Passes the hardest share of samples, compared with the losses of the last `WINDOW` samples.
///
/// A sample passes if less than the share of the window is harder, so the gate follows the losses as they
/// fall during training. O(`WINDOW`) for each sample, without sorting; memory: the window.
///
/// Source: Selective-Backprop (Jiang et al., 2019), which uses the same quantile as a probability.
///
/// ```
/// use ohem_core::gate::Gate;
///
/// let mut gate = Gate::<f32, 4>::new(0.25); // the hardest quarter
/// for loss in [1.0, 2.0, 3.0, 4.0] {
///     gate.observe(loss);
/// }
/// assert!(!gate.observe(3.5)); // 4.0 was harder
/// assert!(gate.observe(5.0));
/// ```
pub type Gate<H, const WINDOW: usize> = GateOver<H, [Ranked<H>; WINDOW]>;

/// A [`Gate`] over any memory, whose length is the number of losses that it remembers.
#[derive(Clone)]
pub struct GateOver<H: RankKey, M> {
    /// The last losses; the newest overwrites the oldest.
    window: M,
    len: usize,
    /// Where the next loss goes: the first free slot, later the slot of the oldest.
    next: usize,
    share: f32,
    losses: PhantomData<H>,
}

impl<H: RankKey, const WINDOW: usize> GateOver<H, [Ranked<H>; WINDOW]> {
    /// Passes about this share of the samples, from 0 (none) to 1 (all); NaN passes none.
    pub const fn new(share: f32) -> Self {
        Self::with_memory([Ranked::PLACEHOLDER; WINDOW], share)
    }
}

impl<H: RankKey, M> GateOver<H, M> {
    /// The same over memory of any length and content.
    pub const fn with_memory(window: M, share: f32) -> Self {
        Self { window, len: 0, next: 0, share, losses: PhantomData }
    }

    /// Number of remembered losses.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether no loss is remembered.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl<H: RankKey, M: AsMut<[Ranked<H>]>> GateOver<H, M> {
    /// Returns whether a sample of this loss passes, and remembers the loss.
    ///
    /// The sample is compared with the remembered ones, without itself. The first sample passes unless the
    /// share is 0. A NaN is harder than any other loss.
    #[expect(clippy::cast_precision_loss, reason = "a share of a window needs no more than 24 bits")]
    pub fn observe(&mut self, loss: H) -> bool {
        let loss = Ranked::new(loss, 0);
        let window = self.window.as_mut();
        let remembered = window.get(..self.len).unwrap_or_default();
        let harder = remembered.iter().filter(|&&other| other < loss).count();
        // At least 1, so that the first sample, with nothing to compare, passes.
        let passes = (harder as f32) < self.share * self.len.max(1) as f32;
        let window_len = window.len().max(1);
        if let Some(slot) = window.get_mut(self.next) {
            *slot = loss;
            self.len = self.len.max(self.next + 1);
            self.next = (self.next + 1) % window_len;
        }
        passes
    }
}

impl<H: RankKey, M> fmt::Debug for GateOver<H, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("share", &self.share).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_is_empty_until_it_has_seen_a_loss() {
        let mut gate = Gate::<i8, 2>::new(0.5);
        assert_eq!((gate.is_empty(), gate.len()), (true, 0));
        for len in [1, 2, 2] {
            gate.observe(3);
            assert_eq!((gate.is_empty(), gate.len()), (false, len));
        }
    }
}
