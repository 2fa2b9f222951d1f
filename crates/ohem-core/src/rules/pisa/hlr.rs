//! Score-HLR: clusters of candidates, their ranking, and the weights it gives.

use super::{PisaConfig, ScoredRois};
use crate::rank::order;
use crate::{Convention, Float, RankKey};

impl PisaConfig {
    /// The weight of the ranked negative `rank` of `count`, before it is scaled: from 0 to 1.
    fn weight<F: Float>(&self, rank: usize, count: usize) -> F {
        let importance = (count - rank.min(count)) as f64 / count as f64;
        F::from_f64(libm::pow(self.bias + (1.0 - self.bias) * importance, self.k))
    }
}

impl<F: Float> ScoredRois<'_, F> {
    /// Whether two RoIs belong to one cluster. An invalid box belongs to no other's cluster.
    fn overlap(&self, one: u32, other: u32, iou_thr: F) -> bool {
        const CONVENTION: Convention = Convention::Continuous;
        match (self.boxes.get(one as usize), self.boxes.get(other as usize)) {
            (Some(one), Some(other)) => {
                let are_boxes = one.is_box(CONVENTION) && other.is_box(CONVENTION);
                are_boxes && one.iou(other, CONVENTION) >= iou_thr
            }
            _ => false,
        }
    }

    /// Sorts candidates by score, and writes the place of each within its cluster.
    pub(super) fn rank(&self, candidates: &mut [u32], config: &PisaConfig, ranks: &mut [u32]) {
        const UNRANKED: u32 = u32::MAX;
        ranks.fill(UNRANKED);
        order::sort(candidates, |roi| self.key(roi));
        let iou_thr = F::from_f64(config.iou_thr);
        // The highest score that belongs to no cluster yet is the head of the next one.
        let mut rest: &[u32] = candidates;
        while let Some((&head, lower)) = rest.split_first() {
            rest = lower;
            let Some(of_head) = ranks.get_mut(head as usize).filter(|rank| **rank == UNRANKED) else {
                continue;
            };
            *of_head = 0;
            let mut next = 1;
            // Lower scores come in their order, so that the place within the cluster is a count.
            for &roi in lower {
                let Some(rank) = ranks.get_mut(roi as usize) else { continue };
                if *rank == UNRANKED && self.overlap(head, roi, iou_thr) {
                    *rank = next;
                    next += 1;
                }
            }
        }
    }

    /// Moves the candidates of the highest score-HLR to the front: by the place within clusters, then by score.
    pub(super) fn move_best_to_front(&self, candidates: &mut [u32], max: usize, ranks: &[u32]) {
        let key = |roi: u32| (ranks.get(roi as usize).copied().unwrap_or(u32::MAX), self.key(roi));
        if let (Some(last), true) = (max.checked_sub(1), max < candidates.len()) {
            order::select_nth(candidates, last, key);
        }
        let best = max.min(candidates.len());
        order::sort(candidates.get_mut(..best).unwrap_or_default(), key);
    }

    /// Writes the weights of the negatives selected, of which `ranked` candidates come first.
    pub(super) fn weigh(&self, negatives: &[u32], ranked: usize, config: &PisaConfig, weights: &mut [F]) {
        let (count, last) = (negatives.len().max(ranked), ranked.min(negatives.len()).saturating_sub(1));
        let (mut sum, mut weighted_sum) = (0.0, 0.0);
        // The sum is that of weights as they are stored, so that rounding them does not change the loss.
        for (nth, (&roi, weight)) in negatives.iter().zip(weights.iter_mut()).enumerate() {
            *weight = config.weight(nth.min(last), count);
            sum += self.loss(roi);
            weighted_sum += self.loss(roi) * RankKey::to_f64(*weight);
        }
        let scale = if ranked == 0 || weighted_sum == 0.0 { 1.0 } else { sum / weighted_sum };
        for weight in weights.iter_mut().take(negatives.len()) {
            *weight = F::from_f64(RankKey::to_f64(*weight) * scale);
        }
    }
}
