//! Regression targets, spread over the columns of a network's output.

use crate::error::{InputError, LengthMismatch, OutOfRange};
use crate::{Float, Match};

use super::label::check_numbers;

/// How targets are spread.
///
/// ```
/// use ohem_core::targets::ExpandConfig;
///
/// assert_eq!(ExpandConfig::new(21).inside_weights, [1.0; 4]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct ExpandConfig {
    /// Number of classes that have columns; the original counts the background among them.
    pub classes: usize,
    /// Weights of the four values of a target; the original's `BBOX_INSIDE_WEIGHTS`.
    pub inside_weights: [f64; 4],
}

impl ExpandConfig {
    /// Weights of 1.
    pub const fn new(classes: usize) -> Self {
        Self { classes, inside_weights: [1.0; 4] }
    }

    /// Sets the weights of the four values of a target.
    pub const fn inside_weights(self, inside_weights: [f64; 4]) -> Self {
        Self { inside_weights, ..self }
    }
}

/// Memory for targets with columns for each class: three tables of `n x 4K`.
#[derive(Debug)]
pub struct PerClassTargets<'a, F> {
    /// The targets, in the columns of the RoI's class.
    pub targets: &'a mut [F],
    /// The inside weights, in the same columns.
    pub inside_weights: &'a mut [F],
    /// 1 for each inside weight above 0.
    pub outside_weights: &'a mut [F],
}

/// Spreads targets over `n x 4K` columns, with their weights.
///
/// The target of class `k` fills the columns `4k..4k + 4`; everything else is 0, and so is the whole row of
/// a RoI whose class is background or ignored. O(4nK).
///
/// Source: `_get_bbox_regression_labels` and `bbox_outside_weights` of the original, which silently drops a
/// class out of range, or counts a negative one from the end. Here it is an error.
///
/// # Errors
///
/// If there are not as many classes as targets, a class is not below [`ExpandConfig::classes`], or a table
/// is not `n x 4K`. Nothing is written then.
///
/// # Examples
///
/// ```
/// use ohem_core::Match;
/// use ohem_core::targets::{ExpandConfig, PerClassTargets, expand_per_class};
///
/// let (mut targets, mut inside, mut outside) = ([9.0; 16], [9.0; 16], [9.0; 16]);
/// let out = PerClassTargets {
///     targets: &mut targets,
///     inside_weights: &mut inside,
///     outside_weights: &mut outside,
/// };
/// let classes = [Match::object(1), Match::BACKGROUND];
/// expand_per_class(&classes, &[[0.1, 0.2, 0.3, 0.4], [0.0; 4]], &ExpandConfig::new(2), out)?;
/// assert_eq!(targets[..8], [0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4]);
/// assert_eq!(inside[..8], [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
/// assert_eq!((targets[8..].iter().sum::<f64>(), outside), (0.0, inside));
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn expand_per_class<F: Float>(
    classes: &[Match],
    targets: &[[F; 4]],
    config: &ExpandConfig,
    out: PerClassTargets<'_, F>,
) -> Result<(), InputError> {
    check(classes, targets, config)?;
    write(classes.iter().copied().zip(targets.iter().copied()), classes.len(), config, out)?;
    Ok(())
}

/// Spreads the targets of selected RoIs over `4K` columns, with their weights.
///
/// The same as [`expand_per_class`] and a gather of these rows, without the `n x 4K` values in between: a
/// table has one row for each index, in the order of the indices. O(n + 4K x indices).
///
/// Source: `get_ohem_minibatch` of the original, which gathers rows of tables that exist already.
///
/// # Errors
///
/// As [`expand_per_class`], and if an index names no RoI. Nothing is written then.
///
/// # Examples
///
/// ```
/// use ohem_core::Match;
/// use ohem_core::targets::{ExpandConfig, PerClassTargets, expand_per_class_rows};
///
/// let (mut targets, mut inside, mut outside) = ([9.0; 8], [9.0; 8], [9.0; 8]);
/// let out = PerClassTargets {
///     targets: &mut targets,
///     inside_weights: &mut inside,
///     outside_weights: &mut outside,
/// };
/// let classes = [Match::BACKGROUND, Match::BACKGROUND, Match::object(1)];
/// let of_all = [[0.0; 4], [0.0; 4], [0.1, 0.2, 0.3, 0.4]];
/// expand_per_class_rows(&[2], &classes, &of_all, &ExpandConfig::new(2), out)?;
/// assert_eq!(targets, [0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn expand_per_class_rows<F: Float>(
    indices: &[u32],
    classes: &[Match],
    targets: &[[F; 4]],
    config: &ExpandConfig,
    out: PerClassTargets<'_, F>,
) -> Result<(), InputError> {
    check(classes, targets, config)?;
    OutOfRange::check_indices(indices, classes.len())?;
    let row = |&index: &u32| {
        let row = classes.get(index as usize).zip(targets.get(index as usize));
        row.map_or((Match::BACKGROUND, [F::zero(); 4]), |(&class, &target)| (class, target))
    };
    write(indices.iter().map(row), indices.len(), config, out)?;
    Ok(())
}

/// Checks that there is a target for each class, and that every class has columns.
fn check<F>(classes: &[Match], targets: &[[F; 4]], config: &ExpandConfig) -> Result<(), InputError> {
    LengthMismatch::check("targets", classes.len(), targets.len())?;
    check_numbers("class", classes, config.classes)?;
    Ok(())
}

/// Writes rows, each given by a class and a target.
fn write<F: Float>(
    rows: impl Iterator<Item = (Match, [F; 4])>,
    count: usize,
    config: &ExpandConfig,
    out: PerClassTargets<'_, F>,
) -> Result<(), LengthMismatch> {
    let width = config.classes.saturating_mul(4);
    LengthMismatch::check_table("target values (rows x 4 x classes)", count, width, out.targets.len())?;
    LengthMismatch::check_table(
        "inside weights (rows x 4 x classes)",
        count,
        width,
        out.inside_weights.len(),
    )?;
    LengthMismatch::check_table(
        "outside weights (rows x 4 x classes)",
        count,
        width,
        out.outside_weights.len(),
    )?;
    let inside = config.inside_weights.map(F::from_f64);
    let outside = inside.map(|weight| if weight > F::zero() { F::one() } else { F::zero() });
    // A chunk must not be empty; without columns there are no values, and so no chunks.
    let width = width.max(1);
    let weights = out.inside_weights.chunks_exact_mut(width).zip(out.outside_weights.chunks_exact_mut(width));
    let tables = out.targets.chunks_exact_mut(width).zip(weights);
    for ((targets, (inside_weights, outside_weights)), (class, target)) in tables.zip(rows) {
        put(targets, class, target);
        put(inside_weights, class, inside);
        put(outside_weights, class, outside);
    }
    Ok(())
}

/// Writes four values to the columns of a class, and 0 to the rest of the row.
fn put<F: Float>(row: &mut [F], class: Match, values: [F; 4]) {
    row.fill(F::zero());
    let fours = row.as_chunks_mut().0;
    if let Some(columns) = class.number().and_then(|class| fours.get_mut(class as usize)) {
        *columns = values;
    }
}
