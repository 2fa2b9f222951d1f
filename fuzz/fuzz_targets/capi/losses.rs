//! Losses of classification, and their gradients.

use core::slice;

use ohem_capi::{Status, loss as c};
use ohem_core::loss::{self, Classes, GradientSpec, Layout};
use ohem_core::{Float, InputError};
use ohem_testkit::compare::Bits;

use crate::Case;
use crate::abi::{Abi, Gradient, Losses};
use crate::lend::{Call, NOBODY, Refused};

/// The request of a backward pass, and how it is refused if it is broken.
pub(crate) struct Pass<F> {
    selected: Box<[u32]>,
    scale: F,
    layout: c::Layout,
    pub(crate) refused: Option<Refused>,
}

impl<F: Float> Pass<F> {
    pub(crate) fn new(case: &Case, rows: usize) -> Self {
        let mut selected = case.selected(rows);
        let (mut layout, mut refused) = (u32::from(case.spare % 2 == 1), None);
        match case.broken_value() {
            Some(which) if which % 4 == 1 && !selected.is_empty() => {
                let position = which % selected.len();
                selected[position] = u32::try_from(rows + which).unwrap();
                refused = Some((Status::Index, position));
            }
            Some(which) if which % 4 == 2 => (layout, refused) = (9, Some((Status::Choice, NOBODY))),
            _ => {}
        }
        Self { selected, scale: F::from_f64(0.3), layout, refused }
    }

    /// The request in C's layout.
    pub(crate) fn lend(&self, call: &mut Call) -> c::GradientSpec<F> {
        let selected = call.lend(&self.selected, Status::PointerIndices);
        c::GradientSpec { selected, count: self.selected.len(), scale: self.scale, layout: self.layout }
    }

    /// The request in core's type.
    pub(crate) fn core(&self) -> GradientSpec<'_, F> {
        let spec = GradientSpec::new(&self.selected).scale(self.scale);
        if self.layout == c::OHEM_LAYOUT_GATHERED { spec.layout(Layout::Gathered) } else { spec }
    }

    /// Number of rows of the gradient, of `all` RoIs.
    pub(crate) fn rows(&self, all: usize) -> usize {
        if self.layout == c::OHEM_LAYOUT_GATHERED { self.selected.len() } else { all }
    }
}

/// Breaks a label if the case says so: one too large for any kind of table. It is refused unless it is ignored.
pub(crate) fn break_label(case: &Case, labels: &mut [u32], classes: usize) -> Option<Refused> {
    let which = case.broken_value().filter(|which| which % 4 == 0)?;
    let row = which.checked_rem(labels.len())?;
    labels[row] = u32::try_from(classes + 1 + which).unwrap();
    (!case.ignore_invalid).then_some((Status::Label, row))
}

type CoreLosses<F> = fn(&[F], Classes, &[u32], &mut [F]) -> Result<(), InputError>;
type CoreGradient<F> = fn(&[F], Classes, &[u32], &GradientSpec<'_, F>, &mut [F]) -> Result<(), InputError>;

pub(crate) fn check<F: Abi>(case: &Case) {
    let head = Head::new(case);
    head.check(F::SOFTMAX, loss::cross_entropy, loss::cross_entropy_gradient);
    head.check(F::SIGMOID, loss::sigmoid_cross_entropy, loss::sigmoid_cross_entropy_gradient);
    head.check(F::PROBABILITY, loss::probability_cross_entropy, loss::probability_cross_entropy_gradient);
    check_binary::<F>(case);
}

/// A table of labelled rows, and how it is refused if a label or a choice is broken.
struct Head<'a, F> {
    case: &'a Case,
    table: Vec<F>,
    classes: c::Classes,
    core_classes: Classes,
    labels: Box<[u32]>,
    refused: Option<Refused>,
}

impl<'a, F: Abi> Head<'a, F> {
    fn new(case: &'a Case) -> Self {
        let count = 1 + case.few;
        let rows = 4 * case.table.len() / count;
        let mut labels = case.labels(rows, count);
        let mut refused = break_label(case, &mut labels, count);
        let background = u32::try_from(case.spare % count).unwrap();
        let (mut invalid_labels, invalid_key) = case.invalid_labels();
        if case.broken_value().is_some_and(|which| which % 4 == 3) {
            (invalid_labels, refused) = (9, Some((Status::Choice, NOBODY)));
        }
        let classes = c::Classes { count, background, invalid_labels };
        let core_classes = Classes::new(count).background(background).invalid_labels(invalid_key);
        Self { case, table: case.numbers(0, rows * count), classes, core_classes, labels, refused }
    }

