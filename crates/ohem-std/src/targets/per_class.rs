//! Regression targets, spread over the columns of a network's output.

use ohem_core::{Float, InputError, Match, targets};

use super::ExpandConfig;
use crate::memory::zeros;

/// Targets with columns for each class: three tables of `n x 4K`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PerClassTargets<F> {
    /// The targets, in the columns of the RoI's class.
    pub targets: Vec<F>,
    /// The inside weights, in the same columns.
    pub inside_weights: Vec<F>,
    /// 1 for each inside weight above 0.
    pub outside_weights: Vec<F>,
}

impl<F: Float> PerClassTargets<F> {
    fn zeros(rows: usize, config: &ExpandConfig) -> Self {
        // Each is allocated as zeros, which the system has ready; a clone would copy them.
        let table = || zeros(rows.saturating_mul(config.classes).saturating_mul(4));
        Self { targets: table(), inside_weights: table(), outside_weights: table() }
    }

    fn lend(&mut self) -> targets::PerClassTargets<'_, F> {
        targets::PerClassTargets {
            targets: &mut self.targets,
            inside_weights: &mut self.inside_weights,
            outside_weights: &mut self.outside_weights,
        }
    }
}

/// Spreads targets over `n x 4K` columns, with their weights.
///
/// See [`ohem_core::targets::expand_per_class`]. O(4nK).
///
/// # Errors
///
/// If there are not as many classes as targets, a class is not below [`ExpandConfig::classes`], or there is no
/// memory for the tables: their length is named as expected, and 0 as found.
///
/// # Examples
///
/// ```
/// use ohem_std::Match;
/// use ohem_std::targets::{ExpandConfig, expand_per_class};
///
/// let classes = [Match::object(1), Match::BACKGROUND];
/// let targets = [[0.1, 0.2, 0.3, 0.4], [0.0; 4]];
/// let expanded = expand_per_class(&classes, &targets, &ExpandConfig::new(2))?;
/// assert_eq!(expanded.targets[..8], [0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4]);
/// assert_eq!(expanded.inside_weights.iter().sum::<f64>(), 4.0);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn expand_per_class<F: Float>(
    classes: &[Match],
    targets: &[[F; 4]],
    config: &ExpandConfig,
) -> Result<PerClassTargets<F>, InputError> {
    let mut out = PerClassTargets::zeros(classes.len(), config);
    targets::expand_per_class(classes, targets, config, out.lend())?;
    Ok(out)
}

/// Spreads the targets of selected RoIs over `4K` columns, with their weights.
///
/// Only these rows are ever made. See [`ohem_core::targets::expand_per_class_rows`]. O(n + 4K x indices).
///
/// # Errors
///
/// As [`expand_per_class`], and if an index names no RoI.
///
/// # Examples
///
/// ```
/// use ohem_std::Match;
/// use ohem_std::targets::{ExpandConfig, expand_per_class_rows};
///
/// let classes = [Match::BACKGROUND, Match::BACKGROUND, Match::object(1)];
/// let targets = [[0.0; 4], [0.0; 4], [0.1, 0.2, 0.3, 0.4]];
/// let expanded = expand_per_class_rows(&[2], &classes, &targets, &ExpandConfig::new(2))?;
/// assert_eq!(expanded.targets, [0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn expand_per_class_rows<F: Float>(
    indices: &[u32],
    classes: &[Match],
    targets: &[[F; 4]],
    config: &ExpandConfig,
) -> Result<PerClassTargets<F>, InputError> {
    let mut out = PerClassTargets::zeros(indices.len(), config);
    targets::expand_per_class_rows(indices, classes, targets, config, out.lend())?;
    Ok(out)
}
