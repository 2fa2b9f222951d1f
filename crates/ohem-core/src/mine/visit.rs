//! Visits RoIs hardest first, in one go.

use super::{Decision, MiningRule};
use crate::admit::{Admitted, IndexStorage, Known, Lookahead, Shared, SpatialIndex, SuppressionTest as _};
use crate::config::ResolvedConfig;
use crate::error::{LengthMismatch, MineError, OutOfRange};
use crate::rank::{CandidateBuffer, HardestFirst};
use crate::simd::Simd;
use crate::storage::Lent;
use crate::{Coordinate, Membership, NanPolicy, RankKey, Ranked, RoiSource, Selection};

/// Visits RoIs hardest first until the batch or the rule is full, in buffers that are known to be large enough.
#[inline(always)]
pub(crate) fn visit<'a, R, H, C, I, M, S>(
    simd: S,
    rois: &R,
    losses: &[H],
    config: ResolvedConfig,
    rule: &mut M,
    lent: Lent<'a, R::Coordinate, C, I>,
) -> Result<Selection<&'a mut [u32]>, MineError>
where
    R: RoiSource,
    H: RankKey,
    C: CandidateBuffer<H>,
    I: IndexStorage<R::Coordinate>,
    M: MiningRule,
    S: Simd,
{
    LengthMismatch::check("losses", rois.len(), losses.len())?;
    simd.run(
        #[inline(always)]
        || {
            let Lent { candidates, columns, index, selected } = lent;
            let test = config.test::<R::Coordinate>();
            let expected = config.expected_visits();
            let mut hardest = HardestFirst::new_unstarted(simd, losses, config.nan, candidates, expected);
            let mut visits = Visits::new(Admitted::new(columns, index, selected, test));
            let mut screen = Screen::new(rois.len(), &config, test.is_some() && rule.is_pure());
            let mut ahead = Lookahead::SPENT;
            // Without vectors, firmware is small: it carries no code that only pays off where RoIs are many.
            let has_vectors = <R::Coordinate as Coordinate>::Test::has_vectors::<S>();
            hardest.start()?;
            let end = loop {
                if visits.admitted.len() >= config.batch_size || rule.is_full() {
                    break End::Full;
                }
                if has_vectors && visits.met >= screen.from && hardest.needs_pass() {
                    screen = screen.pass(simd, &mut hardest, &visits.admitted.shared(), rois);
                }
                if has_vectors && ahead.is_spent() {
                    visits.admitted.look_ahead::<S, H, R>(hardest.upcoming(), rois, &mut ahead);
                }
                let Some(next) = hardest.next() else { break End::NoneLeft };
                let known = if has_vectors { ahead.next() } else { Known::Nothing };
                if visits.met == config.max_visited {
                    break End::Limit;
                }
                visits.visit::<S, R, M>(next.index(), rois, rule, known)?;
            };
            if screen.has_dropped {
                let last = hardest.last_yielded().filter(|_| end == End::Full);
                // Those that are ignored were never dropped, so all were met.
                visits.visited = count_ranked(losses, config.nan, last) - visits.ignored;
            }
            Ok(visits.into_selection(rois.len()).partial(end == End::Limit))
        },
    )
}

/// The RoIs met so far.
pub(super) struct Visits<'a, C: Coordinate, I> {
    pub(super) admitted: Admitted<'a, C, I>,
    /// How many took part.
    visited: usize,
    /// How many were passed over, because their keys say so.
    ignored: usize,
    /// How many of either kind, and of those that the rule ignores.
    pub(super) met: usize,
}

impl<'a, C: Coordinate, I: SpatialIndex<C>> Visits<'a, C, I> {
    #[inline(always)]
    pub(super) fn new(admitted: Admitted<'a, C, I>) -> Self {
        Self { admitted, visited: 0, ignored: 0, met: 0 }
    }

