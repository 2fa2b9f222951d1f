//! Losses from class probabilities: cross-entropy, for which only the probability of the label counts.

use csv::StringRecord;
use ohem_std::Float;
use ohem_std::loss::{self, Classes};

use super::cells::{CellProblem, number};
use super::error::{Problem, TableError};
use super::interned::canonical;
use super::requested::Precision;

/// The columns `p0`, `p1`, ..., up to the first number that is missing. O(columns).
///
/// # Errors
///
/// If `p0` is missing or a name is used twice.
pub(super) fn columns(
    names: &[String],
    find: impl Fn(&str) -> Result<usize, TableError>,
) -> Result<Vec<usize>, TableError> {
    let mut columns = vec![None; names.len()];
    let mut repeated = vec![false; names.len()];
    for (column, class) in
        names.iter().enumerate().filter_map(|(column, name)| Some((column, of_name(name)?)))
    {
        // A class beyond the number of columns comes after a missing class.
        if let Some(found) = columns.get_mut(class) {
            repeated[class] = found.is_some();
            *found = Some(column);
        }
    }
    let columns: Vec<usize> = columns.into_iter().map_while(|column| column).collect();
    // Looking for a name takes O(columns), so only a name that is missing or repeated is looked for: then it is refused.
    match repeated[..columns.len()].iter().position(|&repeated| repeated) {
        Some(class) => find(&format!("p{class}")).map(|_| columns),
        None if columns.is_empty() => find("p0").map(|_| columns),
        None => Ok(columns),
    }
}

/// The class whose probability a column has, by its name.
fn of_name(name: &str) -> Option<usize> {
    let digits = name.strip_prefix('p')?;
    let is_plain =
        digits == "0" || !digits.starts_with('0') && digits.bytes().all(|digit| digit.is_ascii_digit());
    if is_plain { digits.parse().ok() } else { None }
}

/// The probability of a row's own label. Checks that the others are numbers, too.
pub(super) fn of_label(record: &StringRecord, columns: &[usize], label: usize) -> Result<f64, CellProblem> {
    let text = record[label].trim();
    let refuse = || (label, Problem::UnknownClass { label: text.to_owned(), classes: columns.len() });
    let own = class(text).and_then(|class| columns.get(class)).ok_or_else(refuse)?;
    for &column in columns {
        number(record, column)?;
    }
    number(record, *own)
}

/// The class that a label names, if it is a whole number.
pub(super) fn class(label: &str) -> Option<usize> {
    canonical(label).parse::<i64>().ok()?.try_into().ok()
}

/// The losses, computed in the precision in which they will be ranked.
pub(super) fn losses(of_labels: &[f64], precision: Precision) -> Vec<f64> {
    match precision {
        Precision::F32 => cross_entropy::<f32>(of_labels),
        Precision::F64 => cross_entropy::<f64>(of_labels),
    }
}

/// Cross-entropy of a table whose one column is the probability of the label.
fn cross_entropy<F: Float>(of_labels: &[f64]) -> Vec<f64> {
    let column: Vec<F> = of_labels.iter().copied().map(F::from_f64).collect();
    let losses = loss::probability_cross_entropy(&column, Classes::new(1), &vec![0_u32; column.len()]);
    let losses = losses.expect("each row has the label 0 of one class");
    losses.into_iter().map(ohem_std::RankKey::to_f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_looked_for_by_name_only_to_be_refused() {
        let found = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            let looked = core::cell::RefCell::new(Vec::new());
            let columns = columns(&names, |name| {
                looked.borrow_mut().push(name.to_owned());
                Ok(0)
            });
            (columns.unwrap(), looked.into_inner())
        };
        let none = Vec::<String>::new();
        assert_eq!(found(&["p1", "x", "p0", "p3", "p01", "p+2", "p"]), (vec![2, 0], none.clone()));
        assert_eq!(found(&["x", "p1"]).1, ["p0"]);
        assert_eq!(found(&["p0", "p1", "p0", "p1", "p1", "p5", "p5"]).1, ["p0"]);
        assert_eq!(found(&["p0", "p5", "p5"]), (vec![0], none.clone()));
        let names: Vec<String> = (0..80_000).rev().map(|class| format!("p{class}")).collect();
        let all = columns(&names, |name| panic!("looked for {name}")).unwrap();
        assert!(all.iter().enumerate().all(|(class, &column)| column == 79_999 - class));
    }

    #[test]
    fn classes_are_whole_numbers() {
        assert_eq!(["0", "2.0", "+3", "007"].map(class), [Some(0), Some(2), Some(3), Some(7)]);
        assert_eq!(["-1", "1.5", "cat", ""].map(class), [None; 4]);
    }

    #[test]
    fn the_lowest_probability_is_that_of_the_original() {
        assert_eq!(losses(&[0.5, 0.0], Precision::F64), [core::f64::consts::LN_2, 36.043_653_389_117_15]);
        assert_eq!(losses(&[0.5], Precision::F32), [f64::from(core::f32::consts::LN_2)]);
        assert!(losses(&[f64::NAN], Precision::F32)[0].is_nan());
    }
}
