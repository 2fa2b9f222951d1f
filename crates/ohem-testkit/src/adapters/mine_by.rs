//! Mining by a rule.

use ohem_core::{BBox, Decision, Float, MineConfig, Miner, MiningRule, RankKey, Rois};

use super::mine::plain_or_nan;
use super::{Batch, Core, Oracle, Std, at_capacity, words};
use crate::oracle::{self, Mined, Ruled, Verdict};

/// One way to mine by a rule.
pub trait MineBy {
    /// Mines the hardest RoIs that the rule lets take part.
    ///
    /// # Errors
    ///
    /// The index of the first NaN, where a NaN is an error.
    fn mine_by<F: Float, H: RankKey, M: MiningRule>(
        batch: Batch<'_, F, H>,
        config: &MineConfig,
        rule: &mut M,
    ) -> Result<Mined, usize>;
}

/// Calls the oracle with RoIs as ohem takes them, and those that are not ignored.
pub(crate) fn ruled<F: Float, H: RankKey, R>(
    batch: Batch<'_, F, H>,
    config: &MineConfig,
    mine: impl FnOnce(Ruled<'_, F, H>, &[usize]) -> R,
) -> R {
    let Batch { boxes, images, labels, losses } = batch;
    let groups: Vec<_> = images.iter().copied().zip(labels.iter().copied()).collect();
    let nms = config.nms.map(|nms| (F::from_f64(nms.iou_threshold), words::suppress(nms.suppress)));
    let convention = config.nms.map_or(oracle::Convention::Pixel, |nms| words::convention(nms.convention));
    let (batch_size, nan) = (config.batch_size, words::nan(config.nan));
    let ruled = Ruled { boxes, groups: &groups, losses, batch_size, nms, convention, nan };
    // Where a NaN is an error, the oracle finds it again.
    let order = oracle::rank(losses, nan).unwrap_or_default();
    mine(ruled, &words::may_visit(words::members(&groups), &order, config))
}

impl MineBy for Oracle {
    /// Reports each selected RoI to the rule before it asks for the next decision.
    fn mine_by<F: Float, H: RankKey, M: MiningRule>(
        batch: Batch<'_, F, H>,
        config: &MineConfig,
        rule: &mut M,
    ) -> Result<Mined, usize> {
        let (roi, mut told) = (|roi: usize| u32::try_from(roi).expect("few RoIs"), 0);
        let mined = ruled(batch, config, |ruled, part| {
            ruled.mine(part, |next, selected| {
                selected[told..].iter().for_each(|&new| rule.selected(roi(new)));
                told = selected.len();
                match rule.is_full() {
                    true => Verdict::Stop,
                    false => verdict(rule.consider(roi(next))),
                }
            })
        })?;
        mined.selected[told..].iter().for_each(|&new| rule.selected(roi(new)));
        Ok(mined)
    }
}

const fn verdict(decision: Decision) -> Verdict {
    match decision {
        Decision::Ignore => Verdict::Ignore,
        Decision::Reject => Verdict::Reject,
        Decision::Consider => Verdict::Consider,
    }
}

impl MineBy for Core {
    fn mine_by<F: Float, H: RankKey, M: MiningRule>(
        batch: Batch<'_, F, H>,
        config: &MineConfig,
        rule: &mut M,
    ) -> Result<Mined, usize> {
        at_capacity!(config.batch_size, in_fixed::<F, H, M>(batch, config, rule))
    }
}

#[inline(never)]
fn in_fixed<F: Float, H: RankKey, M: MiningRule, const B: usize>(
    batch: Batch<'_, F, H>,
    config: &MineConfig,
    rule: &mut M,
) -> Result<Mined, usize> {
    let mut miner = Box::new(Miner::<F, B, H>::new(*config).expect("the batch fits"));
    plain_or_nan(miner.mine_by(&batch.rois(), batch.losses, rule))
}

impl MineBy for Std {
    fn mine_by<F: Float, H: RankKey, M: MiningRule>(
        batch: Batch<'_, F, H>,
        config: &MineConfig,
        rule: &mut M,
    ) -> Result<Mined, usize> {
        let mut miner = ohem_std::Miner::<F, H>::new(*config).expect("the threshold is a number");
        let Batch { boxes, images, labels, losses } = batch;
        let rois = Rois::new(BBox::from_rows(boxes), images, labels).expect("columns of one length");
        plain_or_nan(miner.mine_by(&rois, losses, rule))
    }
}