    /// Visits the next hardest RoI: selects it, unless the rule or a RoI selected before is against it.
    ///
    /// # Errors
    ///
    /// If one of its keys is invalid.
    #[inline(always)]
    pub(super) fn visit<S: Simd, R: RoiSource<Coordinate = C>, M: MiningRule>(
        &mut self,
        roi: u32,
        rois: &R,
        rule: &mut M,
        known: Known,
    ) -> Result<(), OutOfRange> {
        self.met += 1;
        let group = match rois.membership(roi) {
            Membership::Member(group) => group,
            Membership::Ignored => {
                self.ignored += 1;
                return Ok(());
            }
            Membership::Invalid => return Err(rois.invalid_key(roi)),
        };
        let decision = rule.consider(roi);
        self.visited += usize::from(decision != Decision::Ignore);
        if decision == Decision::Consider && self.admitted.admit::<S, R>(roi, group, rois, known) {
            rule.selected(roi);
        }
        Ok(())
    }

    /// The RoIs selected of a total.
    #[inline(always)]
    pub(super) fn into_selection(self, total: usize) -> Selection<&'a mut [u32]> {
        Selection::new(self.admitted.into_indices(), total, self.visited, self.ignored)
    }
}

/// Why mining ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum End {
    /// The batch, or the rule, was full.
    Full,
    /// Every RoI was visited.
    NoneLeft,
    /// As many RoIs were visited as may be.
    Limit,
    /// A loss or a key was refused.
    Error,
}

/// Finds suppressed RoIs while the losses are scanned again, so that they take no place among the candidates.
///
/// Without it, `n` boxes at one place, of which all but the first are suppressed, would fill a window of `m` candidates
/// `n / m` times. Where the boxes are few different ones, as those that a diverged model clips to the image, a few scans
/// do instead.
struct Screen {
    /// Number of visits from which it is used: a usual batch is full long before.
    from: usize,
    /// What it may still spend, in overlap tests: as much as visiting all RoIs may take, so that the screen at most
    /// doubles the cost of that, whatever the input.
    tests_left: usize,
    /// Whether it dropped RoIs, which were then not counted as visited.
    has_dropped: bool,
}

impl Screen {
    /// Prepares for `n` RoIs. It is not used if the rule must be asked, or if each visit counts towards a limit.
    #[inline(always)]
    fn new(n: usize, config: &ResolvedConfig, may_drop: bool) -> Self {
        let serves = may_drop && config.max_visited >= n;
        let from = if serves { config.batch_size.saturating_mul(4) } else { usize::MAX };
        Self { from, tests_left: n.saturating_mul(Self::tests(config.batch_size)), has_dropped: false }
    }

    /// The cost of comparing a RoI with a number of others: reading it costs about as much as 16 tests.
    const fn tests(admitted: usize) -> usize {
        admitted.saturating_add(16)
    }

    /// Scans the losses for the next candidates, and leaves out those that an admitted RoI suppresses, until the tests
    /// are spent.
    #[cold]
    #[inline(never)]
    fn pass<R: RoiSource, H: RankKey, C: CandidateBuffer<H>, X: SpatialIndex<R::Coordinate>, S: Simd>(
        mut self,
        simd: S,
        hardest: &mut HardestFirst<'_, H, C, S>,
        admitted: &Shared<'_, R::Coordinate, X>,
        rois: &R,
    ) -> Self {
        let tests = Self::tests(admitted.len());
        hardest.pass_unless(&mut |roi| {
            let Some(tests_left) = self.tests_left.checked_sub(tests) else { return false };
            self.tests_left = tests_left;
            let drops = admitted.suppresses(simd, roi, rois);
            self.has_dropped |= drops;
            drops
        });
        self
    }
}

/// Number of RoIs that are ranked, from the hardest to the `last` one, or all.
#[cold]
#[inline(never)]
fn count_ranked<H: RankKey>(losses: &[H], nan: NanPolicy, last: Option<Ranked<H>>) -> usize {
    let is_ranked = |&(&loss, roi): &(&H, u32)| {
        let is_skipped = nan == NanPolicy::Skip && loss.is_nan_key();
        !is_skipped && last.is_none_or(|last| Ranked::new(loss, roi) <= last)
    };
    losses.iter().zip(0..).filter(is_ranked).count()
}
