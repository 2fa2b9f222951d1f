"""The golden files of the miners of other frameworks: TensorFlow, SSD, and those of segmentation."""

import numpy as np
from golden import both, cases, floats

import ohem


@both
@cases("tf_hard_example_miner")
def test_tensorflow(case, dtype):
    params = case["params"]
    for image in case["images"]:
        cls, loc = (np.array(image[name], np.float32) for name in ("cls_losses", "loc_losses"))
        weights = [np.float32(params.get(f"{name}_loss_weight", 1)) for name in ("cls", "loc")]
        losses = {"cls": cls, "loc": loc, "both": cls * weights[0] + loc * weights[1]}[params["loss_type"]]
        matches, ratio = image.get("match"), params["max_negatives_per_positive"]
        hard = ohem.rules.tensorflow(
            floats(image["boxes"], dtype, narrow=True).reshape(-1, 4),
            losses.astype(dtype),
            np.zeros(len(losses), np.int64) if matches is None else matches,
            num_hard_examples=params["num_hard_examples"],
            iou_threshold=params["iou_threshold"],
            max_negatives_per_positive=None if matches is None else ratio,
            min_negatives_per_image=params.get("min_negatives_per_image", 0),
            ignored="compete",
        )
        assert hard.tolist() == image["selected"]


@both
@cases("ssd_negative_mining")
def test_ssd(case, dtype):
    threshold = case["nms_threshold"] or None
    for image in case["images"]:
        matches, expected = np.array(image["match"], np.int64), image["expected"]
        if image.get("gt_labels") == []:
            assert expected["neg_indices"] == []  # the original skips an image without ground truth
            continue
        losses = floats(image.get("conf_loss") or image["conf_loss_ref_f64"], np.float32)
        options = {}
        if threshold:
            top_k = case["nms_top_k"] if case["nms_top_k"] >= 0 else None
            boxes = floats(image["nms_boxes"], dtype, narrow=True).reshape(-1, 4)
            options = {"boxes": boxes, "nms_threshold": threshold, "nms_top_k": top_k, "nms_min_area": 1e-5}
        if case["mining_type"] == "max_negative":
            overlaps = floats(image["match_overlap"], dtype)
            shares = {"neg_pos_ratio": case["neg_pos_ratio"], "neg_overlap": case["neg_overlap"]}
            negatives = ohem.rules.ssd_negatives(losses.astype(dtype), matches, overlaps, **shares, **options)
        else:
            if image.get("loc_loss"):
                losses = losses + floats(image["loc_loss"], np.float32)
            sizes = {"sample_size": case["sample_size"], "ignored": "compete"}
            hard = ohem.rules.ssd_hard_examples(losses.astype(dtype), matches, **sizes, **options)
            negatives = hard[matches[hard] == -1]
            after = np.where(np.isin(np.arange(len(matches)), hard), matches, np.minimum(matches, -1))
            assert after.tolist() == expected.get("match_after", after.tolist())
        assert sorted(negatives.tolist()) == expected["neg_indices"]


@both
@cases("seg_ohem")
def test_segmentation(case, dtype):
    images, classes, height, width = case["shape_nchw"]
    logits = floats(case["logits"], np.float64, narrow=True).reshape(images, classes, height * width)
    labels = np.array(case["label"], np.int64)
    valid = labels != case["ignore_index"]
    rows = logits.transpose(0, 2, 1).reshape(-1, classes)
    losses = ohem.cross_entropy(rows.astype(dtype), labels, ignore_index=case["ignore_index"])
    reference = ohem.cross_entropy(rows, labels, ignore_index=case["ignore_index"])
    assert np.allclose(losses, reference, rtol=1e-5 if dtype == np.float32 else 1e-14)
    expected = case.get("expected") or {}
    if "loss_ref_f64" in expected:
        assert np.allclose(reference[valid], np.array(expected["loss_ref_f64"])[valid], rtol=1e-9, atol=0)
    probabilities = expected.get("prob_at_label_ref_f64")
    probabilities = np.exp(-reference) if probabilities is None else np.array(probabilities, np.float64)
    for name, options in (("mmseg_thresh", {"thresh": case["thresh"]}), ("mmseg_topk", None)):
        answer = expected.get(name)
        if answer is None:
            continue
        of_batch = {"min_kept": case["min_kept"] * images, "valid": valid}
        if options is None:
            kept = ohem.rules.pixels_by_loss(reference, thresh=np.inf, **of_batch)
        else:
            kept = ohem.rules.pixels_by_probability(probabilities, **options, **of_batch, counting="mmseg")
        assert np.flatnonzero(kept).tolist() == answer["kept"], name
    original = case.get("original") or {}
    if original.get("mmseg_thresh_kept") is not None:
        kept = ohem.rules.pixels_by_probability(
            probabilities, thresh=case["thresh"], min_kept=case["min_kept"] * images, valid=valid, counting="mmseg"
        )
        assert np.flatnonzero(kept).tolist() == original["mmseg_thresh_kept"]
