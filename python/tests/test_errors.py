"""What cannot be taken is an error that says what was expected, what was found, and where."""

import copy
import pickle

import numpy as np
import pytest
from scene import scene, with_images

import ohem

BOXES, IMAGES, LABELS, LOSSES = scene(10)
NEGATIVE = np.where(np.arange(20) == LOSSES.argmax(), -3, LABELS)
HALF = np.where(np.arange(20) == LOSSES.argmax(), 0.5, LABELS)


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: ohem.mine(BOXES[:5], LOSSES), ValueError, "boxes: expected 20 rows, one for each of losses, found 5"),
        (lambda: ohem.mine(BOXES, LOSSES, LABELS[:5]), ValueError, "labels: expected 20 rows"),
        (lambda: ohem.mine(BOXES, LOSSES, images=IMAGES[:5]), ValueError, "images: expected 20 rows"),
        (lambda: ohem.mine(BOXES[:, :3], LOSSES), ValueError, r"boxes: .*\[n, 4\].* found \[20, 3\]"),
        (lambda: ohem.mine(BOXES[0], LOSSES), ValueError, r"boxes: .* found \[4\]"),
        (lambda: ohem.mine(BOXES, LOSSES[:, None]), ValueError, r"losses: expected 1 dimensions, found .*\[20, 1\]"),
        (lambda: ohem.mine(BOXES, LOSSES, LABELS[:, None]), ValueError, "labels: expected 1 dim"),
        (lambda: ohem.mine(with_images(BOXES, IMAGES), LOSSES, images=IMAGES), ValueError, "images=None"),
        (lambda: ohem.mine(None, LOSSES), ValueError, "only if iou_threshold is None"),
        (lambda: ohem.mine(BOXES.astype(int), LOSSES), TypeError, "boxes: expected float32 or float64, found int64"),
        (lambda: ohem.mine(BOXES, LOSSES.astype(int)), TypeError, "losses: expected a float type, found int64"),
        (lambda: ohem.mine(BOXES, LOSSES.astype(">f4")), TypeError, r"losses: .*>f4.*astype"),
        (lambda: ohem.mine(BOXES, LOSSES.astype(complex)), TypeError, "losses: arrays of dtype complex128"),
        (lambda: ohem.mine(BOXES, LOSSES.astype(np.longdouble)), TypeError, "losses: arrays of dtype"),
        (lambda: ohem.mine("boxes", LOSSES), TypeError, "boxes: arrays of dtype <U5|boxes: expected"),
        (lambda: ohem.mine(BOXES, [None] * 20), TypeError, "losses: arrays of dtype object"),
        (lambda: ohem.mine(np.float32(1), LOSSES), ValueError, "boxes: expected 1 to 5 dimensions, found 0"),
        (lambda: ohem.mine(BOXES, LOSSES, NEGATIVE), ValueError, "label -3 at position .*pass ignore_index=-3"),
        (lambda: ohem.mine(BOXES, LOSSES, HALF), ValueError, "label 0 at position"),
        (lambda: ohem.mine(BOXES, LOSSES, images=NEGATIVE), ValueError, "image -3 at position"),
        (lambda: ohem.mine(BOXES, LOSSES, LABELS + (1 << 40)), ValueError, "label 1099511627"),
        (lambda: ohem.mine(BOXES, LOSSES, iou_threshold=float("nan")), ValueError, "`iou_threshold` must be a number"),
        (lambda: ohem.mine(BOXES, LOSSES, nan="drop"), ValueError, 'nan: expected "error", "skip" or "first"'),
        (lambda: ohem.mine(BOXES, LOSSES, batch_size=-1), ValueError, "expected at least 0, found -1"),
        (lambda: ohem.mine(BOXES, LOSSES, batch_size=1 << 80), ValueError, "fits 64 bits"),
        (lambda: ohem.mine(BOXES, LOSSES, batch_size=1.5), TypeError, "integer"),
        (lambda: ohem.mine(BOXES, LOSSES, LABELS, IMAGES, 64), TypeError, "positional"),
        (lambda: ohem.Miner(nan="drop"), ValueError, "nan"),
        (lambda: ohem.nms(BOXES, LOSSES[:3], 0.5), ValueError, "boxes: expected 3 rows"),
        (lambda: ohem.nms(with_images(BOXES, IMAGES), LOSSES, 0.5), ValueError, r"expected the shape \[n, 4\]"),
        (lambda: ohem.batched_nms(BOXES, LOSSES, NEGATIVE, 0.5), ValueError, "group -3 at position"),
        (lambda: ohem.batched_nms(BOXES, LOSSES, HALF, 0.5), ValueError, "idxs: a number is not whole"),
        (lambda: ohem.box_iou(BOXES, BOXES.astype(float)), TypeError, "boxes2: expected float32, as boxes1 has"),
        (lambda: ohem.assign(BOXES, BOXES, IMAGES), ValueError, "expected both, or neither"),
        (lambda: ohem.label([0.5], [2], [1, 1]), ValueError, "match 2 at position 0"),
        (lambda: ohem.label([0.5], [0.0], [1, 1]), TypeError, "matches: expected an integer type"),
        (lambda: ohem.sample([0.5], positive_fraction=2.0), ValueError, "`positive_fraction` must be a number from 0"),
        (lambda: ohem.encode(BOXES, BOXES[:3]), ValueError, "expected 3 boxes to encode, found 20"),
        (lambda: ohem.decode(BOXES[:, :3], BOXES), ValueError, r"rel_codes: expected the shape \[n, 4 x classes\]"),
        (lambda: ohem.cross_entropy(BOXES, LABELS + 4), ValueError, "label .* at position 0: expected"),
        (lambda: ohem.cross_entropy(BOXES, LABELS[:3]), ValueError, "labels: expected 20 rows"),
        (lambda: ohem.cross_entropy_gradient(BOXES, LABELS % 4, [20]), ValueError, "20"),
        (lambda: ohem.cross_entropy_gradient(BOXES, LABELS % 4, [-1]), ValueError, r"selected\[0\] is -1"),
        (lambda: ohem.cross_entropy_gradient(BOXES, LABELS % 4, layout="flat"), ValueError, "layout: expected"),
        (lambda: ohem.binary_cross_entropy(LOSSES, LOSSES[:3]), ValueError, r"targets: expected the shape \[20\]"),
        (lambda: ohem.smooth_l1(BOXES, BOXES, LABELS, beta=-1.0), ValueError, "beta: expected a number of at least 0"),
        (lambda: ohem.smooth_l1(BOXES, BOXES.astype(float), LABELS), TypeError, "regression_targets: expected float32"),
        (lambda: ohem.merge([], 3), ValueError, "at least one"),
        (lambda: ohem.merge([([0.1, 0.2], [0, 1])], 3), ValueError, "hardest first"),
        (lambda: ohem.merge([([0.1], [0]), (np.float32([0.1]), [1])], 3), TypeError, "losses of float64 in all"),
        (lambda: ohem.split_by_image([3], [0, 0]), ValueError, r"indices\[0\] is 3: expected less than 2"),
        (lambda: ohem.split_by_image([0], [0, 5], 2), ValueError, r"images\[1\] is 5: expected less than 2"),
        (lambda: ohem.rules.ssd_negatives(LOSSES, LABELS - 1, LOSSES, boxes=BOXES), ValueError, "both, or neither"),
        (lambda: ohem.rules.libra([0.5], [0], pick="best"), ValueError, "pick: expected"),
        (
            lambda: ohem.rules.pixels_by_loss(LOSSES, thresh=0.5, min_kept=2, valid=LABELS),
            TypeError,
            "valid: expected bool",
        ),
        (
            lambda: ohem.rules.pixels_by_loss(LOSSES, thresh=0.5, min_kept=2, valid=[True]),
            ValueError,
            "valid: expected",
        ),
        (
            lambda: ohem.rules.pixels_by_probability(LOSSES, thresh=0.5, min_kept=2, counting="all"),
            ValueError,
            "counting: expected",
        ),
    ],
)
def test_an_error_says_what_to_do(call, kind, text):
    with pytest.raises(kind, match=text):
        call()


def test_a_nan_error_survives_copies_and_processes():
    with pytest.raises(ohem.NanLossError) as caught:
        ohem.top_k([0.5, float("nan")], 1)
    for error in (caught.value, copy.copy(caught.value), pickle.loads(pickle.dumps(caught.value))):
        assert (error.index, str(error)) == (1, str(caught.value))


def test_a_miner_that_failed_goes_on():
    miner = ohem.Miner(4)
    want = miner(BOXES, LOSSES, LABELS, IMAGES).tolist()
    last = miner.last
    with pytest.raises(ValueError, match="label -3"):
        miner(BOXES, LOSSES, NEGATIVE, IMAGES)
    assert miner.last == last and miner(BOXES, LOSSES, LABELS, IMAGES).tolist() == want
