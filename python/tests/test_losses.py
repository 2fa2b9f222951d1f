"""Losses compared with plain numpy in float64, and gradients with differences."""

import numpy as np
import pytest

import ohem

RANDOM = np.random.default_rng(0)
LOGITS = RANDOM.normal(0, 3, (60, 7))
LABELS = RANDOM.integers(0, 7, 60)
DELTAS, TARGETS = RANDOM.normal(0, 1, (60, 28)), RANDOM.normal(0, 1, (60, 4))


def softmax(logits):
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def smooth(x, beta):
    return np.where(np.abs(x) < beta, 0.5 * x * x / max(beta, 1e-300), np.abs(x) - 0.5 * beta)


def naive_smooth_l1(deltas, targets, labels, beta):
    rows = np.arange(len(labels))
    own = deltas.reshape(len(labels), -1, 4)[rows, labels if deltas.shape[1] > 4 else 0]
    return smooth(own - targets, beta).sum(1) * (labels > 0)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-5), (np.float64, 1e-12), (np.float16, 1e-5)])
def test_values(dtype, tolerance):
    logits, deltas, targets = (table.astype(dtype) for table in (LOGITS, DELTAS, TARGETS))
    wide, rows = logits.astype(float), np.arange(60)

    def check(got, want):
        assert got.dtype == (np.float64 if dtype == np.float64 else np.float32)
        assert np.allclose(got, want, rtol=tolerance, atol=tolerance)

    check(ohem.cross_entropy(logits, LABELS), -np.log(softmax(wide)[rows, LABELS]))
    check(ohem.cross_entropy(np.asfortranarray(logits), LABELS), -np.log(softmax(wide)[rows, LABELS]))
    positive = np.zeros((60, 8))
    positive[rows, LABELS] = 1
    for background, target in ((0, positive[:, 1:]), (7, positive[:, :7])):
        bce = np.maximum(wide, 0) - wide * target + np.log1p(np.exp(-np.abs(wide)))
        check(ohem.sigmoid_cross_entropy(logits, LABELS, background=background), bce.sum(1))
        check(ohem.binary_cross_entropy(logits, target.astype(dtype)), bce)
    probabilities = softmax(wide).astype(dtype)
    check(
        ohem.probability_cross_entropy(probabilities, LABELS),
        -np.log(np.maximum(probabilities.astype(float)[rows, LABELS], 2.220446049250313e-16)),
    )
    for beta in (1.0, 1 / 9, 0.0):
        got = ohem.smooth_l1(deltas, targets, LABELS, beta=beta)
        check(got, naive_smooth_l1(deltas.astype(float), targets.astype(float), LABELS, beta))
        got = ohem.smooth_l1(deltas[:, :4], targets, LABELS, beta=beta)
        check(got, naive_smooth_l1(deltas[:, :4].astype(float), targets.astype(float), LABELS, beta))


def test_an_ignored_row_has_neither_loss_nor_gradient():
    labels = LABELS.copy()
    labels[::4] = -100
    others = np.arange(60) % 4 != 0
    for loss, gradient in (
        (ohem.cross_entropy, ohem.cross_entropy_gradient),
        (ohem.sigmoid_cross_entropy, ohem.sigmoid_cross_entropy_gradient),
    ):
        got = loss(LOGITS, labels, ignore_index=-100)
        assert (got[::4] == 0).all() and np.array_equal(got[others], loss(LOGITS[others], LABELS[others]))
        got = gradient(LOGITS, labels, ignore_index=-100)
        assert (got[::4] == 0).all() and np.array_equal(got[others], gradient(LOGITS[others], LABELS[others]))
    got = ohem.smooth_l1(DELTAS, TARGETS, labels, ignore_index=-100)
    assert (got[::4] == 0).all()


def difference(loss, at, step=1e-6):
    """The gradient of the sum of losses, by central differences."""
    gradient = np.zeros_like(at)
    for index in np.ndindex(at.shape):
        up, down = at.copy(), at.copy()
        up[index] += step
        down[index] -= step
        gradient[index] = (loss(up).sum() - loss(down).sum()) / (2 * step)
    return gradient


def test_gradients():
    logits, labels, deltas, targets = LOGITS[:12], LABELS[:12], DELTAS[:12], TARGETS[:12]
    goals = RANDOM.random(logits.shape)
    cases = [
        (ohem.cross_entropy, ohem.cross_entropy_gradient, (labels,), {}, logits),
        (ohem.sigmoid_cross_entropy, ohem.sigmoid_cross_entropy_gradient, (labels,), {"background": 7}, logits),
        (ohem.binary_cross_entropy, ohem.binary_cross_entropy_gradient, (goals,), {}, logits),
        (ohem.smooth_l1, ohem.smooth_l1_gradient, (targets, labels), {"beta": 0.5}, deltas),
        (ohem.smooth_l1, ohem.smooth_l1_gradient, (targets, labels), {"inside_weights": np.full((12, 4), 0.5)}, deltas),
    ]
    for loss, gradient, arguments, options, at in cases:
        want = difference(lambda table, loss=loss, a=arguments, o=options: loss(table, *a, **o), at)
        got = gradient(at, *arguments, **options)
        assert np.allclose(got, want, rtol=1e-5, atol=1e-7), loss.__name__
    probabilities = softmax(logits)
    got = ohem.probability_cross_entropy_gradient(probabilities, labels)
    assert np.allclose(got, ohem.cross_entropy_gradient(logits, labels))


def test_a_gradient_of_the_selected_rows():
    selected = [5, 2, 9]
    every = ohem.cross_entropy_gradient(LOGITS, LABELS)
    dense = ohem.cross_entropy_gradient(LOGITS, LABELS, selected, scale=0.5)
    want = np.zeros_like(every)
    want[selected] = 0.5 * every[selected]
    assert np.array_equal(dense, want)
    gathered = ohem.cross_entropy_gradient(LOGITS, LABELS, np.array(selected), scale=0.5, layout="gathered")
    assert np.array_equal(gathered, 0.5 * every[selected])
    boxes = ohem.smooth_l1_gradient(DELTAS, TARGETS, LABELS, selected, layout="gathered")
    assert np.array_equal(boxes, ohem.smooth_l1_gradient(DELTAS, TARGETS, LABELS)[selected])


def test_weights_of_boxes():
    inside, outside = RANDOM.random((60, 28)), RANDOM.random((60, 4))
    inside[inside < 0.2] = 0
    got = ohem.smooth_l1(DELTAS, TARGETS, LABELS, inside_weights=inside, outside_weights=outside)
    rows = np.arange(60)
    own, weights = (table.reshape(60, 7, 4)[rows, LABELS] for table in (DELTAS, inside))
    want = ((weights != 0) * outside * smooth(weights * (own - TARGETS), 1.0)).sum(1) * (LABELS > 0)
    assert np.allclose(got, want, rtol=1e-12)
