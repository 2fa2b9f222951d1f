//! Which rows a backward pass wants, by how much they are scaled, and where they go.

use super::LossError;
use super::error::check_out;
use crate::Float;

/// What a backward pass asks of a gradient: of which RoIs, scaled by how much, in which rows.
///
/// ```
/// use ohem_core::loss::{GradientSpec, Reduction};
///
/// let selected = [2, 0];
/// let mean: f32 = Reduction::Mean.scale(3, selected.len());
/// let backward = GradientSpec::new(&selected).scale(mean).gathered();
/// assert_eq!(backward.scale, 0.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct GradientSpec<'a, F> {
    /// The RoIs selected.
    pub selected: &'a [u32],
    /// What their gradients are multiplied by: see [`Reduction`].
    pub scale: F,
    /// Where rows go.
    pub layout: Layout,
}

/// Where the rows of a gradient go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// A row for every RoI, 0 where it was not selected: for a backward pass over the whole batch.
    #[default]
    Dense,
    /// A row for every index, in the order of the indices: for a backward pass over the hard ones alone.
    Gathered,
}

/// What the loss of a step is, of the losses of its RoIs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// Their sum.
    Sum,
    /// Their mean over those selected.
    #[default]
    Mean,
    /// The same mean, for a trainer that itself divides by the number of all RoIs.
    MeanOfAll,
}

impl Reduction {
    /// What to multiply gradients by, if `selected` of `total` RoIs were selected; 0 if none was.
    ///
    /// ```
    /// use ohem_core::loss::Reduction;
    ///
    /// assert_eq!(Reduction::Sum.scale::<f32>(8, 2), 1.0);
    /// assert_eq!(Reduction::Mean.scale::<f32>(8, 2), 0.5);
    /// assert_eq!(Reduction::MeanOfAll.scale::<f32>(8, 2), 4.0);
    /// ```
    pub fn scale<F: Float>(self, total: usize, selected: usize) -> F {
        let part = match self {
            _ if selected == 0 => 0.0,
            Self::Sum => 1.0,
            Self::Mean => 1.0 / selected as f64,
            Self::MeanOfAll => total as f64 / selected as f64,
        };
        F::from_f64(part)
    }
}

impl<'a, F: Float> GradientSpec<'a, F> {
    /// Asks for the gradient of the sum of the losses selected, in a row for every RoI.
    pub fn new(selected: &'a [u32]) -> Self {
        Self { selected, scale: F::one(), layout: Layout::Dense }
    }

    /// Asks for gradients multiplied by this.
    pub fn scale(self, scale: F) -> Self {
        Self { scale, ..self }
    }

    /// Asks for a row for every index instead, in their order.
    pub fn gathered(self) -> Self {
        Self { layout: Layout::Gathered, ..self }
    }

    /// Checks indices and output, and has each row selected written to a row of zeros.
    #[inline(always)]
    pub(super) fn rows(
        &self,
        rows: usize,
        width: usize,
        out: &mut [F],
        mut write: impl FnMut(usize, &mut [F]),
    ) -> Result<(), LossError> {
        self.check(rows, width, out.len())?;
        out.fill(F::zero());
        for (position, &index) in self.selected.iter().enumerate() {
            let row = match self.layout {
                Layout::Dense => index as usize,
                Layout::Gathered => position,
            };
            let out = out.get_mut(row.saturating_mul(width)..).and_then(|out| out.get_mut(..width));
            if let Some(out) = out {
                write(index as usize, out);
            }
        }
        Ok(())
    }

    /// Has each row selected written, given its row of a table with a column for each class, and its label.
    #[inline(always)]
    pub(super) fn labelled_rows(
        &self,
        table: &[F],
        classes: usize,
        labels: &[u32],
        out: &mut [F],
        mut write: impl FnMut(&[F], u32, &mut [F]),
    ) -> Result<(), LossError> {
        self.rows(
            labels.len(),
            classes,
            out,
            #[inline(always)]
            |index, out| {
                let row = table.get(index * classes..).unwrap_or_default();
                write(row, labels.get(index).copied().unwrap_or_default(), out);
            },
        )
    }

    fn check(&self, rows: usize, width: usize, places: usize) -> Result<(), LossError> {
        let missing = self.selected.iter().zip(0..).find(|&(&index, _)| index as usize >= rows);
        if let Some((&index, position)) = missing {
            return Err(LossError::Index { position, index, rows });
        }
        let written = match self.layout {
            Layout::Dense => rows,
            Layout::Gathered => self.selected.len(),
        };
        check_out(places, written.saturating_mul(width))
    }
}
