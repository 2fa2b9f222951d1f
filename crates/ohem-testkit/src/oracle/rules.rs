//! The mining rules of other frameworks, as naively as they can be written.

use num_traits::Float;

use super::{Convention, Nan, Suppress, draw, nms, rank};

/// R-FCN: walks all losses hardest first, and takes one while its image's quota is not full.
///
/// ```
/// use ohem_testkit::oracle::{Nan, rules::rfcn};
///
/// assert_eq!(rfcn(&[0, 0, 1, 0], &[0.5, 0.9, 0.3, 0.8], 2, Nan::Error), Ok(vec![1, 3, 2]));
/// ```
pub fn rfcn<H: PartialOrd + Copy>(
    images: &[u32],
    losses: &[H],
    quota: usize,
    nan: Nan,
) -> Result<Vec<usize>, usize> {
    let mut selected: Vec<usize> = Vec::new();
    for index in rank(losses, nan)? {
        if selected.iter().filter(|&&other| images[other] == images[index]).count() < quota {
            selected.push(index);
        }
    }
    Ok(selected)
}

/// TensorFlow: NMS over all anchors, the first `num_hard`, and of those the positives and some negatives.
///
/// `ignored_compete` is the original's way with ignored anchors.
///
/// ```
/// use ohem_testkit::oracle::{Nan, rules::tensorflow};
///
/// let boxes = [[0.0, 0.0, 1.0, 1.0], [5.0, 0.0, 6.0, 1.0], [9.0, 0.0, 10.0, 1.0]];
/// let mined = tensorflow(&boxes, &[1.0, 3.0, 2.0], &[0, -1, -1], 3, 0.7, Some((1.0, 0)), false, Nan::Error);
/// assert_eq!(mined, Ok(vec![1, 0]));
/// ```
#[expect(clippy::too_many_arguments, reason = "plain arguments, none of the types under test")]
#[expect(clippy::cast_possible_truncation, reason = "truncation is intended")]
pub fn tensorflow<F: Float, H: PartialOrd + Copy>(
    boxes: &[[F; 4]],
    losses: &[H],
    matches: &[i32],
    num_hard: usize,
    iou_threshold: F,
    negatives: Option<(f32, usize)>,
    ignored_compete: bool,
    nan: Nan,
) -> Result<Vec<usize>, usize> {
    rank(losses, nan)?;
    let part: Vec<usize> = (0..losses.len()).filter(|&i| ignored_compete || matches[i] >= -1).collect();
    let mut kept = nms_of(&part, boxes, losses, iou_threshold, nan);
    kept.truncate(num_hard);
    let Some((ratio, least)) = negatives else { return Ok(kept) };
    let positives = kept.iter().filter(|&&i| matches[i] >= 0).count();
    let most = ((ratio * positives as f32) as usize).max(least);
    let mut mined = Vec::new();
    for (place, &i) in kept.iter().enumerate() {
        let so_far = kept[..=place].iter().filter(|&&i| matches[i] == -1).count();
        if matches[i] >= 0 || so_far <= most {
            mined.push(i);
        }
    }
    Ok(mined)
}

/// Caffe-SSD: ranks the anchors that compete, or lets NMS do it, and takes the first `most`.
///
/// `nms_rule` is (threshold, how many to look at, least area).
///
/// ```
/// use ohem_testkit::oracle::{Nan, rules::ssd};
///
/// let boxes: [[f64; 4]; 3] = [[0.0; 4]; 3];
/// assert_eq!(ssd(&boxes, &[1.0, 3.0, 2.0], &[true, false, true], 1, None, Nan::Error), Ok(vec![2]));
/// ```
pub fn ssd<F: Float, H: PartialOrd + Copy>(
    boxes: &[[F; 4]],
    losses: &[H],
    competes: &[bool],
    most: usize,
    nms_rule: Option<(F, usize, f64)>,
    nan: Nan,
) -> Result<Vec<usize>, usize> {
    let order: Vec<usize> = rank(losses, nan)?.into_iter().filter(|&i| competes[i]).collect();
    let mut mined = match nms_rule {
        None => order,
        Some((threshold, top_k, least_area)) => {
            let large = |&i: &usize| {
                let area = if super::is_box(boxes[i], Convention::Continuous) {
                    super::area(boxes[i], Convention::Continuous).to_f64().unwrap()
                } else {
                    0.0
                };
                area >= least_area
            };
            let part: Vec<usize> = order.into_iter().take(top_k).filter(large).collect();
            nms_of(&part, boxes, losses, threshold, nan)
        }
    };
    mined.truncate(most);
    Ok(mined)
}

