//! The n-th hardest loss alone.

use ohem_core::Ranked;
use ohem_core::kernel::Simd;
use ohem_core::rank::select_nth;

use super::{Ranking, each_type};
use crate::registry::{Loss, Operation, Sink, Source};

/// The n-th hardest loss, by radix.
#[derive(Clone, Copy, Debug)]
pub struct Nth;

impl Operation for Nth {
    const NAME: &'static str = "select_nth";

    const COVERS: &'static [&'static str] = &["rank::select_nth"];

    type Input = Ranking;

    fn generate(source: &mut Source<'_>) -> Ranking {
        Ranking::any(source)
    }

    fn core<S: Simd>(_: S, ranking: &Ranking, out: &mut impl Sink) {
        each_type!(core [] ranking, out);
    }

    #[cfg(feature = "std")]
    fn std(ranking: &Ranking, out: &mut impl Sink) {
        each_type!(std [] ranking, out);
    }

    #[cfg(feature = "std")]
    fn oracle(ranking: &Ranking, out: &mut impl Sink) {
        each_type!(oracle [] ranking, out);
    }
}

/// Numbers losses, starting at 0.
fn numbered<H: Loss>(losses: &[H]) -> impl Iterator<Item = Ranked<H>> + Clone {
    losses.iter().zip(0..).map(|(&loss, index)| Ranked::new(loss, index))
}

fn core<H: Loss>(case: &'static str, ranking: &Ranking, out: &mut impl Sink) {
    let losses = ranking.losses::<H>();
    out.answer(case, "select_nth");
    out.add(&select_nth(numbered(&losses), ranking.k));
}

#[cfg(feature = "std")]
fn std<H: Loss>(case: &'static str, ranking: &Ranking, out: &mut impl Sink) {
    let losses = ranking.losses::<H>();
    out.answer(case, "select_nth");
    out.add(&ohem_std::rank::select_nth(numbered(&losses), ranking.k));
}

#[cfg(feature = "std")]
fn oracle<H: Loss>(case: &'static str, ranking: &Ranking, out: &mut impl Sink) {
    let losses = ranking.losses::<H>();
    let order = super::order(&losses, ohem_core::NanPolicy::First).expect("NaNs are first");
    out.answer(case, "sorted");
    out.add(&order.get(ranking.k).map(|&index| super::ranked(&losses, index)));
}
