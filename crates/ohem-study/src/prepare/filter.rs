//! Linear filters that score how much a window of one shape looks like an object.

use super::features::FEATURES;

/// Passes over the examples of the more frequent kind; the rarer ones are seen more often.
const EPOCHS: usize = 4;

/// The learning rate of the first step; it falls linearly to 0.
const RATE: f32 = 0.01;

/// The stride through the examples, which scatters them. It is prime, so that every example is seen.
const STRIDE: u64 = (1 << 31) - 1;

/// Weights of the features, and a bias.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Filter {
    weights: [f32; FEATURES],
    bias: f32,
}

impl Filter {
    /// Learns to tell objects from other windows by logistic regression, with one step for each kind in turn.
    ///
    /// Larger weights for the few objects would make their steps so large that the last ones decide. Returns `None` if
    /// one of the kinds has no examples.
    #[allow(clippy::cast_possible_truncation, reason = "the remainder is below a length")]
    pub(crate) fn learn(examples: &[(&[f32; FEATURES], bool)]) -> Option<Self> {
        let (objects, others): (Vec<_>, Vec<_>) = examples.iter().copied().partition(|example| example.1);
        if objects.is_empty() || others.is_empty() {
            return None;
        }
        let mut filter = Self { weights: [0.0; FEATURES], bias: 0.0 };
        let steps = EPOCHS * objects.len().max(others.len());
        for step in 0..steps {
            let rate = RATE * (steps - step) as f32 / steps as f32;
            for (examples, wanted) in [(&objects, 1.0), (&others, 0.0)] {
                let features = examples[(step as u64 * STRIDE % examples.len() as u64) as usize].0;
                filter.step(features, wanted, rate);
            }
        }
        Some(filter)
    }

    /// Moves the probability of an example towards `wanted`.
    fn step(&mut self, features: &[f32; FEATURES], wanted: f32, rate: f32) {
        let step = rate * (wanted - 1.0 / (1.0 + libm::expf(-self.score(features))));
        for (weight, feature) in self.weights.iter_mut().zip(features) {
            *weight += step * feature;
        }
        self.bias += step;
    }

    /// Scores a window; higher means more like an object.
    pub(crate) fn score(&self, features: &[f32; FEATURES]) -> f32 {
        // Eight partial sums: a fixed order that vectorises.
        let mut sums = [0.0; 8];
        let (weights, features) = (self.weights.as_chunks::<8>().0, features.as_chunks::<8>().0);
        for (weights, features) in weights.iter().zip(features) {
            for ((sum, weight), feature) in sums.iter_mut().zip(weights).zip(features) {
                *sum += weight * feature;
            }
        }
        sums.iter().sum::<f32>() + self.bias
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_learns_to_tell_objects_from_the_rest() {
        let row = |value: f32| {
            let mut features = [0.3; FEATURES];
            features[7] = value;
            features
        };
        let rows: Vec<_> =
            (0..100).map(|i| (row(if i % 10 == 0 { 1.0 } else { -1.0 }), i % 10 == 0)).collect();
        let examples: Vec<_> = rows.iter().map(|(features, is_object)| (features, *is_object)).collect();
        let filter = Filter::learn(&examples).unwrap();
        assert!(filter.score(&row(1.0)) > 0.0 && filter.score(&row(-1.0)) < 0.0);
        assert_eq!(Filter::learn(&examples[1..9]), None);
        assert_eq!(Filter::learn(&[]), None);
    }

    #[test]
    fn few_objects_among_noise_are_learnt() {
        // All features are noise from -1 to 1; those of objects are a little higher.
        let row = |index: usize, is_object: bool| -> [f32; FEATURES] {
            let noise =
                |k: usize| ((index * 7919 + k * 104_729 + index * k * 31) % 1009) as f32 / 504.5 - 1.0;
            core::array::from_fn(|k| noise(k) + if is_object { 0.3 } else { 0.0 })
        };
        let rows: Vec<_> = (0..2000).map(|index| (row(index, index % 100 == 0), index % 100 == 0)).collect();
        let filter = Filter::learn(&rows.iter().map(|(row, is)| (row, *is)).collect::<Vec<_>>()).unwrap();
        let scores = |is_object| (5000..5100).map(move |index| (row(index, is_object), is_object));
        let right =
            |(features, is_object): ([f32; FEATURES], bool)| (filter.score(&features) > 0.0) == is_object;
        let rights = scores(true).chain(scores(false)).filter(|&example| right(example)).count();
        assert!(rights >= 180, "{rights} of 200");
    }
}
