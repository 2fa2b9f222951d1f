//! Mining in steps of bounded length, for a control loop that has other work to do.

use core::fmt;

use super::All;
use super::visit::{End, Visits};
use crate::admit::{Admitted, IndexStorage, Known};
use crate::config::ResolvedConfig;
use crate::error::{LengthMismatch, MineError};
use crate::rank::{HardestFirst, Pass};
use crate::simd::Simd;
use crate::storage::{Lent, Storage};
use crate::{RoiSource, Selection};

/// Number of losses whose scan counts as much as a visit.
const SCANNED: usize = 64;

/// Mining that is under way: [`MinerOver::start`](crate::kernel::mine::MinerOver::start) begins it, and [`step`](Self::step)
/// goes on with it.
///
/// It selects the same RoIs as [`MinerOver::mine`](crate::kernel::mine::MinerOver::mine).
///
/// ```
/// use ohem_core::{BBox, MineConfig, Miner, Rois};
///
/// let boxes: [_; 1000] = core::array::from_fn(|i| BBox::new(i as f32, 0.0, i as f32 + 9.0, 9.0));
/// let losses: [_; 1000] = core::array::from_fn(|i| (i * 7919 % 1000) as f32);
/// let rois = Rois::one_group(&boxes)?;
/// let mut miner = Miner::<f32, 64>::new(MineConfig::new(64))?;
///
/// let mut mining = miner.start(&rois, &losses)?;
/// let mut steps = 1;
/// while !mining.step(10)? {
///     steps += 1; // a control loop does its other work here
/// }
/// let hard = mining.finish().map(<[u32]>::to_vec);
/// assert_eq!((hard.len(), steps > 5), (64, true));
/// assert_eq!(miner.mine(&rois, &losses)?.map(<[u32]>::to_vec), hard);
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub struct Mining<'a, R: RoiSource, T: Storage<Coordinate = R::Coordinate> + 'a, S> {
    rois: &'a R,
    config: ResolvedConfig,
    hardest: HardestFirst<'a, T::Key, T::Candidates<'a>, S>,
    /// The pass over the losses that is under way.
    pass: Option<Pass<T::Key>>,
    visits: Visits<'a, R::Coordinate, <T::Index<'a> as IndexStorage<R::Coordinate>>::Index>,
    end: Option<End>,
}

impl<'a, R: RoiSource, T: Storage<Coordinate = R::Coordinate> + 'a, S: Simd> Mining<'a, R, T, S> {
    pub(crate) fn new(
        simd: S,
        rois: &'a R,
        losses: &'a [T::Key],
        config: ResolvedConfig,
        lent: Lent<'a, R::Coordinate, T::Candidates<'a>, T::Index<'a>>,
    ) -> Result<Self, MineError> {
        LengthMismatch::check("losses", rois.len(), losses.len())?;
        let Lent { candidates, columns, index, selected } = lent;
        let expected = config.expected_visits();
        let mut hardest = HardestFirst::new_unstarted(simd, losses, config.nan, candidates, expected);
        hardest.prepare()?;
        let visits = Visits::new(Admitted::new(columns, index, selected, config.test::<R::Coordinate>()));
        Ok(Self { rois, config, hardest, pass: None, visits, end: None })
    }

    /// Does a number of units of work, each a visit of a RoI or a scan of 64 losses; returns whether mining has ended.
    ///
    /// # Cost
    ///
    /// A visit makes at most `B` overlap tests, and orders candidates of the window, whose number is `m`: O(m log m) at
    /// worst, O(log m) on average. A scan compares 64 losses, and drops candidates at most `64 / (m / 3) + 1` times, in
    /// O(m log m). All units together are at most the scans and visits of
    /// [`mine`](crate::kernel::mine::MinerOver::mine).
    ///
    /// # Errors
    ///
    /// As [`mine`](crate::kernel::mine::MinerOver::mine), which also ends it.
    pub fn step(&mut self, units: usize) -> Result<bool, MineError> {
        for _ in 0..units {
            if self.end.is_some() {
                break;
            }
            self.unit().inspect_err(|_| self.end = Some(End::Error))?;
        }
        Ok(self.end.is_some())
    }

    #[inline(always)]
    fn unit(&mut self) -> Result<(), MineError> {
        let is_full = self.visits.admitted.len() >= self.config.batch_size;
        // The first pass finds a loss that is NaN, even if no RoI is to be selected.
        if self.hardest.needs_pass() && (!is_full || self.visits.met == 0) {
            self.hardest.scan_some(&mut self.pass, SCANNED)?;
        } else if is_full {
            self.end = Some(End::Full);
        } else {
            match self.hardest.next() {
                None => self.end = Some(End::NoneLeft),
                Some(_) if self.visits.met == self.config.max_visited => self.end = Some(End::Limit),
                Some(next) => {
                    self.visits.visit::<S, R, All>(next.index(), self.rois, &mut All, Known::Nothing)?;
                }
            }
        }
        Ok(())
    }

    /// The RoIs selected so far, hardest first: the first ones of those that will be.
    pub fn selected(&self) -> &[u32] {
        self.visits.admitted.indices()
    }

    /// Ends mining; the selection is partial ([`Selection::is_partial`]) if there was more to do.
    pub fn finish(self) -> Selection<&'a [u32]> {
        let is_partial = !matches!(self.end, Some(End::Full | End::NoneLeft));
        self.visits.into_selection(self.rois.len()).shared().partial(is_partial)
    }
}

