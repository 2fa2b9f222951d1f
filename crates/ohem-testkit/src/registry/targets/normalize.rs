//! Targets of mean 0 and standard deviation 1.

use ohem_core::kernel::Simd;
use ohem_core::targets::Normalization;
use ohem_core::{InputError, Match};

use super::matches;
use crate::registry::mine::spoil;
use crate::registry::table::each;
use crate::registry::{Column, Operation, Real, Sink, Source, Words};

/// Targets normalised, and denormalised.
#[derive(Clone, Copy, Debug)]
pub struct Normalized;

/// Rows of means and standard deviations, and targets with their classes.
#[derive(Clone, Debug)]
pub struct Input {
    means: Column<[f64; 4]>,
    stds: Column<[f64; 4]>,
    classes: Column<Match>,
    targets: Column<[f64; 4]>,
}

impl Operation for Normalized {
    const NAME: &'static str = "normalize";

    const COVERS: &'static [&'static str] = &[
        "targets::Normalization::new",
        "targets::Normalization::normalize",
        "targets::Normalization::denormalize",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (rows, count, fault) = (source.choose(1, [3, 8, 0]), source.below(40), source.below(32));
        let four = |source: &mut Source<'_>, from: f64| [(); 4].map(|()| from + source.unit());
        let mut means = source.column(rows, |source| four(source, -0.5));
        let mut stds = source.column(rows, |source| four(source, 0.125));
        let bad = source.below(rows);
        if let (25..28, Some(row)) = (fault, means.get_mut(bad)) {
            row[1] = source.choose(f64::NAN, [f64::INFINITY]);
        } else if let (28..30, Some(row)) = (fault, stds.get_mut(bad)) {
            row[2] = source.choose(0.0, [-1.0, f64::NAN, f64::INFINITY]);
        }
        let beyond = usize::from(fault == 24);
        let mut classes = matches(source, count, rows + beyond);
        match fault {
            30 => spoil(&mut classes),
            31 => spoil(&mut stds),
            _ => {}
        }
        let targets = source.column(count, |source| four(source, -0.5));
        Input { means, stds, classes, targets }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        core::<f32>("f32", input, out);
        core::<f64>("f64", input, out);
    }

    #[cfg(feature = "std")]
    fn std(_: &Input, _: &mut impl Sink) {} // the same type

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        oracle::<f32>("f32", input, out);
        oracle::<f64>("f64", input, out);
    }
}

fn core<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let [means, stds, targets] =
        [&input.means, &input.stds, &input.targets].map(|rows| each(rows, |row| row.map(F::from_f64)));
    out.answer(case, "Normalization");
    let scale: Result<Normalization<'_, F>, InputError> = Normalization::new(&means, &stds);
    let scale = match scale {
        Ok(scale) => scale,
        Err(error) => return error.add_to(out),
    };
    let (mut normalized, mut denormalized) = (targets.clone(), targets);
    (scale.normalize(&input.classes, &mut normalized), normalized.as_slice()).add_to(out);
    (scale.denormalize(&input.classes, &mut denormalized), denormalized.as_slice()).add_to(out);
}

#[cfg(feature = "std")]
fn oracle<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    use super::{known, object};
    use crate::oracle::{denormalize, normalize};
    use crate::registry::{Refused, naive::length};

    let Input { means, stds, classes, targets } = input;
    let good = |row: usize| {
        means[row].iter().all(|mean| mean.is_finite())
            && stds[row].iter().all(|std| std.is_finite() && *std > 0.0)
    };
    let made = || -> Result<(), Refused> {
        length(means.len().max(1), means.len())?;
        length(means.len(), stds.len())?;
        // Row 0 of many is often that of the background, and may be anything.
        let first = usize::from(means.len() > 1);
        (first..means.len()).find(|&row| !good(row)).map_or(Ok(()), |row| Err(Refused::Row { row }))
    };
    let fitting = || -> Result<(), Refused> {
        length(targets.len(), classes.len())?;
        if means.len() > 1 {
            known(classes, means.len())?;
            if classes.contains(&Match::object(0)) && !good(0) {
                return Err(Refused::Row { row: 0 });
            }
        }
        Ok(())
    };
    out.answer(case, "one by one");
    if let Err(refused) = made() {
        return refused.add_to(out);
    }
    let fitting = fitting();
    for rescale in [normalize::<F>, denormalize::<F>] {
        let one = |(nth, target): (usize, &[f64; 4])| {
            let target = target.map(F::from_f64);
            match object(*classes.get(nth).unwrap_or(&Match::IGNORED)) {
                Some(class) if fitting.is_ok() => {
                    let row = if means.len() > 1 { class } else { 0 };
                    rescale(target, means[row].map(F::from_f64), stds[row].map(F::from_f64))
                }
                _ => target,
            }
        };
        (fitting, targets.iter().enumerate().map(one).collect::<Vec<_>>()).add_to(out);
    }
}
