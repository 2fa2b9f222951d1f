"""NMS, IoU and ranking, compared with plain numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import iou_matrix, nms, order
from scene import scene

import ohem


@st.composite
def boxes_and_scores(draw):
    n = draw(st.integers(0, 40))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    corners = random.integers(0, 12, (n, 2))
    boxes = np.concatenate([corners, corners + random.integers(-1, 12, (n, 2))], 1)
    boxes = boxes.astype(draw(st.sampled_from([np.float32, np.float64])))
    if n > 2 and draw(st.booleans()):
        boxes[0, 2], boxes[1, 0] = np.inf, np.nan
    return boxes, random.integers(0, 6, n).astype(np.float32), random.integers(0, 3, n)


@settings(max_examples=200, deadline=None)
@given(boxes_and_scores(), st.sampled_from([0.0, 0.25, 0.5, 0.7, 1.0]), st.booleans(), st.booleans())
def test_suppression(given_boxes, threshold, inclusive, pixel):
    boxes, scores, groups = given_boxes
    options = {"inclusive": inclusive, "pixel": pixel}
    assert ohem.nms(boxes, scores, threshold, **options).tolist() == nms(boxes, scores, threshold, **options)
    kept = []
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        kept.extend(rows[nms(boxes[rows], scores[rows], threshold, **options)].tolist())
    kept = np.sort(np.array(kept, np.int64))
    want = kept[order(scores[kept])].tolist()
    for idxs in (groups, groups.astype(np.uint8), groups.astype(np.float64), np.repeat(groups, 2)[::2]):
        assert ohem.batched_nms(boxes, scores, idxs, threshold, **options).tolist() == want


@settings(max_examples=200, deadline=None)
@given(boxes_and_scores(), boxes_and_scores(), st.booleans())
def test_iou(one, other, pixel):
    one, other = one[0], other[0].astype(one[0].dtype)
    got = ohem.box_iou(one, other, pixel=pixel)
    assert got.dtype == one.dtype and got.shape == (len(one), len(other))
    assert np.array_equal(got, iou_matrix(one, other, pixel))


def test_iou_of_other_layouts():
    boxes, *_ = scene(20)
    want = ohem.box_iou(boxes, boxes)
    assert np.array_equal(ohem.box_iou(np.asfortranarray(boxes), np.repeat(boxes, 2, 0)[::2]), want)
    coarse = boxes.astype(np.float16)
    wide = coarse.astype(np.float32)
    assert np.array_equal(ohem.box_iou(coarse, wide), ohem.box_iou(wide, wide))


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 200), st.integers(0, 250), st.sampled_from([np.float16, np.float32, np.float64]), st.integers(0, 99)
)
def test_top_k(n, k, dtype, seed):
    losses = np.random.default_rng(seed).integers(-3, 9, n).astype(dtype)
    assert ohem.top_k(losses, k).tolist() == order(losses)[:k].tolist()


def test_large_coordinates_do_not_mix_groups():
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 9]], np.float32) + np.float32(1e7)
    assert ohem.batched_nms(boxes, np.float32([0.9, 0.8]), [0, 1], 0.5).tolist() == [0, 1]
    assert ohem.batched_nms(boxes, np.float32([0.9, 0.8]), [1, 1], 0.5).tolist() == [0]


@pytest.mark.parametrize("n", [3000])
def test_many_boxes(n):
    boxes, _, labels, losses = scene(n, images=1)
    assert ohem.nms(boxes, losses, 0.5).tolist() == nms_of_many(boxes, losses, np.zeros(n), 0.5)
    assert ohem.batched_nms(boxes, losses, labels, 0.5).tolist() == nms_of_many(boxes, losses, labels, 0.5)


def nms_of_many(boxes, scores, groups, threshold):
    """As the oracle, a row of overlaps at a time."""
    alive, kept = np.ones(len(boxes), bool), []
    for row in order(scores):
        if alive[row]:
            kept.append(int(row))
            overlaps = iou_matrix(boxes[row : row + 1], boxes)[0] > np.float32(threshold)
            alive &= ~(overlaps & (groups == groups[row]))
    return kept
