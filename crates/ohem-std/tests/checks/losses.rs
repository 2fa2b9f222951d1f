//! `losses`: single losses, tiny, huge and not finite ones among them.

use ohem_testkit::adapters::loss::{Boxes, Weights};
use ohem_testkit::adapters::{Oracle, Path};
use serde::Deserialize;

use super::Case;
use crate::support::number::{Number, Precision};
use crate::support::outcome::{Outcome, equal, holds};

#[derive(Deserialize)]
pub(crate) struct Loss {
    id: String,
    #[serde(flatten)]
    kind: Kind,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Kind {
    CeProb { prob: Vec<Number>, label: u32, loss: Number },
    CeLogits { logits: Vec<Number>, label: u32, loss: Number },
    SmoothL1 { beta: f64, x: Vec<Number>, loss: Vec<Number> },
    SigmoidBceLogits { x: Vec<Number>, y: Vec<Number>, loss: Vec<Number> },
    BboxLossRow(Row),
}

/// The box of one RoI.
#[derive(Deserialize)]
struct Row {
    label: u32,
    pred: [Number; 4],
    target: [Number; 4],
    inside_weights: [Number; 4],
    outside_weights: [Number; 4],
    loss: Number,
}

impl Case for Loss {
    fn id(&self) -> &str {
        &self.id
    }

    fn check<F: Precision, P: Path>(&self) -> Outcome {
        self.kind.check::<F, P>()?;
        self.kind.check::<F, Oracle>().map_err(|what| format!("by the oracle: {what}"))
    }
}

impl Kind {
    fn check<F: Precision, P: Path>(&self) -> Outcome {
        match self {
            Self::CeProb { prob, label, loss } => {
                losses_near(&P::probability::<F>(&narrow(prob), prob.len(), &[*label]), &[*loss])
            }
            Self::CeLogits { logits, label, loss } => {
                losses_near(&P::softmax::<F>(&narrow(logits), logits.len(), &[*label]), &[*loss])
            }
            Self::SmoothL1 { beta, x, loss } => {
                let x: Vec<F> = x.iter().map(|x| x.to()).collect();
                losses_near(&P::smooth_l1(&x, F::from_f64(*beta)), loss)
            }
            Self::SigmoidBceLogits { x, y, loss } => losses_near(&P::binary::<F>(&to(x), &to(y)), loss),
            Self::BboxLossRow(row) => row.check::<F, P>(),
        }
    }
}

impl Row {
    fn check<F: Precision, P: Path>(&self) -> Outcome {
        // The columns of other labels are never read.
        let mut predictions = vec![F::nan(); 4 * (self.label as usize + 2)];
        predictions[4 * self.label as usize..][..4].copy_from_slice(&self.pred.map(Number::narrow));
        let boxes = Boxes {
            labels: &[self.label],
            predictions: &predictions,
            targets: &self.target.map(Number::narrow),
            inside: Weights::Same(self.inside_weights.map(Number::narrow)),
            outside: Weights::Same(self.outside_weights.map(Number::narrow)),
            beta: F::one(),
        };
        losses_near(&P::boxes(&boxes), &[self.loss])
    }
}

fn to<F: Precision>(numbers: &[Number]) -> Vec<F> {
    numbers.iter().map(|number| number.to()).collect()
}

/// Numbers that were f32.
fn narrow<F: Precision>(numbers: &[Number]) -> Vec<F> {
    numbers.iter().map(|number| number.narrow()).collect()
}

/// Compares losses within 1e-9 in f64 and 1e-5 in f32, relative to the expected losses.
///
/// If f32 overflows or is at the end of its range, a loss has no digits to compare: it must be the nearest
/// float or its neighbour.
pub(crate) fn losses_near<F: Precision>(got: &[F], want: &[Number]) -> Outcome {
    equal("losses", got.len(), want.len())?;
    let tolerance = if F::IS_DOUBLE { 1e-9 } else { 1e-5 };
    for (at, (&got, want)) in got.iter().zip(want).enumerate() {
        let nearest: F = want.to();
        let off = (got.into() - want.0).abs();
        let near = got == nearest || off <= tolerance * want.0.abs() + F::SMALLEST.into();
        let fits = if want.0.is_nan() { got.is_nan() } else { near };
        holds(fits, || format!("loss {at}: {got:?}, expected {:e}", want.0))?;
    }
    Ok(())
}
