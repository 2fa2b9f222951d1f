//! Caffe-SSD: the unit tests of `ApplyNMS`, `JaccardOverlap` and `BBoxSize`.

use ohem_core::{BBox, Convention, NanPolicy};
use serde::Deserialize;

use super::{close, corners, floats, kept};
use crate::support::number::{Number, Precision};
use crate::support::path::Path;

#[derive(Deserialize)]
pub(crate) struct Caffe {
    apply_nms: ApplyNms,
    jaccard: Vec<Jaccard>,
    bbox_size: Vec<Size>,
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
