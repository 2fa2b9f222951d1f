//! All tiers agree, to the bit, on tables too large to ask the oracle about so often.

use core::fmt::Debug;

use ohem_std::simd::Tier;
use ohem_std::{Float, MineConfig, NanPolicy, NmsConfig, RankKey};
use ohem_testkit::adapters::tiers::on_each_tier;
use ohem_testkit::adapters::{Batch, Iou as _, Losses as _, Mine as _, Nms as _, Rank as _, Std};
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;
use proptest::sample::select;

/// Classes of a table of logits: none of the numbers of lanes divides it.
const CLASSES: usize = 7;

/// Computes the same on every tier.
fn agree<T: Debug + PartialEq>(compute: impl Fn() -> T) {
    let want = Tier::Portable.scope(&compute);
    on_each_tier(|| assert_eq!(compute(), want));
}

fn check<F: Float>(table: &Table, batch_size: usize, t: f64) {
    let (rows, losses) = (table.boxes::<F>(), table.losses::<F>());
    let (batch, nan) = (Batch::<F>::new(table, &rows, &losses), NanPolicy::First);
    let nms = NmsConfig::new(t);
    let mine = MineConfig::new(batch_size).nms(nms).nan(nan);
    agree(|| Std::mine(batch, &mine));
    agree(|| Std::batched_nms(&rows, &losses, &table.labels, &nms, nan));
    agree(|| Std::top_k(&losses, batch_size, nan));
    agree(|| Std::iou(&rows[..rows.len().min(100)], &rows, nms.convention));

    let logits = losses.chunks_exact(CLASSES).flatten().copied().collect::<Vec<_>>();
    let labels: Vec<u32> = (0..7).cycle().take(logits.len() / CLASSES).collect();
    agree(|| bits(&Std::softmax(&logits, CLASSES, &labels)));
}

/// The bits of each; nothing for a NaN, which may be any.
fn bits<F: Float>(values: &[F]) -> Vec<Option<u64>> {
    values.iter().map(|&value| (!value.is_nan()).then(|| RankKey::to_f64(value).to_bits())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn all_tiers_agree(
        table in strategy::table(3_000, true),
        batch_size in select(vec![64, 128, 1_000, 3_000]),
        t in strategy::threshold(),
    ) {
        check::<f32>(&table, batch_size, t);
        check::<f64>(&table, batch_size, t);
    }
}