/// mmdetection: the hardest positives, then the hardest negatives, a quota each. Returns both parts.
///
/// ```
/// use ohem_testkit::oracle::{Nan, rules::mmdet};
///
/// let mined = mmdet(&[1.0, 3.0, 2.0, 4.0], &[0, -1, 1, -1], 3, 0.4, None, Nan::Error);
/// assert_eq!(mined, Ok((vec![2], vec![3, 1])));
/// ```
#[expect(clippy::cast_possible_truncation, reason = "truncation is intended")]
pub fn mmdet<H: PartialOrd + Copy>(
    losses: &[H],
    matches: &[i32],
    num: usize,
    pos_fraction: f64,
    neg_pos_ub: Option<f64>,
    nan: Nan,
) -> Result<(Vec<usize>, Vec<usize>), usize> {
    let order = rank(losses, nan)?;
    let most = ((num as f64 * pos_fraction) as usize).min(num);
    let positives: Vec<usize> = order.iter().copied().filter(|&i| matches[i] >= 0).take(most).collect();
    let most = neg_pos_ub.map_or(usize::MAX, |ub| (ub * positives.len().max(1) as f64) as usize);
    let most = most.min(num - positives.len());
    let negatives = order.into_iter().filter(|&i| matches[i] == -1).take(most).collect();
    Ok((positives, negatives))
}

/// MONAI: positives at random, and negatives at random out of a pool of the hardest. Returns both parts.
///
/// Each part is drawn ([`draw`]) from its RoIs, hardest first, by the numbers that `next` gives. There are as many
/// negatives as the fractions' ratio to the positives allows, or `min_negatives` if those are more, and `pool_size`
/// times as many in the pool.
///
/// ```
/// use ohem_testkit::oracle::{Nan, rules::monai};
///
/// let mined = monai(&[0.9, 0.1, 0.8, 0.7], &[0, -1, -1, -1], 2, 0.5, 1, 2.0, Nan::Error, &mut || u32::MAX);
/// assert_eq!(mined, Ok((vec![0], vec![3]))); // the last of the two hardest negatives
/// ```
#[expect(clippy::too_many_arguments, reason = "plain arguments, none of the types under test")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "truncation is intended")]
pub fn monai<H: PartialOrd + Copy>(
    losses: &[H],
    matches: &[i32],
    batch_size: usize,
    positive_fraction: f64,
    min_negatives: usize,
    pool_size: f64,
    nan: Nan,
    next: &mut dyn FnMut() -> u32,
) -> Result<(Vec<usize>, Vec<usize>), usize> {
    let order = rank(losses, nan)?;
    let part = |wanted: fn(i32) -> bool| order.iter().copied().filter(move |&i| wanted(matches[i]));
    let most = ((batch_size as f64 * positive_fraction) as usize).min(batch_size);
    let positives = draw(&part(|matched| matched >= 0).collect::<Vec<_>>(), most, next);

    let ratio = (1.0 - 1.0 / positive_fraction).abs();
    let wanted = ((positives.len().max(1) as f64 * ratio) as usize).max(min_negatives);
    let wanted = wanted.min(matches.iter().filter(|&&matched| matched == -1).count());
    let pool = part(|matched| matched == -1).take((wanted as f64 * pool_size) as usize);
    let negatives = draw(&pool.collect::<Vec<_>>(), wanted, next);
    Ok((positives, negatives))
}

