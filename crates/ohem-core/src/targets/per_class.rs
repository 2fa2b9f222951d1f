//! RegressionTargets targets, spread over the columns of a network's output.

use core::fmt;

use crate::Float;

use super::BACKGROUND;

/// How targets are spread.
///
/// ```
/// use ohem_core::targets::ExpandConfig;
///
/// assert_eq!(ExpandConfig::new(21).inside_weights, [1.0; 4]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ExpandConfig {
    /// How many classes there are, background among them.
    pub classes: usize,
    /// What the four values of a target are weighted by; the reference's `BBOX_INSIDE_WEIGHTS`.
    pub inside_weights: [f64; 4],
}

impl ExpandConfig {
    /// All four values count alike.
    pub const fn new(classes: usize) -> Self {
        Self { classes, inside_weights: [1.0; 4] }
    }

    /// Weights the four values of a target.
    pub const fn inside_weights(self, inside_weights: [f64; 4]) -> Self {
        Self { inside_weights, ..self }
    }
}

/// Where expanded targets are written: for each RoI a row of `4K` values, four for each class.
#[derive(Debug)]
pub struct Blobs<'a, F> {
    /// The targets, in the columns of the RoI's class.
    pub targets: &'a mut [F],
    /// The inside weights, in the same columns.
    pub inside_weights: &'a mut [F],
    /// 1 where the inside weight is above 0.
    pub outside_weights: &'a mut [F],
}

/// Spreads compact targets over `n x 4K` columns, with their weights.
///
/// A target fills the four columns of its class; everything else is 0, and so is the whole row of a RoI of
/// class 0. O(4nK).
///
/// Source: `_get_bbox_regression_labels` and `bbox_outside_weights` of the reference. A class that does not
/// exist is an error here; there it is cut off without a word, or counts from the end.
///
/// # Errors
///
/// If there are not as many classes as steps, a class is not below [`ExpandConfig::classes`], or a blob has not
/// `4K` places for each. Then nothing is written.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::{Blobs, ExpandConfig, expand};
///
/// let (mut targets, mut inside, mut outside) = ([9.0; 16], [9.0; 16], [9.0; 16]);
/// let blobs =
///     Blobs { targets: &mut targets, inside_weights: &mut inside, outside_weights: &mut outside };
/// let steps = [[0.1, 0.2, 0.3, 0.4], [0.0; 4]];
/// expand(&[1, 0], &steps, &ExpandConfig::new(2), blobs)?;
/// assert_eq!(targets[..8], [0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4]);
/// assert_eq!(inside[..8], [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
/// assert_eq!((targets[8..].iter().sum::<f64>(), outside), (0.0, inside));
/// # Ok::<(), ohem_core::targets::ExpandError>(())
/// ```
pub fn expand<F: Float>(
    classes: &[u32],
    steps: &[[F; 4]],
    config: &ExpandConfig,
    blobs: Blobs<'_, F>,
) -> Result<(), ExpandError> {
    check(classes, steps, config)?;
    write(classes.iter().copied().zip(steps.iter().copied()), classes.len(), config, blobs)
}

/// Spreads the compact targets of some RoIs over `4K` columns, with their weights.
///
/// What [`expand`] does and then a gather of these rows, without the `n x 4K` values between: a blob has one
/// row for each index, in that order. O(n + 4K x indices).
///
/// Source: `get_ohem_minibatch` of the reference, which gathers rows of blobs that are there already.
///
/// # Errors
///
/// As [`expand`], and if an index names no RoI. Then nothing is written.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::{Blobs, ExpandConfig, expand_rows};
///
/// let (mut targets, mut inside, mut outside) = ([9.0; 8], [9.0; 8], [9.0; 8]);
/// let blobs =
///     Blobs { targets: &mut targets, inside_weights: &mut inside, outside_weights: &mut outside };
/// let (classes, steps) = ([0, 0, 1], [[0.0; 4], [0.0; 4], [0.1, 0.2, 0.3, 0.4]]);
/// expand_rows(&[2], &classes, &steps, &ExpandConfig::new(2), blobs)?;
/// assert_eq!(targets, [0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4]);
/// # Ok::<(), ohem_core::targets::ExpandError>(())
/// ```
pub fn expand_rows<F: Float>(
    indices: &[u32],
    classes: &[u32],
    steps: &[[F; 4]],
    config: &ExpandConfig,
    blobs: Blobs<'_, F>,
) -> Result<(), ExpandError> {
    check(classes, steps, config)?;
    let stray = indices.iter().enumerate().find(|(_, index)| **index as usize >= classes.len());
    if let Some((position, &index)) = stray {
        return Err(ExpandError::Index { position, index, rows: classes.len() });
    }
    let row = |&index: &u32| {
        let row = classes.get(index as usize).zip(steps.get(index as usize));
        row.map_or((BACKGROUND, [F::zero(); 4]), |(&class, &step)| (class, step))
    };
    write(indices.iter().map(row), indices.len(), config, blobs)
}

