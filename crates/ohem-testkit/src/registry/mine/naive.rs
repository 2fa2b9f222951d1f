//! Mining in the literal way: group by group, then one sort.

use ohem_core::MineConfig;

use super::Step;
use crate::oracle::{self, Ruled, Verdict};
use crate::registry::naive::{Hard, Member, capacity, in_range, invalid, length, member, nan, nms, number};
use crate::registry::table::each;
use crate::registry::{Loss, Real, Refused};

/// Checks a configuration, and that the batch fits.
pub fn check(config: &MineConfig, most: usize) -> Result<(), Refused> {
    config.nms.map_or(Ok(()), |nms| number(nms.iou_threshold))?;
    capacity(config.batch_size, most)
}

/// Corners in a float type.
pub fn corners<F: Real>(corners: &[[f64; 4]]) -> Vec<[F; 4]> {
    corners.iter().map(|corners| corners.map(F::from_f64)).collect()
}

/// Mines the RoIs that take part as if they were all, then looks how far down the ranks of all that went.
///
/// A RoI whose key is invalid is an error if it is as hard as the last one selected, or harder.
pub fn by_groups<F: Real, H: Loss>(step: &Step, most: usize) -> Result<Hard, Refused> {
    let Step { table, config, .. } = step;
    let total = table.len();
    length(total, table.images.len())?;
    length(total, table.labels.len())?;
    check(config, most)?;
    length(total, table.losses.len())?;
    let losses = each(&table.losses, |&loss| H::of(loss));
    let order = oracle::rank(&losses, nan(config.nan)).map_err(|index| Refused::Nan { index })?;

    let members: Vec<_> = (0..total).map(|i| member(table.images[i], table.labels[i])).collect();
    let part = part(&members, within(&order, config));
    let group = |i: usize| match members[i] {
        Member::Of(image, label) => (image, label),
        _ => unreachable!("it takes part"),
    };
    let (images, labels): (Vec<_>, Vec<_>) = part.iter().map(|&i| group(i)).unzip();
    let boxes = corners::<F>(&part.iter().map(|&i| table.corners[i]).collect::<Vec<_>>());
    let of_part: Vec<H> = part.iter().map(|&i| losses[i]).collect();
    let (nms, convention) = nms(config);
    let mined =
        oracle::mine(&boxes, &images, &labels, &of_part, config.batch_size, nms, convention, nan(config.nan));
    let indices: Vec<usize> =
        mined.expect("NaNs were found before").selected.iter().map(|&at| part[at]).collect();

    let last = order.iter().position(|i| Some(i) == indices.last());
    let seen = match last {
        _ if config.batch_size == 0 => 0,
        Some(last) if indices.len() == config.batch_size => last + 1,
        _ => within(&order, config).len(),
    };
    if let Some(&met) = order[..seen].iter().find(|&&i| members[i] == Member::Invalid) {
        return Err(invalid(&table.images, &table.labels, met));
    }
    let ignored = order[..seen].iter().filter(|&&i| members[i] == Member::Ignored).count();
    let is_partial = indices.len() < config.batch_size && seen < order.len();
    Ok(Hard { indices, total, visited: seen - ignored, ignored, is_partial })
}

/// Those of the ranked RoIs that may be visited.
fn within<'a>(order: &'a [usize], config: &MineConfig) -> &'a [usize] {
    &order[..order.len().min(config.max_visited.unwrap_or(usize::MAX))]
}

/// Those that take part, of the RoIs that may be visited; ascending.
fn part(members: &[Member], within: &[usize]) -> Vec<usize> {
    let takes_part = |i: &usize| matches!(members[*i], Member::Of(..)) && within.contains(i);
    (0..members.len()).filter(takes_part).collect()
}

/// Mines by a rule, one RoI after the other.
pub fn by_rule<F: Real, H: Loss>(step: &Step, most: usize, rule: &mut dyn Rule) -> Result<Hard, Refused> {
    let Step { table, config, .. } = step;
    let total = table.len();
    length(total, table.images.len())?;
    length(total, table.labels.len())?;
    check(config, most)?;
    length(total, table.losses.len())?;
    let members: Vec<_> = (0..total).map(|i| member(table.images[i], table.labels[i])).collect();
    walked(&corners::<F>(&table.corners), &members, &table.losses::<H>(), config, rule, |position| {
        invalid(&table.images, &table.labels, position)
    })
}

/// A rule, as the oracle knows it.
pub trait Rule {
    /// Decides about the next RoI, given those selected so far.
    fn verdict(&mut self, roi: usize, selected: &[usize]) -> Verdict;

    /// Whether those selected are enough.
    fn is_full(&self, _: &[usize]) -> bool {
        false
    }
}

/// Mines by a rule those RoIs that take part, then looks how far down the ranks of all that went.
///
/// `invalid` is the error of an invalid RoI that is met on the way.
pub fn walked<F: Real, H: Loss>(
    boxes: &[[F; 4]],
    members: &[Member],
    losses: &[H],
    config: &MineConfig,
    rule: &mut dyn Rule,
    invalid: impl Fn(usize) -> Refused,
) -> Result<Hard, Refused> {
    let ((nms, convention), nan, batch_size) = (nms(config), nan(config.nan), config.batch_size);
    let order = oracle::rank(losses, nan).map_err(|index| Refused::Nan { index })?;
    let group =
        |member: &Member| if let Member::Of(image, label) = *member { (image, label) } else { (0, 0) };
    let groups: Vec<_> = members.iter().map(group).collect();
    let part = part(members, within(&order, config));
    let ruled = Ruled { boxes, groups: &groups, losses, batch_size, nms, convention, nan };
    let mut last = None;
    let mined = ruled.mine(&part, |roi, selected| {
        if rule.is_full(selected) {
            return Verdict::Stop;
        }
        last = Some(roi);
        rule.verdict(roi, selected)
    });
    let oracle::Mined { selected, visited, .. } = mined.expect("NaNs were found before");

    let is_full = selected.len() == batch_size || rule.is_full(&selected);
    let seen = if is_full {
        order.iter().position(|&roi| Some(roi) == last).map_or(0, |at| at + 1)
    } else {
        within(&order, config).len()
    };
    if let Some(&met) = order[..seen].iter().find(|&&i| members[i] == Member::Invalid) {
        return Err(invalid(met));
    }
    let ignored = order[..seen].iter().filter(|&&i| members[i] == Member::Ignored).count();
    let is_partial = !is_full && seen < order.len();
    Ok(Hard { indices: selected, total: members.len(), visited, ignored, is_partial })
}

/// Gathers rows of a table into an output of some length.
pub fn gathered<T: Copy>(
    indices: &[usize],
    table: &[T],
    width: usize,
    out: usize,
) -> Result<Vec<T>, Refused> {
    if width > 0 {
        length(table.len().next_multiple_of(width), table.len())?;
        in_range(indices, table.len() / width)?;
    }
    length(indices.len() * width, out)?;
    Ok(oracle::gather(indices, table, width))
}
