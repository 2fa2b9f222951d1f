//! The mining rules equal their naive twins in the oracle, by `==`, on nasty small inputs.

use ohem_std::rules::ssd::{self, Anchors, SsdConfig, SsdNms};
use ohem_std::rules::{self, Ignored, MmdetConfig, TensorflowConfig, segmentation};
use ohem_std::{LengthMismatch, Match, NanPolicy, VecStorage};
use ohem_testkit::adapters::tiers::on_each_tier;
use ohem_testkit::check;
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;
use proptest::sample::select;

fn a_nan() -> impl Strategy<Value = NanPolicy> {
    select(vec![NanPolicy::Error, NanPolicy::Skip, NanPolicy::First])
}

fn tensorflow_config() -> impl Strategy<Value = TensorflowConfig> {
    let num_hard_examples = prop_oneof![Just(None), (0..20_usize).prop_map(Some)];
    let ratio = prop_oneof![Just(None), select(vec![0.0, 0.5, 1.0, 3.0, -1.0]).prop_map(Some)];
    (num_hard_examples, strategy::threshold(), ratio, 0..4_usize, any::<bool>(), a_nan()).prop_map(
        |(num_hard_examples, iou_threshold, max_negatives_per_positive, least, compete, nan)| {
            let config = TensorflowConfig::new().num_hard_examples(num_hard_examples);
            let config = config.iou_threshold(iou_threshold).min_negatives_per_image(least);
            let config = config.ignored(if compete { Ignored::Compete } else { Ignored::Excluded }).nan(nan);
            max_negatives_per_positive.map_or(config, |ratio| config.max_negatives_per_positive(ratio))
        },
    )
}

fn ssd_config() -> impl Strategy<Value = SsdConfig> {
    let top_k = select(vec![0, 1, 5, 30, usize::MAX]);
    let nms = (strategy::threshold(), top_k, select(vec![0.0, 1e-5, 4.0]))
        .prop_map(|(t, top_k, min_area)| SsdNms::new(t).top_k(top_k).min_area(min_area));
    let nms = prop_oneof![Just(None), nms.prop_map(Some)];
    let ratio = select(vec![0.0, 0.5, 1.0, 3.0]);
    (ratio, 0..4_usize, 0..40_usize, any::<bool>(), nms, a_nan()).prop_map(
        |(ratio, least, sample_size, compete, nms, nan)| {
            let config = SsdConfig::new().neg_pos_ratio(ratio).min_negatives(least).sample_size(sample_size);
            let config = config.ignored(if compete { Ignored::Compete } else { Ignored::Excluded }).nan(nan);
            nms.map_or(config, |nms| config.nms(nms))
        },
    )
}

