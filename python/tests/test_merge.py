"""Parts of a batch, merged, and selections split by image."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scene import scene

import ohem


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 6), st.integers(0, 40), st.sampled_from([np.float16, np.float32, np.float64]), st.integers(0, 99))
def test_merged_parts_are_the_whole(workers, batch_size, dtype, seed):
    random = np.random.default_rng(seed)
    boxes, images, labels, _ = scene(30, images=6, seed=seed)
    losses = random.integers(0, 9, len(boxes)).astype(dtype)
    of_worker = images % workers
    parts = []
    for worker in range(workers):
        rows = np.flatnonzero(of_worker == worker)
        hard = ohem.mine(boxes[rows], losses[rows], labels[rows], images[rows], batch_size=batch_size)
        parts.append((losses[rows][hard], rows[hard]))
    want = ohem.mine(boxes, losses, labels, images, batch_size=batch_size)
    for order in (parts, parts[::-1]):
        merged, indices = ohem.merge(order, batch_size)
        assert indices.tolist() == want.tolist() and merged.dtype == dtype
        assert merged.tolist() == losses[want].tolist()


def test_a_selection_by_image_indexes_the_boxes_of_each_image():
    boxes, images, labels, losses = scene(50, images=3)
    hard = ohem.mine(boxes, losses, labels, images, batch_size=40)
    split = ohem.split_by_image(hard, images, 4)
    assert len(split) == 4 and len(split[3]) == 0 and all(part.dtype == np.int64 for part in split)
    for image, part in enumerate(split[:3]):
        rows = np.flatnonzero(images == image)
        assert rows[part].tolist() == [row for row in hard.tolist() if images[row] == image]
    shuffled = np.random.default_rng(0).permutation(150)
    hard = ohem.mine(boxes[shuffled], losses[shuffled], labels[shuffled], images[shuffled], batch_size=40)
    for image, part in enumerate(ohem.split_by_image(hard, images[shuffled])):
        own = losses[shuffled][images[shuffled] == image]
        assert own[part].tolist() == sorted(own[part].tolist(), reverse=True)
    assert ohem.split_by_image([], []) == []
