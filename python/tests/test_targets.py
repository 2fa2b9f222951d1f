"""Assignment, labels, sampling and box coding."""

import numpy as np
import pytest
from oracle import iou_matrix
from scene import scene

import ohem


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_assignment(dtype):
    boxes, images, *_ = scene(200)
    truth, truth_images, *_ = scene(10, seed=3)
    boxes, truth = boxes.astype(dtype), truth.astype(dtype)
    overlaps, matches = ohem.assign(boxes, truth)
    iou = iou_matrix(boxes, truth)
    assert overlaps.dtype == dtype and np.array_equal(overlaps, iou.max(1))
    assert np.array_equal(matches, np.where(iou.max(1) > 0, iou.argmax(1), -1))

    overlaps, matches = ohem.assign(boxes, truth, images, truth_images)
    iou = np.where(images[:, None] == truth_images[None, :], iou, 0)
    assert np.array_equal(overlaps, iou.max(1))
    assert np.array_equal(matches, np.where(iou.max(1) > 0, iou.argmax(1), -1))


def test_no_ground_truth():
    boxes, *_ = scene(5)
    for truth in ([], np.empty((0, 4), np.float32)):
        overlaps, matches = ohem.assign(boxes, truth)
        assert overlaps.tolist() == [0.0] * 10 and matches.tolist() == [-1] * 10
        assert ohem.label(overlaps, matches, np.empty(0, np.int64)).tolist() == [0] * 10


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_ground_truth_with_an_invalid_box_is_named(dtype):
    boxes, images, *_ = scene(5)
    boxes = boxes.astype(dtype)
    for invalid in ([65535, 10, 189, 60], [0, 0, np.nan, 9], [0, 0, 9, np.inf]):
        truth = np.array([[0, 0, 9, 9], invalid, invalid], dtype)
        found = ", ".join(f"{float(value)}".replace("nan", "NaN") for value in truth[1])
        text = rf"gt_boxes\[1\]: expected finite corners .*, found \[{found}\]"
        with pytest.raises(ValueError, match=text):
            ohem.assign(boxes, truth)
        with pytest.raises(ValueError, match=text):
            ohem.assign(boxes, truth, images, np.array([7, 8, 9]))
    # A RoI may be invalid: it overlaps nothing.
    overlaps, matches = ohem.assign(truth[1:], truth[:1])
    assert overlaps.tolist() == [0, 0] and matches.tolist() == [-1, -1]


def test_labels():
    random = np.random.default_rng(0)
    overlaps, matches = random.random(500), random.integers(-2, 6, 500)
    classes = random.integers(1, 9, 6)
    got = ohem.label(overlaps, matches, classes, foreground=0.6, background_from=0.1, background_below=0.4)
    background = (overlaps >= 0.1) & (overlaps < 0.4) & (matches >= -1)
    want = np.where((overlaps >= 0.6) & (matches >= 0), classes[matches], np.where(background, 0, -1))
    assert np.array_equal(got, want)
    got = ohem.label(overlaps, matches, classes, background=80, ignored=255)
    assert set(got[(overlaps < 0.5) & (matches >= -1)]) == {80} and set(got[matches == -2]) == {255}


def test_a_sample_has_the_shares_asked_for_and_is_drawn_by_its_seed():
    overlaps = np.random.default_rng(0).random(1000)
    options = {"positive_fraction": 0.25, "background_from": 0.1}
    foreground, background = ohem.sample(overlaps, 64, **options, seed=5)
    assert (len(foreground), len(background)) == (16, 48)
    assert (overlaps[foreground] >= 0.5).all() and len(set(foreground.tolist())) == 16
    assert ((overlaps[background] >= 0.1) & (overlaps[background] < 0.5)).all()
    again, _ = ohem.sample(overlaps, 64, **options, seed=5)
    other, _ = ohem.sample(overlaps, 64, **options, seed=6)
    assert again.tolist() == foreground.tolist() != other.tolist()


@pytest.mark.parametrize("pixel", [False, True])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-4), (np.float64, 1e-12)])
def test_encoding(dtype, tolerance, pixel):
    boxes, *_ = (column.astype(dtype) for column in scene(50))
    proposals = (boxes + np.random.default_rng(1).uniform(-9, 9, boxes.shape)).astype(dtype)
    weights = (10.0, 10.0, 5.0, 5.0)
    got = ohem.encode(boxes, proposals, weights=weights, pixel=pixel)

    def centre(b):
        side = b[:, 2:] - b[:, :2] + pixel
        return b[:, :2] + side / 2, side

    (to, to_side), (origin, side) = centre(boxes.astype(float)), centre(proposals.astype(float))
    want = np.concatenate([(to - origin) / side, np.log(to_side / side)], 1) * weights
    assert got.dtype == dtype and np.allclose(got, want, rtol=0, atol=10 * tolerance)
    back = ohem.decode(got, proposals, weights=weights, pixel=pixel)
    assert back.dtype == dtype and np.allclose(back, boxes, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_moments_of_targets(dtype):
    targets = np.random.default_rng(2).normal([0, 1, -2, 3], [0.1, 0.1, 0.2, 0.2], (500, 4)).astype(dtype)
    means, stds = ohem.target_moments(targets)
    assert means.dtype == stds.dtype == dtype
    assert np.allclose(means, targets.mean(0, dtype=float), rtol=1e-6)
    assert np.allclose(stds, targets.std(0, dtype=float), rtol=1e-6)
    for value, why in ((np.nan, "NaN"), (-np.inf, "infinite")):
        targets[7, 3] = value
        with pytest.raises(ValueError, match=f"^row 7 of `targets` must be finite, but its dh is {why}$"):
            ohem.target_moments(targets)


def test_decoding_many_classes_and_the_limit():
    boxes = np.array([[0, 0, 10, 10], [0, 0, 20, 10]], np.float64)
    deltas = np.array([[0, 0, 0, 0, 0.5, 0, 0, 0], [0, 0.5, 0, 0, 0, 0, np.log(2), 50]])
    got = ohem.decode(deltas, boxes)
    assert got.shape == (2, 8)
    assert got[0].tolist() == [0, 0, 10, 10, 5, 0, 15, 10]
    assert got[1, :4].tolist() == [0, 5, 20, 15] and np.allclose(got[1, 4:], [-10, 5 - 312.5, 30, 5 + 312.5])
    assert got[1, 7] < ohem.decode(deltas, boxes, bbox_xform_clip=None)[1, 7]
    assert ohem.decode(np.empty((0, 8)), np.empty((0, 4))).shape == (0, 4)
