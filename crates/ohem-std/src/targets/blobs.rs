//! RegressionTargets targets, spread over the columns of a network's output.

use ohem_core::{Float, targets};

use super::{ExpandConfig, ExpandError};

/// Expanded targets: for each RoI a row of `4K` values, four for each class.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Blobs<F> {
    /// The targets, in the columns of the RoI's class.
    pub targets: Vec<F>,
    /// The inside weights, in the same columns.
    pub inside_weights: Vec<F>,
    /// 1 where the inside weight is above 0.
    pub outside_weights: Vec<F>,
}

impl<F: Float> Blobs<F> {
    fn zeros(rows: usize, config: &ExpandConfig) -> Self {
        // Each fresh from the system, which has zeros for nothing; a copy of zeros would be a copy.
        let zeros = || vec![F::zero(); rows.saturating_mul(config.classes).saturating_mul(4)];
        Self { targets: zeros(), inside_weights: zeros(), outside_weights: zeros() }
    }

    fn lend(&mut self) -> targets::Blobs<'_, F> {
        targets::Blobs {
            targets: &mut self.targets,
            inside_weights: &mut self.inside_weights,
            outside_weights: &mut self.outside_weights,
        }
    }
}

/// Spreads compact targets over `n x 4K` columns, with their weights.
///
/// Source: `_get_bbox_regression_labels` of the reference; see [`ohem_core::targets::expand`]. O(4nK).
///
/// # Errors
///
/// If there are not as many classes as steps, or a class is not below [`ExpandConfig::classes`].
///
/// # Examples
///
/// ```
/// use ohem_std::targets::{ExpandConfig, expand};
///
/// let blobs = expand(&[1, 0], &[[0.1, 0.2, 0.3, 0.4], [0.0; 4]], &ExpandConfig::new(2))?;
/// assert_eq!(blobs.targets[..8], [0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4]);
/// assert_eq!(blobs.inside_weights.iter().sum::<f64>(), 4.0);
/// # Ok::<(), ohem_std::targets::ExpandError>(())
/// ```
pub fn expand<F: Float>(
    classes: &[u32],
    steps: &[[F; 4]],
    config: &ExpandConfig,
) -> Result<Blobs<F>, ExpandError> {
    let mut blobs = Blobs::zeros(classes.len(), config);
    targets::expand(classes, steps, config, blobs.lend())?;
    Ok(blobs)
}

/// Spreads the compact targets of some RoIs over `4K` columns, with their weights.
///
/// Source: `get_ohem_minibatch` of the reference, which gathers rows of expanded blobs; here only these rows
/// are ever made. See [`ohem_core::targets::expand_rows`]. O(n + 4K x indices).
///
/// # Errors
///
/// As [`expand`], and if an index names no RoI.
///
/// # Examples
///
/// ```
/// use ohem_std::targets::{ExpandConfig, expand_rows};
///
/// let (classes, steps) = ([0, 0, 1], [[0.0; 4], [0.0; 4], [0.1, 0.2, 0.3, 0.4]]);
/// let blobs = expand_rows(&[2], &classes, &steps, &ExpandConfig::new(2))?;
/// assert_eq!(blobs.targets, [0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4]);
/// # Ok::<(), ohem_std::targets::ExpandError>(())
/// ```
pub fn expand_rows<F: Float>(
    indices: &[u32],
    classes: &[u32],
    steps: &[[F; 4]],
    config: &ExpandConfig,
) -> Result<Blobs<F>, ExpandError> {
    let mut blobs = Blobs::zeros(indices.len(), config);
    targets::expand_rows(indices, classes, steps, config, blobs.lend())?;
    Ok(blobs)
}
