//! Losses of rows, one by one.

use ohem_core::loss::{Classes, GradientSpec};
use ohem_core::{InputError, InvalidKey};

use super::super::naive::rounded;
use super::{Input, table};
use crate::oracle::loss;
use crate::registry::naive::{key, length};
use crate::registry::{Real, Refused, Sink, Words};

/// Adds losses that std computes. Its output is new, and has the right length.
pub(super) fn losses<F: Real>(
    input: &Input,
    compute: impl FnOnce(&[F], Classes, &[i64]) -> Result<Vec<F>, InputError>,
    out: &mut impl Sink,
) {
    let losses = compute(&table(&input.values), input.classes, &input.labels);
    let (checked, len) = (losses.as_ref().map(|_| ()).map_err(|error| *error), input.labels.len());
    if input.long {
        // Core refuses this; std has no such fault, unless there is another one.
        return refused::<F>(input, checked, out);
    }
    (checked, losses.unwrap_or(vec![F::one(); len])).add_to(out);
}

/// What core says of losses that are too many.
fn refused<F: Real>(input: &Input, checked: Result<(), InputError>, out: &mut impl Sink) {
    let len = input.labels.len();
    let checked = checked.map_err(Refused::from).and_then(|()| length(len, len + 1));
    (checked, vec![F::one(); len + 1]).add_to(out);
}

