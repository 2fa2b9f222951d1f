//! Caffe-SSD: the unit tests of `ApplyNMS`, `JaccardOverlap` and `BBoxSize`, and cases of `MineHardExamples`.

use std::collections::BTreeMap;

use ohem_core::rules::Ignored;
use ohem_core::rules::ssd::SsdConfig;
use ohem_core::{BBox, Convention, NanPolicy};
use ohem_testkit::adapters::{
    Oracle, Path,
    rules::{Anchors, Ssd as _},
};
use serde::Deserialize;

use super::{close, corners, floats, kept};
use crate::support::number::{Number, Precision};

#[derive(Deserialize)]
pub(crate) struct Caffe {
    apply_nms: ApplyNms,
    jaccard: Vec<Jaccard>,
    bbox_size: Vec<Size>,
    mine_derived: MineHardExamples,
}

#[derive(Deserialize)]
struct MineHardExamples {
    r#match: Vec<i32>,
    overlap: Vec<Number>,
    conf: Vec<Number>,
    loc: Vec<Number>,
    /// The negatives at each ratio: `"ratio .5"`.
    #[serde(rename = "MAX_NEGATIVE neg_overlap .5")]
    max_negative: BTreeMap<String, Vec<usize>>,
    /// The remaining matches at each sample size.
    #[serde(rename = "HARD_EXAMPLE")]
    hard_example: BTreeMap<String, HardExample>,
}

#[derive(Deserialize)]
struct HardExample {
    r#match: Vec<i32>,
    neg: Vec<usize>,
}

#[derive(Deserialize)]
struct ApplyNms {
    boxes: Vec<[Number; 4]>,
    scores: Vec<Number>,
    cases: Vec<ApplyNmsCase>,
    overlaps_0: Vec<Option<f64>>,
    #[serde(rename = "fast_score_thr_0.5")]
    fast: ApplyNmsCase,
}

#[derive(Deserialize)]
struct ApplyNmsCase {
    thr: f64,
    top_k: i32,
    out: Vec<usize>,
}

#[derive(Deserialize)]
struct Jaccard {
    a: [Number; 4],
    b: [Number; 4],
    iou: f64,
}

#[derive(Deserialize)]
struct Size {
    b: [Number; 4],
    area: f64,
}

/// Only the best `top_k` are looked at; an inverted box has no area.
pub(crate) fn nms_and_jaccard<F: Precision, P: Path>(peer: &Caffe) {
    let ApplyNms { boxes, scores, cases, overlaps_0, fast } = &peer.apply_nms;
    let (boxes, scores) = (corners::<F>(boxes), floats::<F>(scores));
    for ApplyNmsCase { thr, top_k, out } in cases {
        let among =
            P::top_k(&scores, usize::try_from(*top_k).unwrap_or(boxes.len()), NanPolicy::Error).unwrap();
        assert_eq!(&kept::<F, P>(&boxes, &scores, &among, *thr), out, "{} {}", P::NAME, F::NAME);
    }
    let fast_among: Vec<usize> = (0..boxes.len()).filter(|&roi| scores[roi].into() > 0.5).collect();
    assert_eq!(kept::<F, P>(&boxes, &scores, &fast_among, fast.thr), fast.out);
    // Its map of overlaps has a 0 for boxes that were never compared: the third did not make the `top_k`.
    let compared = P::iou(&boxes[..1], &boxes, Convention::Continuous).into_iter().zip(overlaps_0);
    for (got, want) in compared.filter_map(|(got, want)| Some((got, want.filter(|&want| want > 0.)?))) {
        close("overlap", got, want, 1e-12);
    }
    for Jaccard { a, b, iou } in &peer.jaccard {
        close(
            "jaccard",
            P::iou(&corners::<F>(&[*a]), &corners(&[*b]), Convention::Continuous)[0],
            *iou,
            1e-12,
        );
    }
    for Size { b, area } in &peer.bbox_size {
        let bbox = BBox::from(b.map(Number::to::<F>));
        let is_box = bbox.is_box(Convention::Continuous);
        close("size", if is_box { bbox.area(Convention::Continuous) } else { F::zero() }, *area, 1e-12);
    }
}

/// `MAX_NEGATIVE` leaves out what overlaps ground truth by a half or more.
pub(crate) fn max_negative<F: Precision, P: Path>(peer: &Caffe) {
    let MineHardExamples { r#match: matches, overlap, conf, max_negative, .. } = &peer.mine_derived;
    let (losses, overlaps) = (floats::<F>(conf), floats::<F>(overlap));
    let anchors = Anchors { boxes: &[], losses: &losses, matches };
    for (ratio, out) in max_negative {
        let mut config = SsdConfig::new();
        config.neg_pos_ratio = ratio.strip_prefix("ratio ").unwrap().parse().unwrap();
        let mut hard = P::ssd_negatives(&anchors, &overlaps, &config).unwrap();
        let naive = Oracle::ssd_negatives(&anchors, &overlaps, &config).unwrap();
        assert_eq!(hard, naive, "{} {}", P::NAME, F::NAME);
        hard.sort_unstable();
        assert_eq!(&hard, out, "{ratio}");
    }
}

/// `HARD_EXAMPLE` lets the ignored use up the budget; by default they take no part.
pub(crate) fn hard_example<F: Precision, P: Path>(peer: &Caffe) {
    let MineHardExamples { r#match: matches, conf, loc, hard_example, .. } = &peer.mine_derived;
    let losses: Vec<F> = floats::<F>(conf).into_iter().zip(floats::<F>(loc)).map(|(a, b)| a + b).collect();
    let anchors = Anchors::<F> { boxes: &[], losses: &losses, matches };
    for (size, out) in hard_example {
        let mut config = SsdConfig::new();
        (config.sample_size, config.ignored) = (size.parse().unwrap(), Ignored::Compete);
        let mut hard = P::ssd_hard_examples(&anchors, &config).unwrap();
        let naive = Oracle::ssd_hard_examples(&anchors, &config).unwrap();
        assert_eq!(hard, naive, "{} {}", P::NAME, F::NAME);
        hard.sort_unstable();
        let of = |wanted: fn(i32) -> bool| hard.iter().copied().filter(move |&roi| wanted(matches[roi]));
        assert_eq!(of(|matched| matched == -1).collect::<Vec<_>>(), out.neg, "{size}");
        let still_positive = (0..matches.len()).filter(|&roi| out.r#match[roi] >= 0);
        assert!(of(|matched| matched >= 0).eq(still_positive), "{size}");
        config.ignored = Ignored::Excluded;
        let hard = P::ssd_hard_examples(&anchors, &config).unwrap();
        let competing = matches.iter().filter(|&&matched| matched >= -1).count();
        assert_eq!(hard.len(), config.sample_size.min(competing), "{size}");
        assert!(hard.iter().all(|&roi| matches[roi] >= -1), "{size}");
    }
}
