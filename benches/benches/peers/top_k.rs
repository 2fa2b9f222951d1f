//! The hardest 128 of many losses.

use ohem_std::NanPolicy;
use ohem_std::rank::top_k;
use ohem_testkit::generate::scene::Scene;
use ohem_testkit::oracle;

use crate::contest::{Answers, Contest};
use crate::packed::{self, Pack};
use crate::plan::Plan;
use crate::row::{Case, Row};

/// How many are wanted.
const K: usize = 128;

pub(crate) fn run<F: Pack>(plan: &Plan) -> Vec<Row> {
    let sizes: &[usize] = plan.choose(&[1_000, 100_000], &[1_000, 10_000, 100_000, 1_000_000]);
    sizes.iter().flat_map(|&n| contest::<F>(plan, n)).collect()
}

fn contest<F: Pack>(plan: &Plan, n: usize) -> Vec<Row> {
    let losses: &[F] = &Scene::Uniform.table(n, 1).losses();
    let case = Case { job: "top_k", n, dtype: plan.dtype::<F>(), scene: format!("{K} wanted") };
    let sort = move |out: &mut Vec<u32>| {
        let hardest = oracle::top_k(losses, K, oracle::Nan::Error).expect("no NaN");
        out.clear();
        out.extend(hardest.into_iter().map(|index| u32::try_from(index).expect("fewer losses")));
    };
    Contest::new(case, |out: &mut Vec<u32>| *out = top_k(losses, K, NanPolicy::Error).expect("no NaN"))
        .peer("BinaryHeap of k", usize::MAX, Answers::Same, packed::heap(losses, K))
        .peer(
            "select_nth_unstable, packed",
            usize::MAX,
            Answers::Same,
            packed::select(losses, K, |keys, nth| _ = keys.select_nth_unstable(nth)),
        )
        .peer("pdqselect, packed", usize::MAX, Answers::Same, packed::select(losses, K, pdqselect::select))
        .peer(
            "order-stat, packed",
            usize::MAX,
            Answers::Same,
            packed::select(losses, K, |keys, nth| _ = order_stat::kth(keys, nth)),
        )
        .peer("reference", plan.choose(10_000, 1_000_000), Answers::Same, sort)
        .run(plan.budget)
}