/// Adds a gradient that std computes.
pub(super) fn gradient<F: Real>(
    input: &Input,
    compute: impl FnOnce(&[F], Classes, &[i64], &GradientSpec<'_, F>) -> Result<Vec<F>, InputError>,
    out: &mut impl Sink,
) {
    let gradient = compute(&table(&input.values), input.classes, &input.labels, &input.spec.of());
    let checked = gradient.as_ref().map(|_| ()).map_err(|error| Refused::from(*error));
    let len = input.spec.rows(input.labels.len()) * input.classes.count + usize::from(input.spec.long);
    let long = if input.spec.long { length(len - 1, len) } else { Ok(()) };
    match (checked.and(long), gradient) {
        (Ok(()), Ok(gradient)) => (Ok::<_, Refused>(()), gradient).add_to(out),
        (refused, _) => (refused, vec![F::one(); len]).add_to(out),
    }
}

/// What a label stands for.
#[derive(Clone, Copy)]
enum Class {
    /// This column, counted from 0.
    Column(usize),
    /// None of the columns, and yet the RoI counts: background, where that has no column.
    NoColumn,
    Ignored,
    Invalid,
}

const BACKGROUND: u32 = 0xFFFF_FFFE;
const IGNORED: u32 = 0xFFFF_FFFF;

/// The class of a label where the background has a column.
fn with_background(input: &Input, label: i64) -> Class {
    let Classes { count, background, .. } = input.classes;
    match key(label) {
        Some(number) if (number as usize) < count => Class::Column(number as usize),
        Some(BACKGROUND) if (background as usize) < count => Class::Column(background as usize),
        Some(IGNORED) => Class::Ignored,
        _ => Class::Invalid,
    }
}

/// The class of a label where the background has none.
fn without_background(input: &Input, label: i64) -> Class {
    let Classes { count, background, .. } = input.classes;
    let column = |number: u32| if number > background { number as usize - 1 } else { number as usize };
    match key(label) {
        Some(number) if number == background || number == BACKGROUND => Class::NoColumn,
        Some(IGNORED) => Class::Ignored,
        Some(number) if column(number) < count => Class::Column(column(number)),
        _ => Class::Invalid,
    }
}

/// The classes of all labels, after the checks. `limit` is the first number that is too large.
fn classes(input: &Input, class: fn(&Input, i64) -> Class, limit: usize) -> Result<Vec<Class>, Refused> {
    length(input.labels.len() * input.classes.count, input.values.len())?;
    let classes: Vec<Class> = input.labels.iter().map(|&label| class(input, label)).collect();
    let invalid = classes.iter().position(|class| matches!(class, Class::Invalid));
    match invalid.filter(|_| input.classes.invalid_labels == InvalidKey::Error) {
        Some(position) => Err(Refused::OutOfRange { position, value: input.labels[position], limit }),
        None => Ok(classes),
    }
}

/// Where the background has no column, its number is one more that is known, if it lies among the others.
fn limit_without_background(input: &Input) -> usize {
    let Classes { count, background, .. } = input.classes;
    count + usize::from(background as usize <= count)
}

/// Adds the loss of each row.
fn add<F: Real>(
    input: &Input,
    classes: Result<Vec<Class>, Refused>,
    loss: impl Fn(&[f64], Option<usize>) -> f64,
    out: &mut impl Sink,
) {
    let (values, len) = (rounded::<F>(&input.values), input.labels.len() + usize::from(input.long));
    let checked = classes.and_then(|classes| length(input.labels.len(), len).map(|()| classes));
    let count = input.classes.count;
    let of_row = |(nth, class): (usize, &Class)| match class {
        Class::Column(column) => F::from_f64(loss(&values[nth * count..][..count], Some(*column))),
        Class::NoColumn => F::from_f64(loss(&values[nth * count..][..count], None)),
        Class::Ignored | Class::Invalid => F::zero(),
    };
    match checked {
        Ok(classes) => {
            let losses: Vec<F> = classes.iter().enumerate().map(of_row).collect();
            (Ok::<_, Refused>(()), losses).add_to(out);
        }
        Err(refused) => (Err::<(), _>(refused), vec![F::one(); len]).add_to(out),
    }
}

/// Adds the gradient of each selected row, in a float type that rounds as `in_type` says.
fn add_gradient<F: Real>(
    input: &Input,
    classes: Result<Vec<Class>, Refused>,
    gradient: impl Fn(usize, Option<usize>) -> Vec<F>,
    out: &mut impl Sink,
) {
    let count = input.classes.count;
    let checked = classes.as_ref().map(|_| ()).map_err(|refused| *refused);
    let classes = classes.unwrap_or_default();
    let of_row = |index: usize| match classes[index] {
        Class::Column(column) => gradient(index, Some(column)),
        Class::NoColumn => gradient(index, None),
        Class::Ignored | Class::Invalid => vec![F::zero(); count],
    };
    input.spec.add(input.labels.len(), count, checked, of_row, out);
}

/// Rows of rounded values, and the scale in the float type.
fn scaled<F: Real>(
    input: &Input,
    gradient: impl Fn(&[f64], Option<usize>) -> Vec<f64>,
) -> impl Fn(usize, Option<usize>) -> Vec<F> {
    let (values, count) = (rounded::<F>(&input.values), input.classes.count);
    let scale = rounded::<F>(&[input.spec.scale])[0];
    move |row, column| {
        let gradient = gradient(&values[row * count..][..count], column);
        gradient.into_iter().map(|value| F::from_f64(value * scale)).collect()
    }
}

pub(super) fn softmax<F: Real>(input: &Input, out: &mut impl Sink) {
    let loss = |row: &[f64], column: Option<usize>| loss::cross_entropy(row, column.expect("it has one"));
    add::<F>(input, classes(input, with_background, input.classes.count), loss, out);
}

pub(super) fn softmax_gradient<F: Real>(input: &Input, out: &mut impl Sink) {
    let gradient =
        |row: &[f64], column: Option<usize>| loss::cross_entropy_gradient(row, column.expect("it has one"));
    let classes = classes(input, with_background, input.classes.count);
    add_gradient::<F>(input, classes, scaled::<F>(input, gradient), out);
}

pub(super) fn probabilities<F: Real>(input: &Input, out: &mut impl Sink) {
    let loss = |row: &[f64], column: Option<usize>| {
        loss::probability_cross_entropy(row, column.expect("it has one"))
    };
    add::<F>(input, classes(input, with_background, input.classes.count), loss, out);
}

/// Nothing but one subtraction and one product a value, so this one is exact.
pub(super) fn probabilities_gradient<F: Real>(input: &Input, out: &mut impl Sink) {
    let (values, count) = (table::<F>(&input.values), input.classes.count);
    let scale = F::from_f64(input.spec.scale);
    let gradient = |row: usize, column: Option<usize>| {
        let row = &values[row * count..][..count];
        let gradient = loss::probability_cross_entropy_gradient(row, column.expect("it has one"));
        gradient.into_iter().map(|value| value * scale).collect()
    };
    add_gradient::<F>(input, classes(input, with_background, count), gradient, out);
}

/// The oracle numbers labels starting at 1, with the background as 0.
fn from_one(column: Option<usize>) -> usize {
    column.map_or(0, |column| column + 1)
}

pub(super) fn sigmoids<F: Real>(input: &Input, out: &mut impl Sink) {
    let loss = |row: &[f64], column| loss::sigmoid_cross_entropy(row, from_one(column));
    add::<F>(input, classes(input, without_background, limit_without_background(input)), loss, out);
}

pub(super) fn sigmoids_gradient<F: Real>(input: &Input, out: &mut impl Sink) {
    let gradient = |row: &[f64], column| loss::sigmoid_cross_entropy_gradient(row, from_one(column));
    let classes = classes(input, without_background, limit_without_background(input));
    add_gradient::<F>(input, classes, scaled::<F>(input, gradient), out);
}
