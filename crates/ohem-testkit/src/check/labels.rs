//! Labels in any numbering: where the background is, which type they have, and which RoIs are ignored.

use ohem_core::loss::{self, Classes, GradientSpec, Regression};
use ohem_core::{Float, InputError, InvalidKey, Key, Match};
use ohem_std::loss as in_vecs;

use crate::adapters::loss::Function;
use crate::compare::Bits;
use crate::generate::Head;

/// Losses and the gradients of all rows: of core's functions and std's, which must be the same.
fn computed<F: Float, L: Key>(
    function: Function,
    values: &[F],
    classes: Classes,
    labels: &[L],
) -> Result<[Bits<F>; 2], InputError> {
    let all: Vec<u32> = (0..).take(labels.len()).collect();
    let (spec, mut losses) = (GradientSpec::new(&all), vec![F::nan(); labels.len()]);
    let mut slopes = vec![F::nan(); values.len()];
    match function {
        Function::Softmax => {
            loss::cross_entropy(values, classes, labels, &mut losses)?;
            loss::cross_entropy_gradient(values, classes, labels, &spec, &mut slopes)?;
        }
        Function::Sigmoid => {
            loss::sigmoid_cross_entropy(values, classes, labels, &mut losses)?;
            loss::sigmoid_cross_entropy_gradient(values, classes, labels, &spec, &mut slopes)?;
        }
        Function::Probability => {
            loss::probability_cross_entropy(values, classes, labels, &mut losses)?;
            loss::probability_cross_entropy_gradient(values, classes, labels, &spec, &mut slopes)?;
        }
    }
    let std = match function {
        Function::Softmax => in_vecs::cross_entropy(values, classes, labels).and_then(|losses| {
            Ok([losses, in_vecs::cross_entropy_gradient(values, classes, labels, &spec)?])
        }),
        Function::Sigmoid => in_vecs::sigmoid_cross_entropy(values, classes, labels).and_then(|losses| {
            Ok([losses, in_vecs::sigmoid_cross_entropy_gradient(values, classes, labels, &spec)?])
        }),
        Function::Probability => {
            in_vecs::probability_cross_entropy(values, classes, labels).and_then(|losses| {
                Ok([losses, in_vecs::probability_cross_entropy_gradient(values, classes, labels, &spec)?])
            })
        }
    };
    let core = [losses, slopes].map(Bits);
    assert_eq!(std.map(|std| std.map(Bits)).as_ref(), Ok(&core), "std, and core");
    Ok(core)
}

/// Labels of a head with the background at any number are those renumbered to a background of 0.
///
/// Labels are below the number of columns, and under sigmoid at most that; the background is one of them.
///
/// # Panics
///
/// If a loss or gradient differs by a bit.
pub fn renumbered<F: Float>(function: Function, head: &Head, background: u32) {
    let values: Vec<F> = head.values.iter().map(|&value| F::from_f64(value)).collect();
    let classes = Classes::new(head.columns).background(background);
    // Softmax has a column for the background wherever it is; sigmoid has none, so that classes before it move up.
    let to_first = |label: u32| match function {
        Function::Sigmoid if label == background => 0,
        Function::Sigmoid if label < background => label + 1,
        Function::Sigmoid | Function::Softmax | Function::Probability => label,
    };
    let to_match = |label: u32| if label == background { Match::BACKGROUND } else { Match::object(label) };
    let first: Vec<u32> = head.labels.iter().map(|&label| to_first(label)).collect();
    let matches: Vec<Match> = head.labels.iter().map(|&label| to_match(label)).collect();
    let want = computed(function, &values, Classes::new(head.columns), &first);
    assert!(want.is_ok(), "{want:?}");
    assert_eq!(computed(function, &values, classes, &head.labels), want, "u32");
    assert_eq!(computed(function, &values, classes, &matches), want, "matches");
    let wide: Vec<i64> = head.labels.iter().map(|&label| label.into()).collect();
    assert_eq!(computed(function, &values, classes, &wide), want, "i64");
    let floats: Vec<f32> = head.labels.iter().map(|&label| f32::from_f64(label.into())).collect();
    assert_eq!(computed(function, &values, classes, &floats), want, "f32");
}

