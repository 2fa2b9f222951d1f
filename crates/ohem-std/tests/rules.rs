//! The mining rules equal their naive twins, by `==`, on nasty small inputs.

#![expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "small inputs")]

mod each_tier;

use each_tier::on_each_tier;
use ohem_reference as reference;
use ohem_std::rules::{self, Anchors, Ignored, MmdetConfig, RuleError, SsdConfig, SsdNms, TensorflowConfig};
use ohem_std::{BBox, Float, MineError, NanPolicy, RankError};
use ohem_testkit::{Table, strategy};
use proptest::prelude::*;
use proptest::sample::select;

fn nan(nan: NanPolicy) -> reference::Nan {
    match nan {
        NanPolicy::Error => reference::Nan::Error,
        NanPolicy::Skip => reference::Nan::Skip,
        NanPolicy::First => reference::Nan::First,
    }
}

fn a_nan() -> impl Strategy<Value = NanPolicy> {
    select(vec![NanPolicy::Error, NanPolicy::Skip, NanPolicy::First])
}

/// A match for each RoI: its label turned into positives, negatives and ignored.
fn matches(table: &Table) -> Vec<i32> {
    table.labels.iter().map(|&label| (label % 4) as i32 - 2).collect()
}

/// Indices in the reference's type; `Err` names the first NaN.
fn plain<I: AsRef<[u32]>>(mined: Result<I, RuleError>) -> Result<Vec<usize>, usize> {
    match mined {
        Ok(indices) => Ok(indices.as_ref().iter().map(|&index| index as usize).collect()),
        Err(RuleError::Mine(MineError::Rank(RankError::NanLoss { index }))) => Err(index as usize),
        Err(error) => panic!("{error}"),
    }
}

