//! Suppression in the literal way.

use super::{CAPACITY, Cases, Input};
use crate::oracle;
use crate::registry::mine::naive::corners;
use crate::registry::naive::{Hard, Member, convention, invalid, length, member, nan, number, threshold};
use crate::registry::{Loss, Real, Refused, Sink};
use ohem_core::NanPolicy;

/// Answers all cases.
pub(super) fn answers<F: Real, H: Loss>(
    [one, batched, with_nan, batched_with_nan, few]: Cases,
    input: &Input,
    out: &mut impl Sink,
) {
    for (case, in_groups) in [(one, false), (batched, true)] {
        out.answer(case, "all pairs");
        out.add(&kept::<F, H>(input, in_groups, NanPolicy::Error).map(|kept| kept.indices));
    }
    for (case, in_groups) in [(with_nan, false), (batched_with_nan, true)] {
        out.answer(case, "all pairs");
        out.add(&kept::<F, H>(input, in_groups, input.nan));
    }
    out.answer(few, "all pairs");
    out.add(&kept::<F, H>(input, false, NanPolicy::Error).map(|kept| first::<H>(input, kept)));
}

fn kept<F: Real, H: Loss>(input: &Input, in_groups: bool, policy: NanPolicy) -> Result<Hard, Refused> {
    let Input { table, config, .. } = input;
    let total = table.len();
    if in_groups {
        length(total, table.labels.len())?;
    }
    number(config.iou_threshold)?;
    length(total, table.losses.len())?;
    let losses = table.losses::<H>();
    let order = oracle::rank(&losses, nan(policy)).map_err(|index| Refused::Nan { index })?;
    let member = |i: usize| if in_groups { member(0, table.labels[i]) } else { Member::Of(0, 0) };
    if let Some(&met) = order.iter().find(|&&i| member(i) == Member::Invalid) {
        return Err(invalid(&vec![0; total], &table.labels, met));
    }
    let part: Vec<usize> = (0..total).filter(|&i| member(i) != Member::Ignored).collect();
    let group = |i: usize| match member(i) {
        Member::Of(image, label) => (image, label),
        _ => (0, u32::MAX), // invalid, but its NaN is skipped: it is never looked at
    };
    let groups: Vec<_> = part.iter().map(|&i| group(i)).collect();
    let all = corners::<F>(&table.corners);
    let boxes: Vec<_> = part.iter().map(|&i| all[i]).collect();
    let of_part: Vec<H> = part.iter().map(|&i| losses[i]).collect();
    let ((threshold, suppress), convention) = (threshold::<F>(config), convention(config.convention));
    let kept = oracle::nms(&boxes, &groups, &of_part, threshold, suppress, convention, nan(policy));
    let indices = kept.expect("NaNs were found before").into_iter().map(|at| part[at]).collect();
    let ignored = order.iter().filter(|&&i| member(i) == Member::Ignored).count();
    Ok(Hard { indices, total, visited: order.len() - ignored, ignored, is_partial: false })
}

/// The first of those kept, as many as fit little memory.
fn first<H: Loss>(input: &Input, mut kept: Hard) -> Hard {
    if kept.indices.len() >= CAPACITY.min(input.table.len()) {
        kept.indices.truncate(CAPACITY);
        let order = oracle::rank(&input.table.losses::<H>(), oracle::Nan::Error).expect("no NaN");
        let last = kept.indices.last();
        kept.visited = order.iter().position(|i| Some(i) == last).map_or(0, |at| at + 1);
    }
    kept
}
