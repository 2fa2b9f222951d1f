//! mmdetection's samplers of negatives, as naively as they can be written.

use num_traits::Float;

use super::{Convention, Nan, draw, iou, is_box, rank};

/// Largest number of positives, as mmdetection's `BaseSampler` has it.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the original truncates")]
fn most_positives(num: usize, pos_fraction: f64) -> usize {
    ((num as f64 * pos_fraction) as usize).min(num)
}

/// Largest number of negatives beside a number of positives.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the original truncates")]
fn most_negatives(num: usize, positives: usize, neg_pos_ub: Option<f64>) -> usize {
    let most = num - positives;
    neg_pos_ub.map_or(most, |ub| most.min((ub * positives.max(1) as f64) as usize))
}

/// Libra R-CNN: positives, then negatives from bins of their overlap, step by step. Returns both parts.
///
/// `choose` takes the RoIs that a step can choose from, ascending, and how many it may choose; it returns its choice
/// in order. Steps are: the positives; each bin of negatives, from the lowest overlap to the highest; all above the
/// floor; all below the floor; all. Each leaves what it lacks to the next.
///
/// ```
/// use ohem_testkit::oracle::rules_mmdet::libra;
///
/// let overlaps = [0.9, 0.1, 0.2, 0.4, 0.5, 0.6];
/// let first = &mut |rois: &[usize], count: usize| rois.iter().copied().take(count).collect();
/// let sampled = libra(&overlaps, &[0, -1, -1, -1, -1, -1], 4, 0.25, None, -1.0, 0.0, 3, first);
/// assert_eq!(sampled, (vec![0], vec![1, 3, 5]));
/// ```
#[expect(clippy::too_many_arguments, reason = "plain arguments, no type of the code under test")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the original truncates")]
pub fn libra<F: Float>(
    overlaps: &[F],
    matches: &[i32],
    num: usize,
    pos_fraction: f64,
    neg_pos_ub: Option<f64>,
    floor_thr: f64,
    floor_fraction: f64,
    num_bins: usize,
    choose: &mut dyn FnMut(&[usize], usize) -> Vec<usize>,
) -> (Vec<usize>, Vec<usize>) {
    let positives: Vec<usize> = (0..matches.len()).filter(|&i| matches[i] >= 0).collect();
    let positives = choose(&positives, most_positives(num, pos_fraction));
    let most = most_negatives(num, positives.len(), neg_pos_ub);

    let to_float = |value: f64| F::from(value).expect("a float converts to a float");
    let is_above = |i: usize| {
        let floor = to_float(floor_thr);
        if floor_thr > 0.0 { overlaps[i] >= floor } else { overlaps[i] > floor }
    };
    let is_below = |i: usize| {
        let zero = F::zero();
        let below = overlaps[i] >= zero && overlaps[i] < to_float(floor_thr);
        if floor_thr > 0.0 { below } else { floor_thr == 0.0 && overlaps[i] == zero }
    };
    let highest = overlaps.iter().filter(|overlap| !overlap.is_nan()).fold(F::zero(), |a, &b| a.max(b));
    let from = floor_thr.max(0.0);
    let width = (highest.to_f64().expect("a float converts to a float") - from) / num_bins as f64;
    let edge = |bin: usize| to_float(from + bin as f64 * width);

    let mut negatives: Vec<usize> = Vec::new();
    let mut step = |belongs: &dyn Fn(usize) -> bool, at_most: &dyn Fn(usize) -> usize| {
        let left = (0..matches.len()).filter(|&i| matches[i] == -1 && !negatives.contains(&i));
        let pool: Vec<usize> = left.filter(|&i| belongs(i)).collect();
        let chosen = choose(&pool, at_most(negatives.len()));
        negatives.extend(chosen);
    };
    let above = (most as f64 * (1.0 - floor_fraction)) as usize;
    for bin in (0..num_bins).filter(|_| num_bins > 1) {
        step(&|i| is_above(i) && overlaps[i] >= edge(bin) && overlaps[i] < edge(bin + 1), &|_| {
            above / num_bins
        });
    }
    step(&is_above, &|so_far| above - so_far);
    step(&is_below, &|so_far| most - so_far);
    step(&|_| true, &|so_far| most - so_far);
    (positives, negatives)
}

/// What [`pisa`] samples of an image.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreHlr {
    /// Positives, in the order in which they were drawn.
    pub positives: Vec<usize>,
    /// Negatives by rank, then those drawn at random.
    pub negatives: Vec<usize>,
    /// The weight of each of these negatives.
    pub weights: Vec<f64>,
    /// The place of each RoI within its cluster, if it is in one.
    pub places: Vec<Option<usize>>,
}

