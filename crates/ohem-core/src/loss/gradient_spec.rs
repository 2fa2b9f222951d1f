//! For which RoIs a gradient is computed, by how much it is scaled, and in which rows it is written.

use crate::Float;
use crate::error::{InputError, LengthMismatch, OutOfRange};

/// What a backward pass asks of a gradient: for which RoIs, times which scale, in which rows.
///
/// ```
/// use ohem_core::loss::{GradientSpec, Layout, Reduction};
///
/// let selected = [2, 0];
/// let mean: f32 = Reduction::Mean.scale(3, selected.len());
/// let spec = GradientSpec::new(&selected).scale(mean).layout(Layout::Gathered);
/// assert_eq!(spec.scale, 0.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct GradientSpec<'a, F> {
    /// Indices of the RoIs that are trained on, such as those that mining selected.
    pub selected: &'a [u32],
    /// Factor of their gradients: see [`Reduction`].
    pub scale: F,
    /// Rows of the output.
    pub layout: Layout,
}

/// The rows of a gradient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// A row for every RoI, 0 for those not selected: for a backward pass over the whole batch.
    #[default]
    Dense,
    /// A row for every index, in the order of the indices: for a backward pass over the selected RoIs alone.
    Gathered,
}

/// How the loss of a training step is made from the losses of its RoIs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// The sum over the selected RoIs.
    Sum,
    /// The mean over the selected RoIs.
    #[default]
    Mean,
    /// The same mean, for a trainer that divides by the number of all RoIs itself.
    MeanOfAll,
}

impl Reduction {
    /// The factor of the gradients if `selected` of `total` RoIs are selected; 0 if `selected` is 0.
    ///
    /// ```
    /// use ohem_core::loss::Reduction;
    ///
    /// assert_eq!(Reduction::Sum.scale::<f32>(8, 2), 1.0);
    /// assert_eq!(Reduction::Mean.scale::<f32>(8, 2), 0.5);
    /// assert_eq!(Reduction::MeanOfAll.scale::<f32>(8, 2), 4.0);
    /// ```
    pub fn scale<F: Float>(self, total: usize, selected: usize) -> F {
        let factor = match self {
            _ if selected == 0 => 0.0,
            Self::Sum => 1.0,
            Self::Mean => 1.0 / selected as f64,
            Self::MeanOfAll => total as f64 / selected as f64,
        };
        F::from_f64(factor)
    }
}

impl<'a, F: Float> GradientSpec<'a, F> {
    /// Asks for the gradient of the sum of the selected losses, in a row for every RoI.
    pub fn new(selected: &'a [u32]) -> Self {
        Self { selected, scale: F::one(), layout: Layout::Dense }
    }

    /// Multiplies the gradients by a factor.
    pub fn scale(self, scale: F) -> Self {
        Self { scale, ..self }
    }

    /// Chooses the rows of the output.
    pub fn layout(self, layout: Layout) -> Self {
        Self { layout, ..self }
    }

    /// Checks indices and output, clears the output, and has each selected row written.
    #[inline(always)]
    pub(super) fn write_rows(
        &self,
        rows: usize,
        width: usize,
        out: &mut [F],
        mut write: impl FnMut(usize, &mut [F]),
    ) -> Result<(), InputError> {
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

    fn check(&self, rows: usize, width: usize, out: usize) -> Result<(), InputError> {
        OutOfRange::check_indices(self.selected, rows)?;
        let written = match self.layout {
            Layout::Dense => rows,
            Layout::Gathered => self.selected.len(),
        };
        LengthMismatch::check_table("values of the gradient (rows x columns)", written, width, out)?;
        Ok(())
    }
}
