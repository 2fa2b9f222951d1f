"""The golden files of the repository: numbers from the original OHEM and other miners, run unmodified."""

import zlib

import numpy as np
from golden import RULES, answers, both, cases, check_mined, floats, is_kept, table

import ohem


@both
@cases("ohem_minibatch")
def test_minibatch(case, dtype):
    rois, labels, losses = table(case, dtype)
    seen = list(answers(case["expected"]))
    assert seen
    for rule, answer in seen:
        check_mined(rois, labels, losses, rule, case["nms_thresh"], case["batch_size"], answer)
    hard = dict(seen).get("nms_ge", {}).get("hard")
    for name, column in (("rois_hard", rois), ("labels_hard", labels)):
        blob = case.get("blobs_nms_ge", {}).get(name)
        if blob and hard is not None:
            gathered = column[hard].astype("<f4")
            assert list(gathered.shape) == blob["shape"] and zlib.crc32(gathered.tobytes()) == blob["crc32"]


@both
@cases("ohem_forward")
def test_forward(case, dtype):
    n, classes = case["n"], case["num_classes"]
    labels = np.array(case["labels"])
    losses = ohem.probability_cross_entropy(floats(case["cls_prob"], dtype, narrow=True), labels)
    tolerance = 1e-9 if dtype == np.float64 else 1e-5
    expected = case["expected"]
    assert np.allclose(losses, floats(expected["cls_loss_ref_f64"], np.float64), rtol=tolerance, atol=0)
    if case["bbox_reg"]:
        own = floats(case["bbox_pred_at_label"], dtype, narrow=True)
        deltas = np.full((n, classes, 4), np.nan, dtype)
        deltas[np.arange(n), labels] = own
        weights = [np.tile(floats(case[w], dtype, narrow=True), (n, 1)) for w in ("inside_weights", "outside_weights")]
        located = ohem.smooth_l1(
            deltas.reshape(n, -1),
            floats(case["bbox_target_at_label"], dtype, narrow=True),
            labels,
            inside_weights=weights[0],
            outside_weights=weights[1],
        )
        assert np.allclose(located, floats(expected["loc_loss_ref_f64"], np.float64), rtol=tolerance, atol=0)
        losses = losses + located
    assert np.allclose(losses, floats(expected["loss_ref_f64"], np.float64), rtol=tolerance, atol=0)
    rois = floats(case["rois"], dtype)
    for rule, answer in (("nms_ge", "nms"), ("nms_gt", "nms"), ("no_nms", "no_nms")):
        check_mined(rois, labels, losses, rule, case["nms_thresh"], case["batch_size"], expected[answer])


@both
@cases("nms")
def test_nms(case, dtype):
    dets = floats(case["dets"], dtype).reshape(-1, 5)
    boxes, scores = np.ascontiguousarray(dets[:, :4]), dets[:, 4]
    for name, answer in answers(case, ("keep_ge", "keep_gt")):
        inclusive = name == "keep_ge"
        for columns in (boxes, dets[:, :4]):
            kept = ohem.nms(columns, scores, case["thresh"], inclusive=inclusive, pixel=True)
            assert kept.tolist() == answer, name


@both
@cases("bbox", kind="bbox_transform")
def test_encode(case, dtype):
    narrow = case["dtype"] == "f32"
    got = ohem.encode(floats(case["gt"], dtype, narrow), floats(case["ex"], dtype, narrow), pixel=True)
    tolerance = 1e-12 if dtype == np.float64 and not narrow else 1e-5
    assert np.allclose(got, floats(case["out"], np.float64), rtol=tolerance, atol=tolerance, equal_nan=True)


@both
@cases("bbox", kind="bbox_transform_inv")
def test_decode(case, dtype):
    narrow = case["dtype"] == "f32"
    boxes = floats(case["boxes"], dtype, narrow).reshape(-1, 4)
    deltas = floats(case["deltas"], dtype, narrow)
    deltas = deltas.reshape(len(boxes), -1) if len(boxes) else np.empty((0, 4), dtype)
    got = ohem.decode(deltas, boxes, bbox_xform_clip=None, pixel=True).reshape(-1, 4)
    got += np.array([0, 0, 1, 1], dtype)  # the original does not subtract the pixel again
    tolerance = 1e-12 if dtype == np.float64 and not narrow else 1e-5
    want = floats(case["out"], np.float64).reshape(-1, 4)
    assert np.allclose(got, want, rtol=tolerance, atol=tolerance, equal_nan=True)


@both
@cases("bbox", kind="bbox_overlaps")
def test_overlaps(case, dtype):
    boxes, query = (floats(case[name], dtype).reshape(-1, 4) for name in ("boxes", "query"))
    got = ohem.box_iou(boxes, query, pixel=True)
    valid = [(b[:, 0] <= b[:, 2]) & (b[:, 1] <= b[:, 3]) for b in (boxes, query)]
    want = np.where(valid[0][:, None] & valid[1][None, :], floats(case["out"], np.float64).reshape(got.shape), 0)
    double = dtype == np.float64 and case.get("dtype") != "f32"
    assert np.allclose(got, want, rtol=1e-12 if double else 1e-5, atol=0 if double else 1e-5)