impl<R: RoiSource, T: Storage<Coordinate = R::Coordinate>, S> fmt::Debug for Mining<'_, R, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mining")
            .field("visited", &self.visits.met)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::error::{LengthMismatch, NanLoss};
    use crate::{BBox, MineConfig, MineError, Miner, Rois};

    /// 200 boxes side by side.
    fn boxes() -> [BBox<f32>; 200] {
        let mut boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 200];
        for (place, bbox) in (0_u8..).zip(&mut boxes) {
            (bbox.x1, bbox.x2) = (10.0 * f32::from(place), 10.0 * f32::from(place) + 9.0);
        }
        boxes
    }

    #[test]
    fn it_can_end_early_with_what_is_selected() {
        let (boxes, losses) = (boxes(), [1.0; 200]);
        let rois = Rois::one_group(&boxes).unwrap();
        let mut miner = Miner::<f32, 8>::new(MineConfig::new(8)).unwrap();
        let mut mining = miner.start(&rois, &losses).unwrap();
        assert_eq!((mining.step(3), mining.selected().len()), (Ok(false), 0), "200 losses are 4 scans");
        assert_eq!((mining.step(0), mining.selected().len()), (Ok(false), 0));
        while mining.selected().len() < 3 {
            assert_eq!(mining.step(1), Ok(false));
        }
        assert_eq!(mining.selected(), [0, 1, 2]);
        let hard = mining.finish();
        assert_eq!((hard.indices(), hard.is_partial(), hard.visited()), (&[0, 1, 2][..], true, 3));
        let mut mining = miner.start(&rois, &losses).unwrap();
        assert_eq!(mining.step(1000), Ok(true));
        let hard = mining.finish();
        assert_eq!((hard.len(), hard.is_partial(), hard.visited()), (8, false, 8));
    }

    #[test]
    fn an_error_ends_it() {
        let (boxes, mut losses, mut labels) = (boxes(), [1.0; 200], [1; 200]);
        (labels[1], losses[150]) = (-5, f32::NAN);
        let rois = Rois::by_label(&boxes, &labels).unwrap();
        let mut miner = Miner::<f32, 8>::new(MineConfig::new(8)).unwrap();
        let mut mining = miner.start(&rois, &losses).unwrap();
        assert_eq!(mining.step(2), Ok(false));
        assert_eq!(mining.step(1), Err(NanLoss { index: 150 }.into()));
        assert_eq!(mining.step(100), Ok(true));
        assert!(mining.finish().is_partial());
        losses[150] = 0.5;
        let mut mining = miner.start(&rois, &losses).unwrap();
        let named = rois.check_keys().unwrap_err();
        assert_eq!(mining.step(100), Err(MineError::from(named)));
        assert_eq!((mining.step(1), mining.selected()), (Ok(true), &[0][..]));
        let refused = miner.start(&rois, &losses[1..]).map(|_| ());
        assert_eq!(refused, Err(LengthMismatch { what: "losses", expected: 200, actual: 199 }.into()));
    }
}