/// Checks that classes and steps go together, and that every class has columns.
fn check<F>(classes: &[u32], steps: &[[F; 4]], config: &ExpandConfig) -> Result<(), ExpandError> {
    if classes.len() != steps.len() {
        return Err(ExpandError::Length { classes: classes.len(), steps: steps.len() });
    }
    let has_columns = |class: u32| class == BACKGROUND || (class as usize) < config.classes;
    match classes.iter().enumerate().find(|(_, class)| !has_columns(**class)) {
        Some((row, &class)) => Err(ExpandError::Class { row, class, classes: config.classes }),
        None => Ok(()),
    }
}

/// Writes rows of a class and a step each.
fn write<F: Float>(
    rows: impl Iterator<Item = (u32, [F; 4])>,
    count: usize,
    config: &ExpandConfig,
    Blobs { targets, inside_weights, outside_weights }: Blobs<'_, F>,
) -> Result<(), ExpandError> {
    let width = config.classes.saturating_mul(4);
    let needed = count.saturating_mul(width);
    for blob in [&*targets, &*inside_weights, &*outside_weights] {
        if blob.len() != needed {
            return Err(ExpandError::Room { places: blob.len(), needed });
        }
    }
    let inside = config.inside_weights.map(F::from_f64);
    let outside = inside.map(|weight| if weight > F::zero() { F::one() } else { F::zero() });
    let blobs = targets.chunks_exact_mut(width.max(1)).zip(inside_weights.chunks_exact_mut(width.max(1)));
    let blobs = blobs.zip(outside_weights.chunks_exact_mut(width.max(1)));
    for (((targets, inside_weights), outside_weights), (class, step)) in blobs.zip(rows) {
        put(targets, class, step);
        put(inside_weights, class, inside);
        put(outside_weights, class, outside);
    }
    Ok(())
}

/// Writes four values to the columns of a class, and 0 to the rest of the row.
fn put<F: Float>(row: &mut [F], class: u32, values: [F; 4]) {
    row.fill(F::zero());
    if class != BACKGROUND
        && let Some(columns) = row.as_chunks_mut().0.get_mut(class as usize)
    {
        *columns = values;
    }
}

/// Why targets could not be spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExpandError {
    /// There are not as many steps as classes.
    Length {
        /// How many classes there are.
        classes: usize,
        /// How many steps there are.
        steps: usize,
    },
    /// A class has no columns.
    Class {
        /// Which row it is of.
        row: usize,
        /// The class.
        class: u32,
        /// How many classes have columns.
        classes: usize,
    },
    /// An index names no RoI.
    Index {
        /// Where among the indices it stands.
        position: usize,
        /// The index.
        index: u32,
        /// How many RoIs there are.
        rows: usize,
    },
    /// A blob is not of the right length.
    Room {
        /// How many places it has.
        places: usize,
        /// How many it must have; `usize::MAX` if that is too many to count.
        needed: usize,
    },
}

impl fmt::Display for ExpandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { classes, steps } => write!(f, "{classes} classes, but {steps} targets"),
            Self::Class { row, class, classes } => {
                write!(f, "the target of row {row} is of class {class}, but there are {classes}")
            }
            Self::Index { position, index, rows } => {
                write!(f, "index {index} at position {position}, but {rows} rows")
            }
            Self::Room { places, needed } => write!(f, "room for {places} values, {needed} are needed"),
        }
    }
}

impl core::error::Error for ExpandError {}