/// Segmentation: pixels above the threshold, or the hardest `min_kept` if those are more.
///
/// ```
/// use ohem_testkit::oracle::rules::segmentation;
///
/// assert_eq!(segmentation(&[0.2, 0.9, 0.4, 0.4], &[true; 4], 0.5, 2), [false, true, true, false]);
/// ```
pub fn segmentation<H: PartialOrd + Copy>(
    losses: &[H],
    counts: &[bool],
    threshold: H,
    min_kept: usize,
) -> Vec<bool> {
    let order = rank(losses, Nan::Skip).expect("NaNs are skipped");
    let order: Vec<usize> = order.into_iter().filter(|&i| counts[i]).collect();
    let passing = order.iter().filter(|&&i| losses[i] > threshold).count();
    let mut kept = vec![false; losses.len()];
    for &i in order.iter().take(passing.max(min_kept)) {
        kept[i] = true;
    }
    kept
}

/// Which pixels a threshold on the probability keeps when fewer than `min_kept` are below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// Exactly `min_kept`.
    Exact,
    /// Those below the probability at place `min_kept`, or the last one.
    Mmsegmentation,
    /// Those below the probability at the place before; all if `min_kept` is 0, or at least their number.
    PaddleSeg,
}

/// Segmentation by the probability of the true class: pixels below the threshold, or some of the lowest.
///
/// ```
/// use ohem_testkit::oracle::rules::{Counting, by_probability};
///
/// let kept = by_probability(&[0.8, 0.9, 0.7, 0.9], &[true; 4], 0.5, 2, Counting::Mmsegmentation);
/// assert_eq!(kept, [true, false, true, false]);
/// ```
pub fn by_probability<F: Float>(
    probabilities: &[F],
    counts: &[bool],
    threshold: F,
    min_kept: usize,
    counting: Counting,
) -> Vec<bool> {
    let part = |i: usize| counts[i] && !probabilities[i].is_nan();
    let mut sorted: Vec<F> = (0..counts.len()).filter(|&i| part(i)).map(|i| probabilities[i]).collect();
    sorted.sort_by(|a, b| a.partial_cmp(b).expect("NaNs are left out"));
    let all = min_kept == 0 || min_kept >= sorted.len();
    let place = match counting {
        Counting::Exact => {
            let hardness: Vec<F> = probabilities.iter().map(|&probability| -probability).collect();
            return segmentation(&hardness, counts, -threshold, min_kept);
        }
        Counting::PaddleSeg if all => return (0..counts.len()).map(part).collect(),
        Counting::PaddleSeg => min_kept - 1,
        Counting::Mmsegmentation => min_kept.min(sorted.len().saturating_sub(1)),
    };
    let threshold = sorted.get(place).map_or(threshold, |&at_place| at_place.max(threshold));
    (0..counts.len()).map(|i| part(i) && probabilities[i] < threshold).collect()
}

/// NMS in one group, among some of the boxes only.
fn nms_of<F: Float, H: PartialOrd + Copy>(
    part: &[usize],
    boxes: &[[F; 4]],
    losses: &[H],
    threshold: F,
    nan: Nan,
) -> Vec<usize> {
    let mut part = part.to_vec();
    part.sort_unstable(); // so that ties within the part are those of the whole
    let boxes: Vec<_> = part.iter().map(|&i| boxes[i]).collect();
    let losses: Vec<_> = part.iter().map(|&i| losses[i]).collect();
    let groups = vec![(0, 0); part.len()];
    let kept = nms(&boxes, &groups, &losses, threshold, Suppress::Above, Convention::Continuous, nan);
    kept.expect("NaNs were found before").into_iter().map(|i| part[i]).collect()
}
