//! How the selected RoIs are spread over the images.

use crate::command::mined::Mined;
use crate::table::RoiTable;

/// Minimum, mean and maximum of a count over all images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    /// Minimum.
    pub(crate) min: usize,
    /// Mean.
    pub(crate) mean: f64,
    /// Maximum.
    pub(crate) max: usize,
}

impl Spread {
    /// Counts the selected rows of each image that `counts` accepts; `None` if there are no images.
    pub(crate) fn of(table: &RoiTable, mined: &Mined, counts: impl Fn(u32) -> bool) -> Option<Self> {
        let mut images = vec![0_usize; table.images.texts().len()];
        for &index in mined.selected.iter().filter(|&&index| counts(index)) {
            images[table.images.ids[index as usize] as usize] += 1;
        }
        Self::over(&images)
    }

    fn over(counts: &[usize]) -> Option<Self> {
        let (&min, &max) = (counts.iter().min()?, counts.iter().max()?);
        Some(Self { min, mean: counts.iter().sum::<usize>() as f64 / counts.len() as f64, max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_without_selected_rois_count() {
        assert_eq!(Spread::over(&[3, 0, 6]), Some(Spread { min: 0, mean: 3.0, max: 6 }));
        assert_eq!(Spread::over(&[]), None);
    }
}
