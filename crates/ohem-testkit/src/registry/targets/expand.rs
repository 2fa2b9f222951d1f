//! Targets spread over the columns of each class.

use ohem_core::kernel::Simd;
use ohem_core::targets::{ExpandConfig, PerClassTargets, expand_per_class, expand_per_class_rows};
use ohem_core::{InputError, Match};

use super::matches;
use crate::registry::mine::spoil;
use crate::registry::table::each;
use crate::registry::{Column, Operation, Real, Sink, Source, Words};

/// Targets of all RoIs, and of some of them, over the columns of their classes.
#[derive(Clone, Copy, Debug)]
pub struct Expanded;

/// Classes, targets, and some of the RoIs.
#[derive(Clone, Debug)]
pub struct Input {
    classes: Column<Match>,
    targets: Column<[f64; 4]>,
    indices: Column<u32>,
    config: ExpandConfig,
    /// Too many values in each of the three tables.
    excess: [usize; 3],
}

/// The largest number of rows, and of classes.
const ROWS: usize = 12;
const CLASSES: usize = 4;

impl Operation for Expanded {
    const NAME: &'static str = "expand_per_class";

    const COVERS: &'static [&'static str] = &[
        "targets::expand_per_class",
        "targets::expand_per_class_rows",
        "targets::ExpandConfig::new",
        "targets::ExpandConfig::inside_weights",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (rows, count, fault) = (source.below(ROWS + 1), source.below(CLASSES + 1), source.below(32));
        let classes = matches(source, rows, count + usize::from(fault == 26));
        let mut targets = source.column(rows, |source| [(); 4].map(|()| source.unit() - 0.5));
        let beyond = usize::from(fault == 27);
        let taken = if rows == 0 { 0 } else { source.below(rows + 1) };
        let indices = source.column(taken, |source| {
            u32::try_from(source.below(rows) + beyond * source.below(2)).unwrap_or_default()
        });
        if fault == 28 {
            spoil(&mut targets);
        }
        let weights = source.choose([1.0; 4], [[1.0, 0.5, 0.0, 0.1], [-1.0, f64::NAN, 2.0, 0.0]]);
        let excess = [29, 30, 31].map(|nth| usize::from(nth == fault));
        Input { classes, targets, indices, config: ExpandConfig::new(count).inside_weights(weights), excess }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        core::<f32>(["f32", "f32 rows"], input, out);
        core::<f64>(["f64", "f64 rows"], input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        if input.excess == [0; 3] {
            std::<f32>(["f32", "f32 rows"], input, out);
            std::<f64>(["f64", "f64 rows"], input, out);
        }
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        oracle::<f32>(["f32", "f32 rows"], input, out);
        oracle::<f64>(["f64", "f64 rows"], input, out);
    }
}

/// Has three tables of `rows` rows written.
fn written<F: Real>(
    input: &Input,
    rows: usize,
    expand: impl FnOnce(PerClassTargets<'_, F>) -> Result<(), InputError>,
    out: &mut impl Sink,
) {
    let mut memory = [[F::one(); ROWS * CLASSES * 4 + 1]; 3];
    let [targets, inside, outside] = &mut memory;
    let [a, b, c] = input.excess.map(|excess| rows * input.config.classes * 4 + excess);
    let (targets, inside_weights, outside_weights) = (
        targets.get_mut(..a).unwrap_or_default(),
        inside.get_mut(..b).unwrap_or_default(),
        outside.get_mut(..c).unwrap_or_default(),
    );
    let tables = PerClassTargets {
        targets: &mut *targets,
        inside_weights: &mut *inside_weights,
        outside_weights: &mut *outside_weights,
    };
    let result = expand(tables);
    (result, &*targets, &*inside_weights, &*outside_weights).add_to(out);
}

fn core<F: Real>([all, some]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    let Input { classes, indices, config, .. } = input;
    let targets = each(&input.targets, |target| target.map(F::from_f64));
    out.answer(all, "expand_per_class");
    written(input, classes.len(), |tables| expand_per_class(classes, &targets, config, tables), out);
    out.answer(some, "expand_per_class_rows");
    let rows =
        |tables: PerClassTargets<'_, F>| expand_per_class_rows(indices, classes, &targets, config, tables);
    written(input, indices.len(), rows, out);
}

#[cfg(feature = "std")]
fn std<F: Real>([all, some]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    use ohem_std::targets;

    let Input { classes, indices, config, .. } = input;
    let values = each(&input.targets, |target| target.map(F::from_f64));
    let mut add = |case, rows: usize, expanded: Result<targets::PerClassTargets<F>, InputError>| {
        out.answer(case, "std");
        match expanded {
            Ok(tables) => {
                (Ok::<_, InputError>(()), tables.targets, tables.inside_weights, tables.outside_weights)
                    .add_to(out);
            }
            Err(error) => {
                let ones = || vec![F::one(); rows * config.classes * 4];
                (Err::<(), _>(error), ones(), ones(), ones()).add_to(out);
            }
        }
    };
    add(all, classes.len(), targets::expand_per_class(classes, &values, config));
    add(some, indices.len(), targets::expand_per_class_rows(indices, classes, &values, config));
}

#[cfg(feature = "std")]
fn oracle<F: Real>([all, some]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    use super::{known, object};
    use crate::registry::{Refused, naive};

    let Input { classes, indices, config, excess, .. } = input;
    let targets = each(&input.targets, |target| target.map(F::from_f64));
    let weights = config.inside_weights.map(F::from_f64);
    let indicators = weights.map(|weight| if weight > F::zero() { F::one() } else { F::zero() });
    let mut add = |case, rows: &[usize]| {
        let lens = excess.map(|excess| rows.len() * config.classes * 4 + excess);
        let checked = || -> Result<(), Refused> {
            naive::length(classes.len(), targets.len())?;
            known(classes, config.classes)?;
            naive::in_range(rows, classes.len())?;
            lens.into_iter().try_for_each(|len| naive::length(rows.len() * config.classes * 4, len))
        };
        let checked = checked();
        let table = |nth: usize, values: &dyn Fn(usize) -> [F; 4]| -> Vec<F> {
            if checked.is_err() {
                return vec![F::one(); lens[nth]];
            }
            let mut table = vec![F::zero(); lens[nth]];
            for (row, &roi) in rows.iter().enumerate() {
                if let Some(class) = object(classes[roi]) {
                    let start = (row * config.classes + class) * 4;
                    table[start..start + 4].copy_from_slice(&values(roi));
                }
            }
            table
        };
        out.answer(case, "row by row");
        let [a, b, c] = [table(0, &|roi| targets[roi]), table(1, &|_| weights), table(2, &|_| indicators)];
        (checked, a, b, c).add_to(out);
    };
    add(all, &(0..classes.len()).collect::<Vec<_>>());
    add(some, &indices.iter().map(|&index| index as usize).collect::<Vec<_>>());
}
