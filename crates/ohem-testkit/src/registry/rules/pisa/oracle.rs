//! PISA, literally.

use ohem_core::rules::PisaConfig;

use super::super::{FEW, nan_at};
use super::Input;
use crate::oracle::rules_mmdet::{ScoreHlr, pisa};
use crate::registry::mine::naive::corners;
use crate::registry::naive::{capacity, length, nan, number};
use crate::registry::table::floats;
use crate::registry::{Real, Refused, Sink};

/// Answers all cases.
pub(super) fn answers<F: Real>([case, ranks, few]: [&'static str; 3], input: &Input, out: &mut impl Sink) {
    let len = input.anchors.matches.len();
    let mut add = |case, sampled: &Result<ScoreHlr, Refused>| {
        out.answer(case, "literally");
        match sampled {
            Ok(ScoreHlr { positives, negatives, weights, .. }) => {
                let ones = positives.iter().map(|_| F::one());
                let weights: Vec<F> = ones.chain(weights.iter().map(|&weight| F::from_f64(weight))).collect();
                let rois = [&positives[..], negatives].concat();
                out.add(&Ok::<_, Refused>((positives.len(), (len, rois))));
                out.add(&weights);
            }
            Err(refused) => out.add(&Err::<(), _>(*refused)),
        }
    };
    let all = sampled::<F>(input, usize::MAX);
    add(case, &all);
    add(few, &sampled::<F>(input, FEW));
    let place = |place: &Option<usize>| place.map_or(u64::from(u32::MAX), |place| place as u64);
    out.answer(ranks, "literally");
    out.add(&all.ok().map(|sampled| sampled.places.iter().map(place).collect::<Vec<_>>()));
}

fn check(input: &Input) -> Result<(), Refused> {
    let (Input { anchors, config, .. }, len) = (input, input.anchors.matches.len());
    length(len, anchors.table.len())?;
    length(len, input.scores.len())?;
    length(len, anchors.table.losses.len())?;
    if !(0.0..f64::INFINITY).contains(&config.k) || !(0.0..=1.0).contains(&config.bias) {
        return Err(Refused::Setting);
    }
    number(config.score_thr)?;
    number(config.iou_thr)
}

fn sampled<F: Real>(input: &Input, most: usize) -> Result<ScoreHlr, Refused> {
    check(input)?;
    let Input { anchors, config, .. } = input;
    let PisaConfig { num, pos_fraction, neg_pos_ub, k, bias, score_thr, iou_thr, .. } = *config;
    let mut generator = crate::registry::Source::from_seed(input.seed);
    let sampled = pisa(
        &corners::<F>(&anchors.table.corners),
        &floats::<F>(&input.scores),
        &anchors.table.losses::<F>(),
        &anchors.matches,
        num,
        pos_fraction,
        neg_pos_ub,
        k,
        bias,
        score_thr,
        iou_thr,
        nan(config.nan),
        &mut || generator.half_bits(),
    )
    .map_err(nan_at)?;
    length(anchors.matches.len(), input.ranks)?;
    // All positives must fit, and then all negatives that are not skipped behind those sampled.
    let count = |wanted: &dyn Fn(usize) -> bool| (0..anchors.matches.len()).filter(|&i| wanted(i)).count();
    capacity(count(&|i| anchors.matches[i] >= 0), most)?;
    let has_nan = |i: usize| input.scores[i].is_nan() || anchors.table.losses[i].is_nan();
    let skipped = |i: usize| config.nan == ohem_core::NanPolicy::Skip && has_nan(i);
    capacity(count(&|i| anchors.matches[i] == -1 && !skipped(i)), most - sampled.positives.len())?;
    capacity(sampled.positives.len() + sampled.negatives.len(), input.weights)?;
    Ok(sampled)
}