/// PISA: positives at random, then negatives by score-HLR, with weights; an error is the first NaN of a negative.
///
/// Random are the numbers that `next` gives, as for [`draw`], from RoIs in ascending order.
///
/// ```
/// use ohem_testkit::oracle::{Nan, rules_mmdet::pisa};
///
/// let boxes = [[0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 9.0, 8.0], [50.0, 50.0, 59.0, 59.0]];
/// let (scores, losses) = ([0.9, 0.8, 0.5], [1.0, 0.0, 4.0]);
/// let sampled = pisa(
///     &boxes, &scores, &losses, &[-1; 3], 3, 0.0, None, 1.0, 0.25, 0.05, 0.5, Nan::Error, &mut || 0,
/// );
/// let sampled = sampled.unwrap();
/// assert_eq!((sampled.negatives, sampled.weights), (vec![0, 2, 1], vec![1.25, 0.9375, 0.625]));
/// ```
///
/// # Errors
///
/// Under [`Nan::Error`], the first negative whose score or loss is NaN.
#[expect(clippy::too_many_arguments, reason = "plain arguments, no type of the code under test")]
pub fn pisa<F: Float>(
    boxes: &[[F; 4]],
    scores: &[F],
    losses: &[F],
    matches: &[i32],
    num: usize,
    pos_fraction: f64,
    neg_pos_ub: Option<f64>,
    k: f64,
    bias: f64,
    score_thr: f64,
    iou_thr: f64,
    nan: Nan,
    next: &mut dyn FnMut() -> u32,
) -> Result<ScoreHlr, usize> {
    let to_float = |value: f64| F::from(value).expect("a float converts to a float");
    let is_nan = |i: usize| scores[i].is_nan() || losses[i].is_nan();
    let all: Vec<usize> = (0..matches.len()).filter(|&i| matches[i] == -1).collect();
    if let (Nan::Error, Some(&first)) = (nan, all.iter().find(|&&i| is_nan(i))) {
        return Err(first);
    }
    let all: Vec<usize> = all.into_iter().filter(|&i| nan != Nan::Skip || !is_nan(i)).collect();

    let positives: Vec<usize> = (0..matches.len()).filter(|&i| matches[i] >= 0).collect();
    let positives = draw(&positives, most_positives(num, pos_fraction), next);
    let most = most_negatives(num, positives.len(), neg_pos_ub).min(all.len());

    let scores_high = |&i: &usize| scores[i].is_nan() || scores[i] > to_float(score_thr);
    let (candidates, others): (Vec<usize>, Vec<usize>) = all.into_iter().partition(scores_high);
    let by_score = rank(&candidates.iter().map(|&i| scores[i]).collect::<Vec<F>>(), Nan::First);
    let by_score: Vec<usize> =
        by_score.expect("a NaN ranks first").into_iter().map(|at| candidates[at]).collect();

    let mut places = vec![None; matches.len()];
    for cluster in clusters(boxes, &by_score, to_float(iou_thr)) {
        for (place, roi) in cluster.into_iter().enumerate() {
            places[roi] = Some(place);
        }
    }
    let mut negatives = by_score;
    negatives.sort_by_key(|&i| places[i]); // stable, so that scores order the heads, and so on
    let ranked = negatives.len();
    negatives.truncate(most);
    negatives.extend(draw(&others, most - negatives.len(), next));
    let weights = weights(&negatives, ranked, losses, k, bias);
    Ok(ScoreHlr { positives, negatives, weights, places })
}

/// Clusters by NMS: the first RoI takes in all that overlap it, then the first of the rest does, and so on.
fn clusters<F: Float>(boxes: &[[F; 4]], by_score: &[usize], iou_thr: F) -> Vec<Vec<usize>> {
    let mut rest: Vec<usize> = by_score.iter().copied().rev().collect();
    let mut clusters = Vec::new();
    while let Some(head) = rest.pop() {
        let overlaps = |i: usize| {
            let are_boxes = [head, i].iter().all(|&i| is_box(boxes[i], Convention::Continuous));
            are_boxes && iou(boxes[head], boxes[i], Convention::Continuous) >= iou_thr
        };
        let (members, others): (Vec<usize>, Vec<usize>) = rest.into_iter().partition(|&i| overlaps(i));
        clusters.push([head].into_iter().chain(members.into_iter().rev()).collect());
        rest = others;
    }
    clusters
}

/// The weights of negatives of which the first `ranked` are ranked.
fn weights<F: Float>(negatives: &[usize], ranked: usize, losses: &[F], k: f64, bias: f64) -> Vec<f64> {
    if ranked == 0 {
        return vec![1.0; negatives.len()];
    }
    let bound = negatives.len().max(ranked);
    let importance = (0..negatives.len()).map(|at| (bound - at.min(ranked - 1)) as f64 / bound as f64);
    let weights: Vec<f64> = importance.map(|importance| (bias + (1.0 - bias) * importance).powf(k)).collect();
    let loss = |&i: &usize| losses[i].to_f64().expect("a float converts to a float");
    let sum: f64 = negatives.iter().map(loss).sum();
    let weighted: f64 = negatives.iter().map(loss).zip(&weights).map(|(loss, weight)| loss * weight).sum();
    let scale = if weighted == 0.0 { 1.0 } else { sum / weighted };
    weights.into_iter().map(|weight| weight * scale).collect()
}