/// RoIs that are ignored, or invalid where that is ignored, have losses and gradients of 0; the others are as before.
///
/// # Panics
///
/// If that is not so.
pub fn ignored<F: Float>(function: Function, head: &Head, is_ignored: impl Fn(usize) -> bool) {
    let (values, classes) = (head.values.iter().map(|&value| F::from_f64(value)), Classes::new(head.columns));
    let values: Vec<F> = values.collect();
    let [losses, slopes] = computed(function, &values, classes, &head.labels).expect("labels of columns");
    let zero = |of: Bits<F>, width: usize| {
        let value = |(at, value)| if is_ignored(at / width) { F::zero() } else { value };
        Bits(of.0.into_iter().enumerate().map(value).collect())
    };
    let want = Ok([zero(losses, 1), zero(slopes, head.columns)]);
    let label = |of: fn(u32) -> i64, instead: i64| -> Vec<i64> {
        let label = |(row, &label): (usize, &u32)| if is_ignored(row) { instead } else { of(label) };
        head.labels.iter().enumerate().map(label).collect()
    };
    let marked = label(i64::from, u32::MAX.into());
    assert_eq!(computed(function, &values, classes, &marked), want, "ignored");
    for invalid in [-1, 1 << 40, i64::MIN, 1000] {
        let labels = label(i64::from, invalid);
        let lenient = classes.invalid_labels(InvalidKey::Ignore);
        assert_eq!(computed(function, &values, lenient, &labels), want, "{invalid} is ignored");
        let refused = computed(function, &values, classes, &labels).err();
        let first = (0..labels.len()).find(|&row| is_ignored(row));
        assert_eq!(refused.map(position), first, "{invalid} is refused");
    }
}

fn position(error: InputError) -> usize {
    match error {
        InputError::OutOfRange(fault) => {
            assert_eq!(fault.what, "label");
            fault.position
        }
        error => panic!("{error}"),
    }
}

/// Boxes with columns for each class, the background last, are those with its columns first.
///
/// `tables` are predictions and targets of `labels.len() x 4 x classes`; labels from 0 to `classes` inclusive.
///
/// # Panics
///
/// If a loss or gradient differs by a bit.
pub fn boxes<F: Float>(labels: &[u32], classes: usize, tables: [&[f64]; 2]) {
    let last = u32::try_from(classes).expect("few classes");
    let narrow = tables.map(|table| table.iter().map(|&value| F::from_f64(value)).collect::<Vec<F>>());
    let in_front = |table: &Vec<F>| -> Vec<F> {
        let rows = table.chunks(4 * classes).map(|row| [&[F::nan(); 4][..], row].concat());
        rows.flatten().collect()
    };
    let shifted: Vec<u32> = labels.iter().map(|&label| if label == last { 0 } else { label + 1 }).collect();
    let [deltas, targets] = [in_front(&narrow[0]), in_front(&narrow[1])];
    let first = Regression::new(&shifted, &deltas, &targets).expect("whole rows");
    let [losses, slopes] = regressed(&first);
    let width = 4 * classes + 4;
    let behind = slopes.0.iter().enumerate().filter(|(at, _)| at % width >= 4).map(|(_, &slope)| slope);
    let want = [losses, Bits(behind.collect())];
    let background_last = Regression::new(labels, &narrow[0], &narrow[1]).expect("whole rows");
    assert_eq!(regressed(&background_last.background(last)), want, "u32");
    let to_match = |&label: &u32| if label == last { Match::BACKGROUND } else { Match::object(label) };
    let matches: Vec<Match> = labels.iter().map(to_match).collect();
    let regression = Regression::new(&matches, &narrow[0], &narrow[1]).expect("whole rows");
    assert_eq!(regressed(&regression.background(last)), want, "matches");
}

fn regressed<F: Float, L: Key>(regression: &Regression<'_, F, L>) -> [Bits<F>; 2] {
    let all: Vec<u32> = (0..).take(regression.len()).collect();
    let spec = GradientSpec::new(&all);
    let (mut losses, mut slopes) =
        (vec![F::nan(); all.len()], vec![F::nan(); all.len() * regression.columns()]);
    loss::regression_losses(regression, &mut losses).expect("labels with columns");
    loss::regression_gradient(regression, &spec, &mut slopes).expect("labels with columns");
    let core = [losses, slopes].map(Bits);
    let losses = in_vecs::regression_losses(regression).expect("labels with columns");
    let slopes = in_vecs::regression_gradient(regression, &spec).expect("labels with columns");
    assert_eq!([losses, slopes].map(Bits), core, "std, and core");
    core
}
