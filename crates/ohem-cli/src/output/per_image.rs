//! How much of each image was selected.

use ohem_table::Table;

use crate::mined::Mined;

/// The least, the mean and the most of a count, over all images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    /// Of the image with fewest.
    pub(crate) min: usize,
    /// Over all images.
    pub(crate) mean: f64,
    /// Of the image with most.
    pub(crate) max: usize,
}

impl Spread {
    /// How many of the selected rows that count there are in each image; nothing if there are no images.
    pub(crate) fn of(table: &Table, mined: &Mined, counts: impl Fn(u32) -> bool) -> Option<Self> {
        let mut images = vec![0_usize; table.images.texts().len()];
        for &index in mined.selected.iter().filter(|&&index| counts(index)) {
            images[table.images.codes[index as usize] as usize] += 1;
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
    fn images_with_none_count() {
        assert_eq!(Spread::over(&[3, 0, 6]), Some(Spread { min: 0, mean: 3.0, max: 6 }));
        assert_eq!(Spread::over(&[]), None);
    }
}
