//! Losses of classification, and their gradients.

use core::slice;

use ohem_capi::{Status, loss as c};
use ohem_core::Float;
use ohem_core::loss::{self, GradientSpec, LossError};
use ohem_core::simd::Portable;
use ohem_testkit::compare::Bits;

use crate::Case;
use crate::abi::{Abi, Gradient, Losses};
use crate::lend::{Call, NOBODY, Refused};

/// What is asked of a backward pass, and how it is refused if that is broken.
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
                let place = which % selected.len();
                selected[place] = u32::try_from(rows + which).unwrap();
                refused = Some((Status::Index, place));
            }
            Some(which) if which % 4 == 2 => (layout, refused) = (9, Some((Status::Choice, NOBODY))),
            _ => {}
        }
        Self { selected, scale: F::from_f64(0.3), layout, refused }
    }

    /// As C asks it.
    pub(crate) fn lend(&self, call: &mut Call) -> c::GradientSpec<F> {
        let selected = call.lend(&self.selected, Status::PointerSelected);
        c::GradientSpec { selected, count: self.selected.len(), scale: self.scale, layout: self.layout }
    }

    /// As core does.
    pub(crate) fn core(&self) -> GradientSpec<'_, F> {
        let backward = GradientSpec::new(&self.selected).scale(self.scale);
        if self.layout == c::OHEM_LAYOUT_GATHERED { backward.gathered() } else { backward }
    }

    /// How many rows are written, of so many.
    pub(crate) fn rows(&self, all: usize) -> usize {
        if self.layout == c::OHEM_LAYOUT_GATHERED { self.selected.len() } else { all }
    }
}

/// Breaks one of some labels if the case has it so, by one that is too large whatever it counts.
pub(crate) fn break_label(case: &Case, labels: &mut [u32], classes: usize) -> Option<Refused> {
    let which = case.broken_value().filter(|which| which % 4 == 0)?;
    let row = which.checked_rem(labels.len())?;
    labels[row] = u32::try_from(classes + 1 + which).unwrap();
    Some((Status::Label, row))
}

type CoreLosses<F> = fn(Portable, &[F], usize, &[u32], &mut [F]) -> Result<(), LossError>;
type CoreGradient<F> =
    fn(Portable, &[F], usize, &[u32], &GradientSpec<'_, F>, &mut [F]) -> Result<(), LossError>;

pub(crate) fn check<F: Abi>(case: &Case) {
    let head = Head::new(case);
    head.check(F::SOFTMAX, loss::cross_entropy, loss::cross_entropy_gradient);
    head.check(F::SIGMOID, loss::sigmoid_cross_entropy, loss::sigmoid_cross_entropy_gradient);
    head.check(
        F::PROBABILITY,
        loss::probability_cross_entropy,
        |_, table, classes, labels, backward, out| {
            loss::probability_cross_entropy_gradient(table, classes, labels, backward, out)
        },
    );
    check_binary::<F>(case);
}

/// A table of labelled rows.
struct Head<'a, F> {
    case: &'a Case,
    table: Vec<F>,
    classes: usize,
    labels: Box<[u32]>,
    refused: Option<Refused>,
}

impl<'a, F: Abi> Head<'a, F> {
    fn new(case: &'a Case) -> Self {
        let classes = 1 + case.few;
        let rows = 4 * case.table.len() / classes;
        let count = u32::try_from(classes).unwrap();
        let mut labels: Box<[u32]> =
            case.table.labels.iter().cycle().take(rows).map(|label| label % count).collect();
        let refused = break_label(case, &mut labels, classes);
        Self { case, table: case.numbers(0, rows * classes), classes, labels, refused }
    }

    fn check(&self, abi: (Losses<F>, Gradient<F>), losses: CoreLosses<F>, gradient: CoreGradient<F>) {
        self.check_losses(abi.0, losses);
        self.check_gradient(abi.1, gradient);
    }

    fn check_losses(&self, abi: Losses<F>, core: CoreLosses<F>) {
        let Self { table, classes, labels, .. } = self;
        let (mut out, mut want) = (vec![F::one(); labels.len()], vec![F::one(); labels.len()]);
        let mut call = Call::new(self.case.fault);
        // SAFETY: there are so many rows, labels and places, or the pointer is one that is refused.
        let status = unsafe {
            let from = call.lend(table, Status::PointerTable);
            let by = call.lend(labels, Status::PointerLabels);
            let to = call.lend_mut(&mut out, Status::PointerOut);
            abi(from, labels.len(), *classes, by, to, call.offender())
        };
        call.check(status, || {
            self.refused.map_or(Ok(()), Err)?;
            core(Portable, table, *classes, labels, &mut want).unwrap();
            Ok(())
        });
        assert_eq!(Bits(out), Bits(want));
    }

    fn check_gradient(&self, abi: Gradient<F>, core: CoreGradient<F>) {
        let Self { table, classes, labels, .. } = self;
        let pass = Pass::new(self.case, labels.len());
        let places = pass.rows(labels.len()) * classes;
        let (mut out, mut want) = (vec![F::one(); places], vec![F::one(); places]);
        let mut call = Call::new(self.case.fault);
        // SAFETY: there are so many rows, labels and places, or the pointer is one that is refused.
        let status = unsafe {
            let from = call.lend(table, Status::PointerTable);
            let by = call.lend(labels, Status::PointerLabels);
            let backward = pass.lend(&mut call);
            let backward = call.lend(slice::from_ref(&backward), Status::PointerBackward);
            let to = call.lend_mut(&mut out, Status::PointerOut);
            abi(from, labels.len(), *classes, by, backward, to, call.offender())
        };
        call.check(status, || {
            self.refused.or(pass.refused).map_or(Ok(()), Err)?;
            core(Portable, table, *classes, labels, &pass.core(), &mut want).unwrap();
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
    // SAFETY: there are so many of each, or the pointer is one that is refused.
    let status = unsafe {
        let from = call.lend(logits, Status::PointerTable);
        let by = call.lend(targets, Status::PointerTargets);
        let to = call.lend_mut(&mut out, Status::PointerOut);
        F::BINARY.0(from, by, count, to, call.offender())
    };
    call.check(status, || Ok(loss::binary_cross_entropy(Portable, logits, targets, &mut want).unwrap()));
    assert_eq!(Bits(out), Bits(want));

    let pass = Pass::new(case, count);
    let places = pass.rows(count);
    let (mut out, mut want) = (vec![F::one(); places], vec![F::one(); places]);
    let mut call = Call::new(case.fault);
    // SAFETY: the same.
    let status = unsafe {
        let from = call.lend(logits, Status::PointerTable);
        let by = call.lend(targets, Status::PointerTargets);
        let backward = pass.lend(&mut call);
        let backward = call.lend(slice::from_ref(&backward), Status::PointerBackward);
        let to = call.lend_mut(&mut out, Status::PointerOut);
        F::BINARY.1(from, by, count, backward, to, call.offender())
    };
    call.check(status, || {
        pass.refused.map_or(Ok(()), Err)?;
        loss::binary_cross_entropy_gradient(logits, targets, &pass.core(), &mut want).unwrap();
        Ok(())
    });
    assert_eq!(Bits(out), Bits(want));
}
