//! Looks up RoIs in the index before they are visited, many at once.
//!
//! Whether a RoI is suppressed cannot be predicted, and neither its box nor its chain is likely to be in the cache. One
//! after the other, each RoI waits for both. Side by side and without a branch, they wait together.
//!
//! A suppressed RoI stays suppressed. Any other is compared with those that are admitted before its turn comes, unless
//! its chain has not changed.

/// Number of RoIs that are looked up at once: a bit of a word each.
pub(super) const AHEAD: usize = 64;

/// Number of RoIs from which that pays off.
pub(super) const MIN_AHEAD: usize = if cfg!(fuzzing) { 2 } else { 16 };

/// A chain of the index, and its last entry when it was searched.
#[derive(Clone, Copy, Debug)]
pub struct SearchedChain {
    pub(super) number: u32,
    pub(super) head: u32,
}

/// The answers of the index about the next RoIs.
#[derive(Debug)]
pub struct Found {
    /// Bit `i` where RoI `i` is suppressed.
    pub(super) suppressed: u64,
    /// Bit `i` where RoI `i` is not; where neither bit is set, it is to be looked up alone.
    pub(super) free: u64,
    pub(super) chains: [SearchedChain; AHEAD],
}

impl Found {
    pub(super) const NOTHING: Self =
        Self { suppressed: 0, free: 0, chains: [SearchedChain { number: 0, head: 0 }; AHEAD] };
}

/// The answer about one RoI.
#[derive(Clone, Copy)]
pub(crate) enum Known {
    /// Nothing: it is to be looked up.
    Nothing,
    /// An admitted RoI suppresses it.
    Suppressed,
    /// None suppresses it of the `first` RoIs admitted, nor of those in the chain, as long as that is unchanged.
    Free { first: usize, chain: SearchedChain },
}

/// The answers about the next RoIs, and how many of them were visited.
pub(crate) struct Lookahead {
    found: Found,
    /// Number of RoIs that were admitted before.
    admitted: usize,
    /// Number of RoIs that were looked up, and of those that have been visited since.
    len: usize,
    visited: usize,
}

impl Lookahead {
    /// Knows of no RoI.
    pub(crate) const SPENT: Self = Self { found: Found::NOTHING, admitted: 0, len: 0, visited: 0 };

    /// The answers about the next `len` RoIs, given while a number of others were admitted.
    #[inline(always)]
    pub(super) const fn new(found: Found, admitted: usize, len: usize) -> Self {
        Self { found, admitted, len, visited: 0 }
    }

    /// Knows of none of the next `len` RoIs.
    #[inline(always)]
    pub(super) const fn skip(&mut self, len: usize) {
        (self.found.suppressed, self.found.free) = (0, 0);
        (self.len, self.visited) = (len, 0);
    }

    /// Whether all of them were visited.
    #[inline(always)]
    pub(crate) const fn is_spent(&self) -> bool {
        self.visited >= self.len
    }

    /// The answer about the next one.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Known {
        let Found { suppressed, free, chains } = &mut self.found;
        let known = match chains.get(self.visited) {
            _ if *suppressed & 1 != 0 => Known::Suppressed,
            Some(&chain) if *free & 1 != 0 => Known::Free { first: self.admitted, chain },
            _ => Known::Nothing,
        };
        (*suppressed, *free) = (*suppressed >> 1, *free >> 1);
        self.visited += 1;
        known
    }
}
