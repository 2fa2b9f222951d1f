//! The hardest of a list of indices, in place.

use ohem_core::kernel::Simd;
use ohem_core::rank::top_k;

use super::{Ranking, each_type};
use crate::registry::{Column, Loss, Operation, Sink, Source};

/// The hardest `k` of some losses.
#[derive(Clone, Copy, Debug)]
pub struct TopOf;

/// Losses, and which of them take part.
#[derive(Clone, Debug)]
pub struct Input {
    ranking: Ranking,
    indices: Column<u32>,
}

impl Operation for TopOf {
    const NAME: &'static str = "top_k";

    const COVERS: &'static [&'static str] = &["rank::top_k"];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let ranking = Ranking::any(source);
        let mut indices = Column::new();
        // Each index at most once, in an order that is neither of the two sorted ones.
        let (stride, fault) = (source.choose(1, [7, 149]), source.once_in(16));
        let all = source.once_in(2);
        for nth in 0..151 {
            let index = nth * stride % 151;
            if index < ranking.losses.len() && (all || source.once_in(2)) {
                let _ = indices.push(u32::try_from(index).unwrap_or_default());
            }
        }
        let at = source.below(indices.len());
        if let (true, Some(slot)) = (fault, indices.get_mut(at)) {
            *slot = u32::try_from(ranking.losses.len() + source.below(3)).unwrap_or_default();
        }
        Input { ranking, indices }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        each_type!(core [] input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        each_type!(std [] &input.ranking, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        each_type!(oracle [] input, out);
    }
}

/// The case in which all losses take part.
fn of_all(case: &'static str) -> &'static str {
    match case {
        "f32" => "f32, all",
        "f64" => "f64, all",
        "i8" => "i8, all",
        "i16" => "i16, all",
        "i32" => "i32, all",
        "f16" => "f16, all",
        _ => "bf16, all",
    }
}

fn core<H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let Ranking { k, nan, .. } = input.ranking;
    let (losses, mut listed) = (input.ranking.losses::<H>(), input.indices.clone());
    out.answer(case, "top_k");
    out.add(&top_k(&losses, &mut listed, k, nan));
    let mut all = Column::new();
    (0..losses.len())
        .for_each(|index| all.push(u32::try_from(index).unwrap_or_default()).unwrap_or_default());
    out.answer(of_all(case), "top_k");
    out.add(&top_k(&losses, &mut all, k, nan));
}

#[cfg(feature = "std")]
fn std<H: Loss>(case: &'static str, ranking: &Ranking, out: &mut impl Sink) {
    out.answer(of_all(case), "top_k");
    out.add(&ohem_std::rank::top_k(&ranking.losses::<H>(), ranking.k, ranking.nan));
}

#[cfg(feature = "std")]
fn oracle<H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    use crate::registry::Refused;
    use ohem_core::NanPolicy;

    let Ranking { k, nan, .. } = input.ranking;
    let losses = input.ranking.losses::<H>();
    let refused = |(position, &index): (usize, &u32)| match losses.get(index as usize) {
        None => Some(Refused::OutOfRange { position, value: index.into(), limit: losses.len() }),
        Some(loss) if loss.is_nan_key() && nan == NanPolicy::Error => {
            Some(Refused::Nan { index: index as usize })
        }
        Some(_) => None,
    };
    out.answer(case, "sorted");
    match input.indices.iter().enumerate().find_map(refused) {
        Some(refused) => out.add(&Err::<(), _>(refused)),
        None => {
            let policy = if nan == NanPolicy::Skip { NanPolicy::Skip } else { NanPolicy::First };
            let order = super::order(&losses, policy).expect("a NaN is an error under neither policy");
            let listed =
                order.into_iter().filter(|&index| input.indices.contains(&u32::try_from(index).unwrap()));
            out.add(&Ok::<_, Refused>(listed.take(k).collect::<Vec<_>>()));
        }
    }
    out.answer(of_all(case), "sorted");
    out.add(&super::order(&losses, nan).map(|order| order.into_iter().take(k).collect::<Vec<_>>()));
}
