//! A gate for trainers that see one sample at a time: is this one worth a backward pass?

use core::fmt;

use crate::{RankKey, Ranked};

/// Lets the hardest share of samples through, as judged by the losses of the last `WINDOW`.
///
/// Memory is the window. O(`WINDOW`) a sample, without sorting: a sample passes if fewer than its share of the
/// window is harder. It adapts as losses fall during training.
///
/// In the spirit of Selective-Backprop (Jiang et al., 2019), which decides at random by the same quantile.
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
#[derive(Clone)]
pub struct Gate<H: RankKey, const WINDOW: usize> {
    /// The last losses, in no order.
    window: [Ranked<H>; WINDOW],
    len: usize,
    /// Where the next loss goes: the first free place, then that of the oldest.
    next: usize,
    share: f32,
}

impl<H: RankKey, const WINDOW: usize> Gate<H, WINDOW> {
    /// Lets through about this share, from 0 (none) to 1 (all); of NaN, none.
    pub const fn new(share: f32) -> Self {
        Self { window: [Ranked::PLACEHOLDER; WINDOW], len: 0, next: 0, share }
    }

    /// Says whether a sample of this loss is worth a backward pass, and remembers the loss.
    ///
    /// The share is of the samples remembered, not counting this one; the first one passes, unless the share is
    /// 0. A NaN is as hard as can be.
    #[expect(clippy::cast_precision_loss, reason = "a share of a window needs no more than 24 bits")]
    pub fn observe(&mut self, loss: H) -> bool {
        let loss = Ranked::new(loss, 0);
        let remembered = self.window.get(..self.len).unwrap_or_default();
        let harder = remembered.iter().filter(|&&other| other < loss).count();
        let passes = (harder as f32) < self.share * self.len.max(1) as f32;
        if let Some(place) = self.window.get_mut(self.next) {
            *place = loss;
            self.len = self.len.max(self.next + 1);
            self.next = (self.next + 1) % WINDOW.max(1);
        }
        passes
    }

    /// How many losses are remembered.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether none is.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl<H: RankKey, const WINDOW: usize> fmt::Debug for Gate<H, WINDOW> {
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
