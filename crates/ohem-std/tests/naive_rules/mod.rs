//! A mining rule and its naive twin, by `==`, on the tier in use.

#![expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "small inputs")]

use ohem_std::rules::{
    self, Anchors, Counting, Ignored, MmdetConfig, RuleError, SsdConfig, TensorflowConfig,
};
use ohem_std::{BBox, Float, MineError, NanPolicy, RankError};
use ohem_testkit::generate::Table;
use ohem_testkit::oracle;

pub(crate) fn check_per_image(table: &Table, quota: usize, policy: NanPolicy) {
    let losses = table.losses::<f32>();
    let got = rules::per_image(&table.images, &losses, quota, policy).map(ohem_std::Selection::into_indices);
    let wanted = oracle::rules::per_image(&table.images, &losses, quota, nan(policy));
    assert_eq!(plain(got), wanted);
}

pub(crate) fn check_tensorflow<F: Float>(table: &Table, config: &TensorflowConfig) {
    let (rows, losses, matches) = (table.boxes::<F>(), table.losses::<F>(), matches(table));
    let got = rules::tensorflow(BBox::from_rows(&rows), &losses, &matches, config);
    let negatives =
        config.max_negatives_per_positive.map(|ratio| (ratio as f32, config.min_negatives_per_image));
    let wanted = oracle::rules::tensorflow(
        &rows,
        &losses,
        &matches,
        config.num_hard_examples.unwrap_or(usize::MAX),
        F::from_f64(config.iou_threshold),
        negatives,
        config.ignored == Ignored::Compete,
        nan(config.nan),
    );
    assert_eq!(plain(got.map(ohem_std::Selection::into_indices)), wanted);
}

pub(crate) fn check_ssd<F: Float>(table: &Table, overlaps: &[f64], config: &SsdConfig) {
    let (rows, losses, matches) = (table.boxes::<F>(), table.losses::<F>(), matches(table));
    let overlaps: Vec<_> = overlaps.iter().take(table.len()).map(|&overlap| F::from_f64(overlap)).collect();
    let anchors = Anchors { boxes: BBox::from_rows(&rows), losses: &losses, matches: &matches };
    let nms = config.nms.map(|nms| (F::from_f64(nms.threshold), nms.top_k, nms.min_area));
    let ssd =
        |competes: &[bool], most| oracle::rules::ssd(&rows, &losses, competes, most, nms, nan(config.nan));

    let got = rules::ssd_negatives(&anchors, &overlaps, config).map(ohem_std::Selection::into_indices);
    let competes: Vec<_> = matches
        .iter()
        .zip(&overlaps)
        .map(|(&m, &overlap)| m == -1 && overlap < F::from_f64(config.neg_overlap))
        .collect();
    let positives = matches.iter().filter(|&&m| m >= 0).count();
    let most = ((config.neg_pos_ratio as f32 * positives as f32) as usize).max(config.min_negatives);
    assert_eq!(plain(got), ssd(&competes, most));

    let got = rules::ssd_hard_examples(&anchors, config).map(ohem_std::Selection::into_indices);
    let competes: Vec<_> = matches.iter().map(|&m| m >= -1 || config.ignored == Ignored::Compete).collect();
    assert_eq!(plain(got), ssd(&competes, config.sample_size));
}

pub(crate) fn check_mmdet(table: &Table, config: &MmdetConfig) {
    let (losses, matches) = (table.losses::<f64>(), matches(table));
    let MmdetConfig { num, pos_fraction, neg_pos_ub, nan: policy, .. } = *config;
    let wanted = oracle::rules::mmdet(&losses, &matches, num, pos_fraction, neg_pos_ub, nan(policy));
    let (positives, got) = match rules::mmdet(&losses, &matches, config) {
        Ok((positives, hard)) => (positives, Ok(hard.into_indices())),
        Err(error) => (0, Err(error)),
    };
    assert_eq!(wanted.as_ref().map_or(0, |wanted| wanted.0.len()), positives);
    assert_eq!(plain(got), wanted.map(|(positives, negatives)| [positives, negatives].concat()));
}

pub(crate) fn check_segmentation(table: &Table, threshold: f64, min_kept: usize) {
    let (losses, counts) = (table.losses::<f64>(), table.labels.iter().map(|&l| l != 3).collect::<Vec<_>>());
    let wanted = oracle::rules::segmentation(&losses, &counts, threshold, min_kept);
    assert_eq!(rules::pixels_by_loss(&losses, &counts, threshold, min_kept), Ok(wanted.clone()));
    // A probability is as hard as it is low.
    let lowest: Vec<_> = losses.iter().map(|&loss| -loss).collect();
    let got = rules::pixels_by_probability(&lowest, &counts, -threshold, min_kept, Counting::Exact);
    assert_eq!(got, Ok(wanted));
    for (counting, naive) in [
        (Counting::Exact, oracle::rules::Counting::Exact),
        (Counting::Mmsegmentation, oracle::rules::Counting::Mmsegmentation),
        (Counting::PaddleSeg, oracle::rules::Counting::PaddleSeg),
    ] {
        let wanted = oracle::rules::by_probability(&losses, &counts, threshold, min_kept, naive);
        let got = rules::pixels_by_probability(&losses, &counts, threshold, min_kept, counting);
        assert_eq!(got, Ok(wanted));
    }
    // Few bits: many ties, to the last byte of the index.
    let coarse: Vec<_> = losses.iter().map(|&loss| loss as i8).collect();
    let wanted = oracle::rules::segmentation(&coarse, &counts, threshold as i8, min_kept);
    assert_eq!(rules::pixels_by_loss(&coarse, &counts, threshold as i8, min_kept), Ok(wanted));
}

/// Indices in the reference's type; `Err` names the first NaN.
fn plain<I: AsRef<[u32]>>(mined: Result<I, RuleError>) -> Result<Vec<usize>, usize> {
    match mined {
        Ok(indices) => Ok(indices.as_ref().iter().map(|&index| index as usize).collect()),
        Err(RuleError::Mine(MineError::Rank(RankError::NanLoss { index }))) => Err(index as usize),
        Err(error) => panic!("{error}"),
    }
}

/// A match for each RoI: its label turned into positives, negatives and ignored.
fn matches(table: &Table) -> Vec<i32> {
    table.labels.iter().map(|&label| (label % 4) as i32 - 2).collect()
}

fn nan(nan: NanPolicy) -> oracle::Nan {
    match nan {
        NanPolicy::Error => oracle::Nan::Error,
        NanPolicy::Skip => oracle::Nan::Skip,
        NanPolicy::First => oracle::Nan::First,
    }
}
