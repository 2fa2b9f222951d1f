//! The same losses and gradients from logits with a plane for each class: the same bits as from rows.

use ohem_core::kernel::{self, Simd};
use ohem_core::loss::{self, Classes, GradientSpec, Layout};
use ohem_core::{Float, InputError, Key};

use super::{Input, Table};
use crate::registry::{Column, Real, Sink};

/// The table with a plane for each column; unchanged if it has no whole rows, which is refused either way.
fn transposed<F: Float>(table: &[F], rows: usize, columns: usize) -> Table<F> {
    let whole = table.len() == rows * columns;
    let at = |nth: usize| if whole { nth % rows.max(1) * columns + nth / rows.max(1) } else { nth };
    let mut planes = Table::new();
    for nth in 0..table.len() {
        let value = table.get(at(nth)).copied().unwrap_or_else(F::zero);
        let _ = planes.push(value); // collecting could panic, where it does not fit
    }
    planes
}

/// Adds the losses, by the plain function and on a chosen instruction set.
pub(super) fn losses<F: Real, S: Simd>(
    case: &'static str,
    name: &'static str,
    simd: S,
    input: &Input,
    out: &mut impl Sink,
) {
    out.answer(case, name);
    input.losses::<F>(
        |table, classes, labels, losses| {
            let planes = transposed(table, labels.len(), classes.count);
            loss::cross_entropy_planes(&planes, classes, labels, losses)
        },
        out,
    );
    out.answer(case, "kernel::loss::cross_entropy_planes");
    input.losses::<F>(
        |table, classes, labels, losses| {
            let planes = transposed(table, labels.len(), classes.count);
            kernel::loss::cross_entropy_planes(simd, &planes, classes, labels, losses)
        },
        out,
    );
}

/// Adds the gradient, by the plain function and on a chosen instruction set.
pub(super) fn gradient<F: Real, S: Simd>(
    case: &'static str,
    name: &'static str,
    simd: S,
    input: &Input,
    out: &mut impl Sink,
) {
    out.answer(case, name);
    input.gradient::<F>(
        |table, classes, labels, spec, out| {
            by_factors(table, classes, labels, spec, out, |planes, factors, out| {
                loss::cross_entropy_planes_gradient(planes, classes, labels, factors, out)
            })
        },
        out,
    );
    out.answer(case, "kernel::loss::cross_entropy_planes_gradient");
    input.gradient::<F>(
        |table, classes, labels, spec, out| {
            by_factors(table, classes, labels, spec, out, |planes, factors, out| {
                kernel::loss::cross_entropy_planes_gradient(simd, planes, classes, labels, factors, out)
            })
        },
        out,
    );
}

/// The gradient in rows, computed from planes and a factor for each row.
///
/// Planes have a gradient for every pixel and no indices, so gathered rows and faults stay with the rows. So does a scale
/// of 0, by which planes know a pixel that is not selected.
fn by_factors<F: Float, L: Key>(
    table: &[F],
    classes: Classes,
    labels: &[L],
    spec: &GradientSpec<'_, F>,
    out: &mut [F],
    compute: impl FnOnce(&[F], &[F], &mut [F]) -> Result<(), InputError>,
) -> Result<(), InputError> {
    let (rows, columns) = (labels.len(), classes.count);
    let is_sound = spec.selected.iter().all(|&index| (index as usize) < rows) && out.len() == rows * columns;
    if spec.layout == Layout::Gathered || !is_sound || spec.scale == F::zero() {
        return loss::cross_entropy_gradient(table, classes, labels, spec, out);
    }
    let mut factors = Column::<F>::new();
    for _ in labels {
        let _ = factors.push(F::zero());
    }
    for &index in spec.selected {
        if let Some(factor) = factors.get_mut(index as usize) {
            *factor = spec.scale;
        }
    }
    let mut gradient = transposed(out, rows, columns);
    compute(&transposed(table, rows, columns), &factors, &mut gradient)?;
    for (slot, &value) in out.iter_mut().zip(&transposed(&gradient, columns, rows)) {
        *slot = value;
    }
    Ok(())
}

/// The functions of std.
#[cfg(feature = "std")]
pub(super) mod of_std {
    use super::super::naive;
    use super::*;

    pub(in super::super) fn losses<F: Real>(input: &Input, out: &mut impl Sink) {
        naive::losses::<F>(
            input,
            |table, classes, labels| {
                let planes = transposed(table, labels.len(), classes.count);
                ohem_std::loss::cross_entropy_planes(&planes, classes, labels)
            },
            out,
        );
    }

    pub(in super::super) fn gradient<F: Real>(input: &Input, out: &mut impl Sink) {
        naive::gradient::<F>(
            input,
            |table, classes, labels, spec| {
                let rows = match spec.layout {
                    Layout::Dense => labels.len(),
                    Layout::Gathered => spec.selected.len(),
                };
                let mut gradient = vec![F::zero(); rows * classes.count];
                by_factors(table, classes, labels, spec, &mut gradient, |planes, factors, out| {
                    let of_std =
                        ohem_std::loss::cross_entropy_planes_gradient(planes, classes, labels, factors)?;
                    out.copy_from_slice(&of_std);
                    Ok(())
                })?;
                Ok(gradient)
            },
            out,
        );
    }
}
