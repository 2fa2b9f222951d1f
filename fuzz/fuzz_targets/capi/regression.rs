//! Losses of boxes, and their gradient.

use core::slice;

use ohem_capi::{Status, regression as c};
use ohem_core::loss::{Regression, Weights};
use ohem_core::simd::Portable;
use ohem_testkit::compare::Bits;

use crate::Case;
use crate::abi::{Abi, BoxLosses};
use crate::lend::{Call, NOBODY, Refused};
use crate::losses::{Pass, break_label};

/// How many labels there are, background among them.
const LABELS: usize = 3;

pub(crate) fn check<F: Abi>(case: &Case) {
    let boxes = Boxes::<F>::new(case);
    boxes.check_losses(F::BOX_LOSSES, |regression, out| regression.losses(Portable, out).unwrap());
    boxes.check_losses(F::ADD_BOX_LOSSES, |regression, out| regression.add_to(Portable, out).unwrap());
    boxes.check_gradient();
}

/// Four tables, of 4 columns or 4 for each label, and how they are refused if a label or a width is broken.
struct Boxes<'a, F> {
    case: &'a Case,
    labels: Box<[u32]>,
    predictions: Vec<F>,
    prediction_columns: usize,
    targets: Vec<F>,
    target_columns: usize,
    weights: [Vec<F>; 2],
    beta: F,
    refused: Option<Refused>,
}

impl<'a, F: Abi> Boxes<'a, F> {
    fn new(case: &'a Case) -> Self {
        let n = case.table.len();
        let width = |wide: bool| if wide { 4 * LABELS } else { 4 };
        // One is wide at least, so that a label can be too large.
        let (mut prediction_columns, target_columns) = (width(case.few % 3 < 2), width(case.few % 3 > 0));
        let mut labels: Box<[u32]> =
            case.table.labels.iter().map(|label| label % u32::try_from(LABELS).unwrap()).collect();
        let mut refused = break_label(case, &mut labels, LABELS);
        if n > 0 && case.broken_value().is_some_and(|which| which % 4 == 3) {
            (prediction_columns, refused) = (case.few % 4, Some((Status::Columns, NOBODY)));
        }
        let table = |nth: usize, columns: usize| case.numbers(7 * nth, n * columns);
        Self {
            case,
            labels,
            predictions: table(0, prediction_columns),
            prediction_columns,
            targets: table(1, target_columns),
            target_columns,
            weights: [table(2, target_columns), table(3, target_columns)],
            beta: F::from_f64([1.0, 1.0 / 9.0, 0.0, f64::NAN][case.spare]),
            refused,
        }
    }

    /// As C has it; weights that are `NULL` are all 1.
    fn lend(&self, call: &mut Call) -> c::Regression<F> {
        c::Regression {
            labels: call.lend(&self.labels, Status::PointerLabels),
            length: self.labels.len(),
            predictions: call.lend(&self.predictions, Status::PointerTable),
            prediction_columns: self.prediction_columns,
            targets: call.lend(&self.targets, Status::PointerTargets),
            target_columns: self.target_columns,
            inside: call.lend_optional(&self.weights[0], Status::PointerWeights),
            outside: call.lend_optional(&self.weights[1], Status::PointerWeights),
            beta: self.beta,
        }
    }

    /// As core does, weighted by what was lent.
    fn core(&self, lent: &c::Regression<F>) -> Regression<'_, F> {
        let weights = |nth: usize, lent: *const F| match lent.is_null() {
            true => Weights::Same([F::one(); 4]),
            false => Weights::Each(&self.weights[nth]),
        };
        let regression = Regression::new(&self.labels, &self.predictions, &self.targets).unwrap();
        regression.beta(self.beta).weights(weights(0, lent.inside), weights(1, lent.outside)).unwrap()
    }

    fn check_losses(&self, abi: BoxLosses<F>, core: impl Fn(&Regression<'_, F>, &mut [F])) {
        let (mut out, mut want) = (self.case.table.losses::<F>(), self.case.table.losses::<F>());
        let mut call = Call::new(self.case.fault);
        let lent = self.lend(&mut call);
        // SAFETY: there are so many rows, labels and places, or the pointer is one that is refused.
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
        let places = pass.rows(self.labels.len()) * self.prediction_columns;
        let (mut out, mut want) = (vec![F::one(); places], vec![F::one(); places]);
        let mut call = Call::new(self.case.fault);
        let (lent, backward) = (self.lend(&mut call), pass.lend(&mut call));
        // SAFETY: there are so many rows, labels and places, or the pointer is one that is refused.
        let status = unsafe {
            let from = call.lend(slice::from_ref(&lent), Status::PointerRegression);
            let backward = call.lend(slice::from_ref(&backward), Status::PointerBackward);
            F::BOX_GRADIENT(from, backward, call.lend_mut(&mut out, Status::PointerOut), call.offender())
        };
        call.check(status, || {
            self.refused.or(pass.refused).map_or(Ok(()), Err)?;
            self.core(&lent).gradient(&pass.core(), &mut want).unwrap();
            Ok(())
        });
        assert_eq!(Bits(out), Bits(want));
    }
}