    fn check(&self, abi: (Losses<F>, Gradient<F>), losses: CoreLosses<F>, gradient: CoreGradient<F>) {
        self.check_losses(abi.0, losses);
        self.check_gradient(abi.1, gradient);
    }

    fn check_losses(&self, abi: Losses<F>, core: CoreLosses<F>) {
        let Self { table, classes, core_classes, labels, .. } = self;
        let (mut out, mut want) = (vec![F::one(); labels.len()], vec![F::one(); labels.len()]);
        let mut call = Call::new(self.case.fault);
        // SAFETY: the arrays have the lengths passed, or the pointer is refused.
        let status = unsafe {
            let from = call.lend(table, Status::PointerTable);
            let by = call.lend(labels, Status::PointerLabels);
            let to = call.lend_mut(&mut out, Status::PointerOut);
            abi(from, labels.len(), *classes, by, to, call.offender())
        };
        call.check(status, || {
            self.refused.map_or(Ok(()), Err)?;
            core(table, *core_classes, labels, &mut want).unwrap();
            Ok(())
        });
        assert_eq!(Bits(out), Bits(want));
    }

    fn check_gradient(&self, abi: Gradient<F>, core: CoreGradient<F>) {
        let Self { table, classes, core_classes, labels, .. } = self;
        let pass = Pass::new(self.case, labels.len());
        let values = pass.rows(labels.len()) * classes.count;
        let (mut out, mut want) = (vec![F::one(); values], vec![F::one(); values]);
        let mut call = Call::new(self.case.fault);
        // SAFETY: the arrays have the lengths passed, or the pointer is refused.
        let status = unsafe {
            let from = call.lend(table, Status::PointerTable);
            let by = call.lend(labels, Status::PointerLabels);
            let spec = pass.lend(&mut call);
            let spec = call.lend(slice::from_ref(&spec), Status::PointerSpec);
            let to = call.lend_mut(&mut out, Status::PointerOut);
            abi(from, labels.len(), *classes, by, spec, to, call.offender())
        };
        call.check(status, || {
            self.refused.or(pass.refused).map_or(Ok(()), Err)?;
            core(table, *core_classes, labels, &pass.core(), &mut want).unwrap();
            Ok(())
        });
        assert_eq!(Bits(out), Bits(want));
    }
}

fn check_binary<F: Abi>(case: &Case) {
    let count = 4 * case.table.len();
    let (logits, targets) = (&case.numbers::<F>(0, count), &case.numbers::<F>(case.few, count));
    let (mut out, mut want) = (vec![F::one(); count], vec![F::one(); count]);
    let mut call = Call::new(case.fault);
    // SAFETY: the arrays have the lengths passed, or the pointer is refused.
    let status = unsafe {
        let from = call.lend(logits, Status::PointerTable);
        let by = call.lend(targets, Status::PointerTargets);
        let to = call.lend_mut(&mut out, Status::PointerOut);
        F::BINARY.0(from, by, count, to, call.offender())
    };
    call.check(status, || Ok(loss::binary_cross_entropy(logits, targets, &mut want).unwrap()));
    assert_eq!(Bits(out), Bits(want));

    let pass = Pass::new(case, count);
    let values = pass.rows(count);
    let (mut out, mut want) = (vec![F::one(); values], vec![F::one(); values]);
    let mut call = Call::new(case.fault);
    // SAFETY: the same.
    let status = unsafe {
        let from = call.lend(logits, Status::PointerTable);
        let by = call.lend(targets, Status::PointerTargets);
        let spec = pass.lend(&mut call);
        let spec = call.lend(slice::from_ref(&spec), Status::PointerSpec);
        let to = call.lend_mut(&mut out, Status::PointerOut);
        F::BINARY.1(from, by, count, spec, to, call.offender())
    };
    call.check(status, || {
        pass.refused.map_or(Ok(()), Err)?;
        loss::binary_cross_entropy_gradient(logits, targets, &pass.core(), &mut want).unwrap();
        Ok(())
    });
    assert_eq!(Bits(out), Bits(want));
}
