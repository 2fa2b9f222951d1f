//! A column of numbers, in as many bits as they need.

use std::borrow::Cow;

/// The numbers of a column, one for each row.
///
/// Numbers of 32 bits take half of the memory, and mining in that precision reads them without a copy.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// Numbers that 32 bits hold exactly.
    Singles(Vec<f32>),
    /// Any numbers.
    Doubles(Vec<f64>),
}

impl Numbers {
    /// The number of a row.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_cli::table::Numbers;
    ///
    /// assert_eq!(Numbers::Singles(vec![0.5, 1.0]).at(1), 1.0);
    /// ```
    #[inline]
    pub fn at(&self, row: usize) -> f64 {
        match self {
            Self::Singles(numbers) => numbers[row].into(),
            Self::Doubles(numbers) => numbers[row],
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Singles(numbers) => numbers.len(),
            Self::Doubles(numbers) => numbers.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The numbers of all rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = f64> {
        (0..self.len()).map(|row| self.at(row))
    }

    /// The numbers in single precision, rounded if the file has more.
    pub fn singles(&self) -> Cow<'_, [f32]> {
        #[expect(clippy::cast_possible_truncation, reason = "rounding is what the caller asks for")]
        let rounded = |number: &f64| *number as f32;
        match self {
            Self::Singles(numbers) => Cow::Borrowed(numbers),
            Self::Doubles(numbers) => Cow::Owned(numbers.iter().map(rounded).collect()),
        }
    }

    /// The numbers in double precision.
    pub fn doubles(&self) -> Cow<'_, [f64]> {
        match self {
            Self::Singles(_) => Cow::Owned(self.iter().collect()),
            Self::Doubles(numbers) => Cow::Borrowed(numbers),
        }
    }
}

impl Default for Numbers {
    fn default() -> Self {
        Self::Doubles(Vec::new())
    }
}

impl From<Vec<f64>> for Numbers {
    fn from(numbers: Vec<f64>) -> Self {
        Self::Doubles(numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_precisions_give_the_same_numbers() {
        let singles = Numbers::Singles(vec![0.1, -1.0, f32::INFINITY, 1e30]);
        let doubles = Numbers::from(singles.iter().collect::<Vec<_>>());
        assert_eq!((singles.len(), singles.at(1), doubles.at(1)), (4, -1.0, -1.0));
        assert_eq!((singles.singles(), singles.doubles()), (doubles.singles(), doubles.doubles()));
        assert!(
            matches!(singles.singles(), Cow::Borrowed(_)) && matches!(doubles.doubles(), Cow::Borrowed(_))
        );
        // A number beyond `f32` is infinite.
        assert_eq!(Numbers::from(vec![1e300]).singles()[..], [f32::INFINITY]);
    }
}