proptest! {
    #[test]
    fn rfcn(table in strategy::table(120, true), quota in 0..12_usize, policy in a_nan()) {
        on_each_tier(|| check::rules::rfcn(&table, quota, policy));
    }

    #[test]
    fn tensorflow(table in strategy::table(100, true), config in tensorflow_config()) {
        on_each_tier(|| {
            check::rules::tensorflow::<f32>(&table, &config);
            check::rules::tensorflow::<f64>(&table, &config);
        });
    }

    #[test]
    fn ssd(
        table in strategy::table(100, true),
        overlaps in proptest::collection::vec(0.0..1.0, 100),
        config in ssd_config(),
    ) {
        on_each_tier(|| {
            check::rules::ssd::<f32>(&table, &overlaps, &config);
            check::rules::ssd::<f64>(&table, &overlaps, &config);
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
        let config = MmdetConfig::new().num(num).pos_fraction(share).nan(policy);
        let config = limit.map_or(config, |limit| config.neg_pos_ub(limit));
        on_each_tier(|| check::rules::mmdet(&table, &config));
    }

    #[test]
    fn segmentation(
        table in strategy::table(200, true),
        threshold in select(vec![-1.0, 0.0, 0.5, 2.0, f64::INFINITY, f64::NEG_INFINITY]),
        min_kept in 0..250_usize,
    ) {
        on_each_tier(|| check::rules::segmentation(&table, threshold, min_kept));
    }
}

#[test]
fn tensorflow_has_two_recipes_and_weighs_two_losses() {
    let new = TensorflowConfig::new();
    let ssd = TensorflowConfig::ssd();
    assert_eq!(
        (new.num_hard_examples, new.iou_threshold, new.max_negatives_per_positive),
        (Some(64), 0.7, None)
    );
    assert_eq!(
        (ssd.num_hard_examples, ssd.iou_threshold, ssd.max_negatives_per_positive),
        (None, 1.0, Some(3.0))
    );
    assert_eq!(TensorflowConfig::default(), new);
    assert_eq!((SsdConfig::default(), MmdetConfig::default()), (SsdConfig::new(), MmdetConfig::new()));

    let mut losses = [9.0; 2];
    rules::weighted_sum(&[1.0, 2.0], 0.5, &[3.0, 4.0], 0.25, &mut losses).unwrap();
    assert_eq!(losses, [1.25, 2.0]);
}

/// Found by these properties.
#[test]
fn a_quota_of_none_selects_none() {
    let one = Table { corners: vec![[0.0; 4]], images: vec![0], labels: vec![0], losses: vec![0.0] };
    let tensorflow = TensorflowConfig::new().num_hard_examples(Some(0));
    let ssd = SsdConfig::new().neg_pos_ratio(0.0).min_negatives(0).sample_size(0);
    on_each_tier(|| {
        check::rules::rfcn(&one, 0, NanPolicy::Error);
        check::rules::tensorflow::<f32>(&one, &tensorflow);
        check::rules::ssd::<f32>(&one, &[0.0], &ssd);
    });
}

/// Found by these properties.
#[test]
fn a_quota_may_be_all_positives() {
    let losses = [[0.0; 11].as_slice(), &[1.75, 0.875, 3.125, 3.5, 4.5, 2.5]].concat();
    let labels = [[2; 12].as_slice(), &[3; 5]].concat();
    let table = Table { corners: vec![[0.0; 4]; 17], images: vec![0; 17], labels, losses };
    let config = MmdetConfig::new().num(17).pos_fraction(1.0).neg_pos_ub(1.5).nan(NanPolicy::First);
    on_each_tier(|| check::rules::mmdet(&table, &config));
}

#[test]
fn what_does_not_go_together_is_named() {
    on_each_tier(|| {
        let (storage, losses) = (&mut VecStorage::<f32>::new(), [1.0, 2.0]);
        let length = |what, actual| LengthMismatch { what, expected: 2, actual }.into();
        let (two, three) = ([Match::BACKGROUND; 2], [Match::object(0); 3]);
        let refused = rules::rfcn(&[0], &losses, 1, NanPolicy::Error, storage).unwrap_err();
        assert_eq!(refused, length("image ids", 1));
        let refused = rules::rfcn(&[0, -1], &losses, 1, NanPolicy::Error, storage).unwrap_err();
        assert_eq!(refused.to_string(), "image id -1 at position 1: expected a number from 0 to 4294967294");
        let refused = rules::mmdet(&losses, &three, &MmdetConfig::new(), storage).unwrap_err();
        assert_eq!(refused, length("matches", 3));
        let (anchors, config) = (Anchors { boxes: &[], losses: &losses, matches: &two }, SsdConfig::new());
        let refused = ssd::negatives(&anchors, &[0.5], &config, storage).unwrap_err();
        assert_eq!(refused, length("overlaps", 1));
        let refused = ssd::hard_examples(&anchors, &config.nms(SsdNms::new(0.5)), storage).unwrap_err();
        assert_eq!(refused, length("boxes", 0));
        let refused = segmentation::by_loss(&losses, &[true], 0.5, 1).unwrap_err();
        assert_eq!(refused.to_string(), "expected 2 flags, found 1");
        let nan = rules::rfcn(&[0, 9], &[1.0, f32::NAN], 1, NanPolicy::Error, storage).unwrap_err();
        assert_eq!(nan.to_string(), "the loss of RoI 1 is NaN");
    });
}
