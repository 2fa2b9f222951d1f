//! Losses from the probabilities of the classes, of which only that of the label counts.

use csv::StringRecord;
use ohem_std::{Float, loss};

use crate::error::{Problem, TableError};
use crate::names::canonical;

/// The float type that losses are computed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// 32 bits.
    F32,
    /// 64 bits.
    F64,
}

/// The columns `p0`, `p1` and so on, up to the first that is not there.
///
/// # Errors
///
/// If not even `p0` is there, or there are two of a name.
pub(crate) fn columns(
    names: &[String],
    find: impl Fn(&str) -> Result<usize, TableError>,
) -> Result<Vec<usize>, TableError> {
    let more = |class: &usize| *class == 0 || names.contains(&format!("p{class}"));
    (0..).take_while(more).map(|class| find(&format!("p{class}"))).collect()
}

/// The probability of a row's own label, after a look at all of them.
pub(crate) fn own(record: &StringRecord, columns: &[usize], label: usize) -> Result<f64, (usize, Problem)> {
    let text = record[label].trim();
    let refuse = || (label, Problem::NoClass { label: text.to_owned(), classes: columns.len() });
    let own = class(text).and_then(|class| columns.get(class)).ok_or_else(refuse)?;
    for &column in columns {
        crate::read::number(record, column)?;
    }
    crate::read::number(record, *own)
}

/// The class that a label is a whole number of.
pub(crate) fn class(label: &str) -> Option<usize> {
    canonical(label).parse::<i64>().ok()?.try_into().ok()
}

/// The losses, computed in the precision that they will be ranked in.
pub(crate) fn losses(own: &[f64], precision: Precision) -> Vec<f64> {
    match precision {
        Precision::F32 => cross_entropy::<f32>(own),
        Precision::F64 => cross_entropy::<f64>(own),
    }
}

/// As of a table with one column, where every label is its.
fn cross_entropy<F: Float>(own: &[f64]) -> Vec<f64> {
    let own: Vec<F> = own.iter().copied().map(F::from_f64).collect();
    let losses = loss::probability_cross_entropy(&own, 1, &vec![0; own.len()]);
    let losses = losses.expect("there is a label for each, and it is below 1");
    losses.into_iter().map(ohem_std::RankKey::to_f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_whole_numbers() {
        assert_eq!(["0", "2.0", "+3", "007"].map(class), [Some(0), Some(2), Some(3), Some(7)]);
        assert_eq!(["-1", "1.5", "cat", ""].map(class), [None; 4]);
    }

    #[test]
    fn the_least_probability_is_that_of_the_reference() {
        assert_eq!(losses(&[0.5, 0.0], Precision::F64), [core::f64::consts::LN_2, 36.043_653_389_117_15]);
        assert_eq!(losses(&[0.5], Precision::F32), [f64::from(core::f32::consts::LN_2)]);
        assert!(losses(&[f64::NAN], Precision::F32)[0].is_nan());
    }
}
