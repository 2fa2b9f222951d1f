"""Mining, compared with the seed's algorithm in plain numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import get_ohem_minibatch
from scene import scene, with_images

import ohem


@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize("pixel", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_seeds_algorithm(dtype, pixel, inclusive):
    boxes, images, labels, losses = scene(300)
    boxes, losses = boxes.astype(dtype), losses.astype(dtype)
    options = {"pixel": pixel, "inclusive": inclusive}
    want = get_ohem_minibatch(boxes, losses, labels, images, **options)
    got = ohem.mine(boxes, losses, labels, images, **options)
    assert got.dtype == np.int64 and got.tolist() == want
    assert ohem.mine(with_images(boxes, images), losses, labels, **options).tolist() == want


@st.composite
def batches(draw):
    """Small batches on a coarse grid: ties, equal boxes, empty boxes and IoUs at a threshold are common."""
    n = draw(st.integers(0, 40))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    corners = random.integers(0, 12, (n, 2))
    boxes = np.concatenate([corners, corners + random.integers(-1, 12, (n, 2))], 1)
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    losses = random.integers(0, 6, n).astype(draw(st.sampled_from([np.float32, np.float64, np.float16])))
    keys = draw(st.sampled_from([np.int64, np.int32, np.uint32, np.uint8, np.int16, np.uint64, np.float32, np.float64]))
    return boxes.astype(dtype), losses, random.integers(0, 3, n).astype(keys), random.integers(0, 3, n).astype(keys)


@settings(max_examples=300, deadline=None)
@given(
    batches(),
    st.integers(0, 50),
    st.sampled_from([None, 0.0, 0.25, 0.5, 0.7, 1.0]),
    st.booleans(),
    st.booleans(),
)
def test_any_batch(batch, batch_size, iou_threshold, inclusive, pixel):
    options = {"batch_size": batch_size, "iou_threshold": iou_threshold, "inclusive": inclusive, "pixel": pixel}
    boxes, losses, labels, images = batch
    want = get_ohem_minibatch(boxes, losses, labels, images, **options)
    assert ohem.mine(boxes, losses, labels, images, **options).tolist() == want
    assert ohem.mine(with_images(boxes, images), losses, labels, **options).tolist() == want
    miner = ohem.Miner(**options)
    for _ in range(2):
        assert miner(boxes, losses, labels, images).tolist() == want
    want = get_ohem_minibatch(boxes, losses, None, images, **options)
    assert ohem.mine(boxes, losses, images=images, **options).tolist() == want


def test_any_layout():
    boxes, images, labels, losses = scene(200)
    want = ohem.mine(boxes, losses, labels, images).tolist()
    unaligned = np.zeros(4 * boxes.size + 1, np.uint8)[1:].view(np.float32).reshape(boxes.shape)
    unaligned[:] = boxes
    unaligned_losses = np.zeros(4 * losses.size + 1, np.uint8)[1:].view(np.float32)
    unaligned_losses[:] = losses
    frozen = boxes.copy()
    frozen.flags.writeable = False
    for same_boxes in [
        np.asfortranarray(boxes),
        np.repeat(boxes, 2, 0)[::2],
        np.ascontiguousarray(boxes[::-1])[::-1],
        with_images(boxes, images)[:, 1:],
        unaligned,
        frozen,
    ]:
        assert ohem.mine(same_boxes, losses, labels, images).tolist() == want
    for same_losses in [np.repeat(losses, 3)[::3], np.ascontiguousarray(losses[::-1])[::-1], unaligned_losses]:
        assert ohem.mine(boxes, same_losses, labels, images).tolist() == want
    structured = np.zeros(len(labels), [("image", np.int32), ("label", np.int64)])
    structured["image"], structured["label"] = images, labels
    assert ohem.mine(boxes, losses, structured["label"], structured["image"]).tolist() == want
    lists = [column.tolist() for column in (boxes, losses, labels, images)]
    assert ohem.mine(*lists).tolist() == ohem.mine(boxes.astype(float), losses.astype(float), labels, images).tolist()


def test_losses_of_16_bits_are_ranked_as_they_are():
    boxes, images, labels, losses = scene(300)
    half = losses.astype(np.float16)
    want = get_ohem_minibatch(boxes, half, labels, images)
    assert ohem.mine(boxes, half, labels, images).tolist() == want
    assert ohem.top_k(half, 50).tolist() == np.lexsort((np.arange(600), -half))[:50].tolist()
    coarse = boxes.astype(np.float16)
    want = get_ohem_minibatch(coarse.astype(np.float32), losses, labels, images)
    assert ohem.mine(coarse, losses, labels, images).tolist() == want, "boxes of 16 bits are computed in 32"


def test_an_ignored_label_takes_no_part():
    boxes, images, labels, losses = scene(300)
    for ignore in (-1, 255, 7):
        marked = labels.copy()
        marked[::3] = ignore
        kept = np.flatnonzero(marked != ignore)
        want = kept[ohem.mine(boxes[kept], losses[kept], marked[kept], images[kept])].tolist()
        for dtype in (np.int64, np.float32):
            given_labels = marked.astype(dtype)
            assert ohem.mine(boxes, losses, given_labels, images, ignore_index=ignore).tolist() == want
    miner = ohem.Miner(ignore_index=7)
    miner(boxes, losses, marked, images)
    assert miner.last.ignored > 0


def test_a_batch_that_the_hardest_few_cannot_fill():
    n = 5000
    boxes = np.tile(np.array([[0, 0, 9, 9]], np.float32), (n, 1))
    boxes[4000:] += 100 * np.arange(1, 1001)[:, None]
    losses = np.arange(n, 0, -1).astype(np.float32)
    assert ohem.mine(boxes, losses, np.zeros(n, np.int64), batch_size=8).tolist() == [0, *range(4000, 4007)]


def test_a_miner_says_what_it_saw():
    boxes, images, labels, losses = scene(300)
    miner = ohem.Miner(64)
    assert miner.last == ohem.Miner().last and miner.last.cut is None
    found = miner(boxes, losses, labels, images)
    last = miner.last
    assert (last.total, last.selected, last.ignored) == (600, 64, 0)
    assert last.visited == last.selected + last.suppressed and last.cut == losses[found[-1]]
    assert (miner.batch_size, miner.iou_threshold) == (64, 0.7)
    assert repr(miner) == "Miner(batch_size=64, iou_threshold=0.7)"
    assert repr(ohem.Miner(iou_threshold=None)) == "Miner(batch_size=128, iou_threshold=None)"
    assert repr(last).startswith("Statistics(total=600, visited=")


def test_one_miner_for_every_type():
    boxes, images, labels, losses = scene(100)
    miner = ohem.Miner(16)
    for boxes_type in (np.float32, np.float64):
        for losses_type in (np.float32, np.float64, np.float16):
            given_boxes, given_losses = boxes.astype(boxes_type), losses.astype(losses_type)
            want = ohem.mine(given_boxes, given_losses, labels, images, batch_size=16)
            assert miner(given_boxes, given_losses, labels, images).tolist() == want.tolist()


def test_nan_losses():
    boxes, images, labels, losses = scene(10)
    losses[[7, 3]] = np.nan, -np.nan
    with pytest.raises(ohem.NanLossError, match=r"losses\[3\] is NaN") as error:
        ohem.mine(boxes, losses, labels, images)
    assert error.value.index == 3 and isinstance(error.value, ValueError)
    skipped = ohem.mine(boxes, losses, labels, images, nan="skip")
    assert not {3, 7} & set(skipped.tolist())
    assert ohem.mine(boxes, losses, labels, images, nan="first", iou_threshold=None)[:2].tolist() == [3, 7]
    with pytest.raises(ohem.NanLossError, match=r"scores\[3\]"):
        ohem.nms(boxes, losses, 0.5)


def test_nothing():
    for boxes in (np.empty((0, 4), np.float32), np.empty((0, 5)), np.empty(0, np.float32), []):
        assert ohem.mine(boxes, np.empty(0, np.float32)).tolist() == []
    assert ohem.mine(np.zeros((3, 4), np.float32), np.ones(3, np.float32), batch_size=0).tolist() == []
    assert ohem.mine(None, [1.0, 3.0, 2.0], batch_size=2, iou_threshold=None).tolist() == [1, 2]
