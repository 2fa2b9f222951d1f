//! Losses of boxes, one by one; nothing in them depends on an order that is not promised.

use ohem_core::InvalidKey;

use super::{Cases, Input, Table, written};
use crate::oracle::loss;
use crate::registry::naive::{key, length};
use crate::registry::{Real, Refused, Sink, Words};

/// What std computes.
pub(super) fn std<F: Real>([_, losses, added, gradient]: Cases, input: &Input, out: &mut impl Sink) {
    use ohem_std::loss;

    let tables = input.tables::<F>();
    let Ok(regression) = input.regression(&tables) else { return };
    if !input.long {
        let computed = loss::regression_losses(&regression);
        let checked = computed.as_ref().map(|_| ()).map_err(|error| *error);
        out.answer(losses, "regression_losses");
        (checked, computed.unwrap_or(vec![F::one(); input.labels.len()])).add_to(out);
    }
    out.answer(added, "add_regression");
    written(input, |losses| loss::add_regression(&regression, losses), out);
    if !input.spec.long {
        let computed = loss::regression_gradient(&regression, &input.spec.of());
        let checked = computed.as_ref().map(|_| ()).map_err(|error| *error);
        let len = input.spec.rows(input.labels.len()) * regression.columns();
        out.answer(gradient, "regression_gradient");
        (checked, computed.unwrap_or(vec![F::one(); len])).add_to(out);
    }
}

/// The number of classes that have columns in a table, 1 if all share four.
fn classes(rois: usize, values: usize) -> Result<usize, Refused> {
    let four_each = rois * 4;
    if values == four_each {
        return Ok(1);
    }
    // The next length that makes whole rows.
    let mut expected = four_each.max(1);
    while expected < values {
        expected += four_each.max(1);
    }
    length(if rois == 0 { 0 } else { expected }, values)?;
    Ok(values / four_each)
}

/// The classes of each of the four tables; weights that are the same for all need no columns.
fn shapes(input: &Input) -> Result<[usize; 4], Refused> {
    let mut shapes = [1; 4];
    for (nth, table) in input.tables.iter().enumerate() {
        let same = nth >= 2 && input.same[nth - 2] && table.len() >= 4;
        shapes[nth] = if same { 1 } else { classes(input.labels.len(), table.len())? };
    }
    Ok(shapes)
}

/// What the number of an object must be below.
fn limit(shapes: [usize; 4]) -> usize {
    shapes.into_iter().filter(|&classes| classes > 1).min().unwrap_or(0xFFFF_FFFE)
}

/// The object of a label, if it is one.
fn object(input: &Input, label: i64, limit: usize) -> Option<usize> {
    let number = key(label).filter(|&number| number != input.background)? as usize;
    (number < limit).then_some(number)
}

/// Checks that `beta` is at least 0, and that every label names an object or the background, or is ignored.
fn check(input: &Input, limit: usize) -> Result<(), Refused> {
    if input.beta.is_nan() || input.beta < 0.0 {
        return Err(Refused::Setting);
    }
    let is_invalid = |&label: &i64| match key(label) {
        Some(0xFFFF_FFFE..) => false,
        Some(number) => number as usize >= limit && number != input.background,
        None => true,
    };
    let invalid = input.labels.iter().position(is_invalid);
    match invalid.filter(|_| input.invalid == InvalidKey::Error) {
        Some(position) => Err(Refused::OutOfRange { position, value: input.labels[position], limit }),
        None => Ok(()),
    }
}

/// The four values of a RoI in a table.
fn four<F: Real>(
    input: &Input,
    nth: usize,
    tables: &[Table<F>; 4],
    shapes: [usize; 4],
    roi: usize,
    class: usize,
) -> [F; 4] {
    let is_same = nth >= 2 && input.same[nth - 2];
    let (roi, class) = if is_same { (0, 0) } else { (roi, if shapes[nth] > 1 { class } else { 0 }) };
    let start = (roi * shapes[nth] + class) * 4;
    core::array::from_fn(|column| tables[nth][start + column])
}

pub(super) fn answers<F: Real>(
    [of_tables, losses, added, gradient]: Cases,
    input: &Input,
    out: &mut impl Sink,
) {
    let (tables, rois) = (input.tables::<F>(), input.labels.len());
    out.answer(of_tables, "by hand");
    let shapes = match shapes(input) {
        Ok(shapes) => shapes,
        Err(refused) => return out.add(&Err::<(), _>(refused)),
    };
    let columns = 4 * shapes[0];
    out.add(&Ok::<_, Refused>([rois, usize::from(rois == 0), columns]));

    let (limit, beta) = (limit(shapes), F::from_f64(input.beta));
    let of = |roi: usize, class: usize| [0, 1, 2, 3].map(|nth| four(input, nth, &tables, shapes, roi, class));
    let slots = rois + usize::from(input.long);
    let checked = length(rois, slots).and_then(|()| check(input, limit));
    let loss_of = |roi: usize, class: usize| {
        let [deltas, targets, inside, outside] = of(roi, class);
        let counts = inside.iter().any(|&weight| weight != F::zero());
        counts.then(|| loss::box_loss(deltas, targets, inside, outside, beta))
    };
    for (case, base) in [(losses, F::zero()), (added, F::one())] {
        let one = |roi: usize| match object(input, input.labels[roi], limit)
            .and_then(|class| loss_of(roi, class))
        {
            Some(loss) => base + loss,
            None => base,
        };
        out.answer(case, "one by one");
        (checked, checked.map_or(vec![F::one(); slots], |()| (0..rois).map(one).collect())).add_to(out);
    }

    let scale = F::from_f64(input.spec.scale);
    let row = |roi: usize| {
        let mut row = vec![F::zero(); columns];
        if let Some(class) = object(input, input.labels[roi], limit) {
            let [deltas, targets, inside, outside] = of(roi, class);
            let four = loss::box_gradient(deltas, targets, inside, outside, beta).map(|slope| slope * scale);
            let start = if shapes[0] > 1 { 4 * class } else { 0 };
            for (column, weight) in inside.into_iter().enumerate() {
                row[start + column] = if weight == F::zero() { F::zero() } else { four[column] };
            }
        }
        row
    };
    out.answer(gradient, "one by one");
    input.spec.add(rois, columns, check(input, limit), row, out);
}