@both
@cases("roi_labels")
def test_roi_labels(case, dtype):
    truth = floats(case["gt_boxes"], dtype).reshape(-1, 4)
    rois = np.concatenate([truth, floats(case["proposals"], dtype).reshape(-1, 4)])
    classes, expected = np.array(case["gt_classes"], np.int64), case["expected"]
    overlaps, matches = ohem.assign(rois, truth, pixel=True)
    own = np.arange(len(truth))
    overlaps[own], matches[own] = np.where(overlaps[own] > 0, 1, 0), own  # ground truth is matched with itself
    assert np.allclose(overlaps, expected["max_overlaps"], rtol=0, atol=1e-5)
    of = np.where(matches >= 0, classes[matches] if len(classes) else 0, 0)
    assert of.tolist() == expected["max_classes"]
    labels = ohem.label(
        overlaps,
        matches,
        classes,
        foreground=case["fg_thresh"],
        background_from=case["bg_thresh_lo"],
        background_below=case["bg_thresh_hi"],
    )
    foreground = np.flatnonzero(overlaps >= dtype(case["fg_thresh"]))
    below = (overlaps >= dtype(case["bg_thresh_lo"])) & (overlaps < dtype(case["bg_thresh_hi"]))
    background = np.flatnonzero(below)
    assert [*foreground, *background] == expected["keep_inds"]
    assert [*labels[foreground], *[0] * len(background)] == expected["labels"]
    alone = np.setdiff1d(background, foreground)
    assert (labels[alone] == 0).all()
    has_target = (overlaps >= dtype(case["bbox_thresh"])) & (matches >= 0)
    encoded = ohem.encode(truth[matches] if len(truth) else rois, rois, pixel=True)
    if case["normalize"]:
        encoded = (encoded - np.array(case["means"], dtype)) / np.array(case["stds"], dtype)
    want = np.array(expected["compact_targets_kept"], np.float64).reshape(-1, 5)
    for roi, row in zip(expected["keep_inds"], want, strict=True):
        got = [of[roi], *encoded[roi]] if has_target[roi] else [0] * 5
        assert np.allclose(got, row, rtol=1e-5, atol=1e-5)


@both
@cases("losses")
def test_losses(case, dtype):
    def near(got, want):
        # Or the nearest float, where the type has no more digits or no larger number.
        want, tolerance = floats(want, np.float64), 1e-9 if dtype == np.float64 else 1e-5
        with np.errstate(over="ignore"):
            nearest = got == want.astype(dtype)
        close = np.isclose(got, want, rtol=tolerance, atol=np.finfo(dtype).smallest_subnormal, equal_nan=True)
        assert (nearest | close).all()

    kind = case["kind"]
    if kind == "ce_prob":
        near(ohem.probability_cross_entropy(floats([case["prob"]], dtype, True), [case["label"]]), [case["loss"]])
    elif kind == "ce_logits":
        near(ohem.cross_entropy(floats([case["logits"]], dtype, True), [case["label"]]), [case["loss"]])
    elif kind == "sigmoid_bce_logits":
        near(ohem.binary_cross_entropy(floats(case["x"], dtype), floats(case["y"], dtype)), case["loss"])
    elif kind == "smooth_l1":
        x = floats(case["x"], dtype)
        rows = np.zeros((len(x), 4), dtype)
        rows[:, 1] = x
        near(ohem.smooth_l1(rows, np.zeros_like(rows), np.ones(len(x), np.int64), beta=case["beta"]), case["loss"])
    else:
        weights = [floats([case[name]], dtype) for name in ("inside_weights", "outside_weights")]
        deltas = np.tile(floats([case["pred"]], dtype, True), (1, case["label"] + 1))
        got = ohem.smooth_l1(
            deltas,
            floats([case["target"]], dtype, True),
            [case["label"]],
            inside_weights=weights[0],
            outside_weights=weights[1],
        )
        near(got, [case["loss"]])


@both
@cases("ties", kind="small_enumerated")
def test_ties(case, dtype):
    rois, labels, losses = table(case, dtype)
    expected = case["with_nms"]
    rules = ["nms_ge", "nms_gt"] if 0 < case["nms_thresh"] < 1 else ["nms_ge"]
    for rule in rules:
        answer = expected["ties_lowest_index_first"]
        check_mined(rois, labels, losses, rule, case["nms_thresh"], case["batch_size"], answer)
        options = {"iou_threshold": case["nms_thresh"], **RULES[rule]}
        hard = set(ohem.mine(rois, losses, labels, batch_size=case["batch_size"], **options).tolist())
        assert set(expected["hard_always"]) <= hard <= set(expected["hard_possible"])
    without = case["without_nms"]
    hard = ohem.top_k(losses, case["batch_size"])
    assert set(hard.tolist()) == {*without["must"], *sorted(without["tied_at_cut"])[: without["num_from_tied"]]}
    assert losses[hard].tolist() == floats(without["loss_list"], dtype).tolist()


@both
@cases("ties", kind="duplicates_equal_loss")
def test_duplicates(case, dtype):
    of = np.array(case["assignment"])
    boxes, losses = floats(case["distinct_boxes"], dtype)[of], floats(case["distinct_loss"], dtype)[of]
    kept = ohem.nms(boxes, losses, case["nms_thresh"], inclusive=True, pixel=True)
    assert of[kept].tolist() == case["expected"]["kept_distinct_in_order"]
    hard = ohem.mine(boxes, losses, batch_size=case["batch_size"], iou_threshold=case["nms_thresh"], **RULES["nms_ge"])
    assert of[hard].tolist() == case["expected"]["hard_distinct_in_order"]


@both
@cases("ties", kind="select_only")
def test_selection_alone(case, dtype):
    losses, expected = floats(case["loss"], dtype), case["expected"]
    hard = ohem.top_k(losses, case["batch_size"])
    assert len(hard) == expected["num_selected"] and losses[hard[-1]] == dtype(expected["kth_loss"])
    assert set(expected["must"]) <= set(hard.tolist())


@both
@cases("ohem_edge")
def test_edge(case, dtype):
    if not is_kept(case):
        return
    rois, labels, losses = table(case, dtype)
    for rule, answer in answers(case["original"]):
        check_mined(rois, labels, losses, rule, case["nms_thresh"], case["batch_size"], answer, nan="first")