fn check_tensorflow<F: Float>(table: &Table, config: &TensorflowConfig) {
    let (rows, losses, matches) = (table.boxes::<F>(), table.losses::<F>(), matches(table));
    let got = rules::tensorflow(BBox::from_rows(&rows), &losses, &matches, config);
    let negatives =
        config.max_negatives_per_positive.map(|ratio| (ratio as f32, config.min_negatives_per_image));
    let wanted = reference::rules::tensorflow(
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

fn check_ssd<F: Float>(table: &Table, overlaps: &[f64], config: &SsdConfig) {
    let (rows, losses, matches) = (table.boxes::<F>(), table.losses::<F>(), matches(table));
    let overlaps: Vec<_> = overlaps.iter().take(table.len()).map(|&overlap| F::from_f64(overlap)).collect();
    let anchors = Anchors { boxes: BBox::from_rows(&rows), losses: &losses, matches: &matches };
    let nms = config.nms.map(|nms| (F::from_f64(nms.threshold), nms.top_k, nms.min_area));
    let ssd =
        |competes: &[bool], most| reference::rules::ssd(&rows, &losses, competes, most, nms, nan(config.nan));

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

fn tensorflow_config() -> impl Strategy<Value = TensorflowConfig> {
    let num_hard_examples = prop_oneof![Just(None), (0..20_usize).prop_map(Some)];
    let ratio = prop_oneof![Just(None), select(vec![0.0, 0.5, 1.0, 3.0, -1.0]).prop_map(Some)];
    (num_hard_examples, strategy::threshold(), ratio, 0..4_usize, any::<bool>(), a_nan()).prop_map(
        |(num_hard_examples, iou_threshold, max_negatives_per_positive, least, compete, nan)| {
            let mut config = TensorflowConfig::new();
            config.num_hard_examples = num_hard_examples;
            config.iou_threshold = iou_threshold;
            config.max_negatives_per_positive = max_negatives_per_positive;
            config.min_negatives_per_image = least;
            config.ignored = if compete { Ignored::Compete } else { Ignored::Excluded };
            config.nan = nan;
            config
        },
    )
}

fn ssd_config() -> impl Strategy<Value = SsdConfig> {
    let top_k = select(vec![0, 1, 5, 30, usize::MAX]);
    let nms =
        (strategy::threshold(), top_k, select(vec![0.0, 1e-5, 4.0])).prop_map(|(t, top_k, min_area)| {
            let mut nms = SsdNms::new(t);
            (nms.top_k, nms.min_area) = (top_k, min_area);
            nms
        });
    let nms = prop_oneof![Just(None), nms.prop_map(Some)];
    let ratio = select(vec![0.0, 0.5, 1.0, 3.0]);
    (ratio, 0..4_usize, 0..40_usize, any::<bool>(), nms, a_nan()).prop_map(
        |(ratio, least, sample_size, compete, nms, nan)| {
            let mut config = SsdConfig::new();
            (config.neg_pos_ratio, config.min_negatives, config.sample_size) = (ratio, least, sample_size);
            config.ignored = if compete { Ignored::Compete } else { Ignored::Excluded };
            (config.nms, config.nan) = (nms, nan);
            config
        },
    )
}

proptest! {
    #[test]
    fn per_image(table in strategy::table(120, true), quota in 0..12_usize, policy in a_nan()) {
        on_each_tier(|| {
            let losses = table.losses::<f32>();
            let got = rules::per_image(&table.images, &losses, quota, policy).map(ohem_std::Selection::into_indices);
            let wanted = reference::rules::per_image(&table.images, &losses, quota, nan(policy));
            assert_eq!(plain(got), wanted);
        });
    }

    #[test]
    fn tensorflow(table in strategy::table(100, true), config in tensorflow_config()) {
        on_each_tier(|| {
            check_tensorflow::<f32>(&table, &config);
            check_tensorflow::<f64>(&table, &config);
        });
    }

    #[test]
    fn ssd(
        table in strategy::table(100, true),
        overlaps in proptest::collection::vec(0.0..1.0, 100),
        config in ssd_config(),
    ) {
        on_each_tier(|| {
            check_ssd::<f32>(&table, &overlaps, &config);
            check_ssd::<f64>(&table, &overlaps, &config);
        });
    }

    #[test]
    fn mmdet(
        table in strategy::table(120, true),
        num in 0..40_usize,
        share in select(vec![0.0, 0.25, 0.5, 1.0, 2.0]),
        limit in select(vec![None, Some(0.0), Some(1.5), Some(3.0)]),
        policy in a_nan(),
    ) {
        on_each_tier(|| {
            let (losses, matches) = (table.losses::<f64>(), matches(&table));
            let mut config = MmdetConfig::new();
            (config.num, config.pos_fraction, config.neg_pos_ub, config.nan) = (num, share, limit, policy);
            let wanted = reference::rules::mmdet(&losses, &matches, num, share, limit, nan(policy));
            let (positives, got) = match rules::mmdet(&losses, &matches, &config) {
                Ok((positives, hard)) => (positives, Ok(hard.into_indices())),
                Err(error) => (0, Err(error)),
            };
            assert_eq!(wanted.as_ref().map_or(0, |wanted| wanted.0.len()), positives);
            assert_eq!(plain(got), wanted.map(|(positives, negatives)| [positives, negatives].concat()));
        });
    }

    #[test]
    fn segmentation(
        table in strategy::table(200, true),
        threshold in select(vec![-1.0, 0.0, 0.5, 2.0, f64::INFINITY, f64::NEG_INFINITY]),
        min_kept in 0..250_usize,
    ) {
        on_each_tier(|| {
            let (losses, counts) = (table.losses::<f64>(), table.labels.iter().map(|&l| l != 3).collect::<Vec<_>>());
            let wanted = reference::rules::segmentation(&losses, &counts, threshold, min_kept);
            assert_eq!(rules::pixels_by_loss(&losses, &counts, threshold, min_kept), Ok(wanted.clone()));
            // A probability is as hard as it is low.
            let lowest: Vec<_> = losses.iter().map(|&loss| -loss).collect();
            let counting = rules::Counting::Exact;
            let got = rules::pixels_by_probability(&lowest, &counts, -threshold, min_kept, counting);
            assert_eq!(got, Ok(wanted));
            for (counting, naive) in [
                (rules::Counting::Exact, reference::rules::Counting::Exact),
                (rules::Counting::Mmsegmentation, reference::rules::Counting::Mmsegmentation),
                (rules::Counting::PaddleSeg, reference::rules::Counting::PaddleSeg),
            ] {
                let wanted = reference::rules::by_probability(&losses, &counts, threshold, min_kept, naive);
                let got = rules::pixels_by_probability(&losses, &counts, threshold, min_kept, counting);
                assert_eq!(got, Ok(wanted));
            }
            // Few bits: many ties, to the last byte of the index.
            let coarse: Vec<_> = losses.iter().map(|&loss| loss as i8).collect();
            let wanted = reference::rules::segmentation(&coarse, &counts, threshold as i8, min_kept);
            assert_eq!(rules::pixels_by_loss(&coarse, &counts, threshold as i8, min_kept), Ok(wanted));
        });
    }
}

#[test]
fn what_does_not_go_together_is_named() {
    on_each_tier(|| {
        let column = |name, values| RuleError::Column { name, values, losses: 2 };
        let refused = rules::per_image(&[0], &[1.0, 2.0], 1, NanPolicy::Error).unwrap_err();
        assert_eq!(refused, RuleError::Column { name: "images", values: 1, losses: 2 });
        let refused = rules::mmdet(&[1.0, 2.0], &[0; 3], &MmdetConfig::new()).unwrap_err();
        assert_eq!(refused, column("matches", 3));
        let anchors = Anchors { boxes: &[], losses: &[1.0, 2.0], matches: &[-1, -1] };
        let mut config = SsdConfig::new();
        let refused = rules::ssd_negatives(&anchors, &[0.5], &config).unwrap_err();
        assert_eq!(refused, column("overlaps", 1));
        config.nms = Some(SsdNms::new(0.5));
        let refused = rules::ssd_hard_examples(&anchors, &config).unwrap_err();
        assert_eq!(refused, column("boxes", 0));
        let refused = rules::pixels_by_loss(&[1.0, 2.0], &[true], 0.5, 1).unwrap_err();
        assert_eq!(refused.to_string(), "2 losses, but 1 flags");
        let nan = rules::per_image(&[0, 9], &[1.0, f32::NAN], 1, NanPolicy::Error).unwrap_err();
        assert_eq!(nan.to_string(), "the loss of RoI 1 is NaN");
    });
}
