//! Losses of boxes, and their gradient.

use core::slice;

use ohem_capi::{Status, regression as c};
use ohem_core::loss::{self, BoxWeights, Regression};
use ohem_testkit::compare::Bits;

use crate::Case;
use crate::abi::{Abi, BoxLosses};
use crate::lend::{Call, NOBODY, Refused};
use crate::losses::{Pass, break_label};

/// Number of classes, the background included.
const CLASSES: usize = 3;

pub(crate) fn check<F: Abi>(case: &Case) {
    let boxes = Boxes::<F>::new(case);
    boxes.check_losses(F::BOX_LOSSES, |regression, out| loss::regression_losses(regression, out).unwrap());
    boxes.check_losses(F::ADD_BOX_LOSSES, |regression, out| loss::add_regression(regression, out).unwrap());
    boxes.check_gradient();
}

/// Four tables, of 4 columns or 4 for each class, and how they are refused if a label or a width is broken.
struct Boxes<'a, F> {
    case: &'a Case,
    labels: Box<[u32]>,
    deltas: Vec<F>,
    delta_columns: usize,
    targets: Vec<F>,
    target_columns: usize,
    weights: [Vec<F>; 2],
    beta: F,
    background: u32,
    refused: Option<Refused>,
}

impl<'a, F: Abi> Boxes<'a, F> {
    fn new(case: &'a Case) -> Self {
        let n = case.table.len();
        let width = |wide: bool| if wide { 4 * CLASSES } else { 4 };
        // At least one is wide, so that a label can be too large.
        let (mut delta_columns, target_columns) = (width(case.few % 3 < 2), width(case.few % 3 > 0));
        let mut labels = case.labels(n, CLASSES);
        let mut refused = break_label(case, &mut labels, CLASSES);
        if n > 0 && case.broken_value().is_some_and(|which| which % 4 == 3) {
            (delta_columns, refused) = (case.few % 4, Some((Status::Columns, NOBODY)));
        }
        let beta = F::from_f64([1.0, 1.0 / 9.0, 0.0, f64::NAN][case.spare]);
        // Of two broken values either may be named: beta is broken alone.
        let beta = if beta.is_nan() && case.broken_value().is_some() { F::one() } else { beta };
        if beta.is_nan() {
            refused = Some((Status::Beta, NOBODY));
        }
        let table = |nth: usize, columns: usize| case.numbers(7 * nth, n * columns);
        Self {
            case,
            labels,
            deltas: table(0, delta_columns),
            delta_columns,
            targets: table(1, target_columns),
            target_columns,
            weights: [table(2, target_columns), table(3, target_columns)],
            beta,
            background: u32::try_from(case.spare % CLASSES).unwrap(),
            refused,
        }
    }

    /// The tables in C's layout; weights that are `NULL` are all 1.
    fn lend(&self, call: &mut Call) -> c::Regression<F> {
        c::Regression {
            labels: call.lend(&self.labels, Status::PointerLabels),
            length: self.labels.len(),
            deltas: call.lend(&self.deltas, Status::PointerTable),
            delta_columns: self.delta_columns,
            targets: call.lend(&self.targets, Status::PointerTargets),
            target_columns: self.target_columns,
            inside: call.lend_optional(&self.weights[0], Status::PointerWeights),
            outside: call.lend_optional(&self.weights[1], Status::PointerWeights),
            beta: self.beta,
            background: self.background,
            invalid_labels: self.case.invalid_labels().0,
        }
    }

    /// The tables in core's type, with the weights that were lent.
    fn core(&self, lent: &c::Regression<F>) -> Regression<'_, F> {
        let weights = |nth: usize, lent: *const F| match lent.is_null() {
            true => BoxWeights::Same([F::one(); 4]),
            false => BoxWeights::Each(&self.weights[nth]),
        };
        Regression::new(&self.labels, &self.deltas, &self.targets)
            .unwrap()
            .beta(self.beta)
            .background(self.background)
            .invalid_labels(self.case.invalid_labels().1)
            .weights(weights(0, lent.inside), weights(1, lent.outside))
            .unwrap()
    }

    fn check_losses(&self, abi: BoxLosses<F>, core: impl Fn(&Regression<'_, F>, &mut [F])) {
        let (mut out, mut want) = (self.case.table.losses::<F>(), self.case.table.losses::<F>());
        let mut call = Call::new(self.case.fault);
        let lent = self.lend(&mut call);
        // SAFETY: the arrays have the lengths passed, or the pointer is refused.
        let status = unsafe {
            let from = call.lend(slice::from_ref(&lent), Status::PointerRegression);
            abi(from, call.lend_mut(&mut out, Status::PointerOut), call.offender())
        };
        call.check(status, || {
            self.refused.map_or(Ok(()), Err)?;
            core(&self.core(&lent), &mut want);
            Ok(())
        });
        assert_eq!(Bits(out), Bits(want));
    }

    fn check_gradient(&self) {
        let pass = Pass::new(self.case, self.labels.len());
        let values = pass.rows(self.labels.len()) * self.delta_columns;
        let (mut out, mut want) = (vec![F::one(); values], vec![F::one(); values]);
        let mut call = Call::new(self.case.fault);
        let (lent, spec) = (self.lend(&mut call), pass.lend(&mut call));
        // SAFETY: the arrays have the lengths passed, or the pointer is refused.
        let status = unsafe {
            let from = call.lend(slice::from_ref(&lent), Status::PointerRegression);
            let spec = call.lend(slice::from_ref(&spec), Status::PointerSpec);
            F::BOX_GRADIENT(from, spec, call.lend_mut(&mut out, Status::PointerOut), call.offender())
        };
        call.check(status, || {
            self.refused.or(pass.refused).map_or(Ok(()), Err)?;
            loss::regression_gradient(&self.core(&lent), &pass.core(), &mut want).unwrap();
            Ok(())
        });
        assert_eq!(Bits(out), Bits(want));
    }
}
