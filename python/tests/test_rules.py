"""The mining rules, compared with plain numpy; the golden files hold more."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import get_ohem_minibatch, iou_matrix, order
from scene import scene, with_images

import ohem


def test_a_budget_for_each_image():
    _, images, _, losses = scene(100, images=3)
    ids = images * 1000 + 7  # images may have any numbers
    hard = ohem.rules.rfcn(losses, ids, 10)
    want = np.concatenate([rows[order(losses[rows])][:10] for rows in (np.flatnonzero(images == i) for i in range(3))])
    assert hard.tolist() == want[order(losses[want])].tolist()


def test_a_budget_for_each_image_with_suppression():
    boxes, images, labels, losses = scene(200, images=3)
    want = []
    for image in range(3):
        rows = np.flatnonzero(images == image)
        want.extend(rows[get_ohem_minibatch(boxes[rows], losses[rows], labels[rows], batch_size=20)].tolist())
    want = np.array(want)[order(losses[want])].tolist()
    options = {"batch_size_per_image": 20}
    assert ohem.rules.per_image(boxes, losses, labels, images * 9, **options).tolist() == want
    assert ohem.rules.per_image(with_images(boxes, images), losses, labels, **options).tolist() == want
    assert ohem.rules.per_image(boxes.astype(float), losses, labels, images, **options).tolist() == want
    one = ohem.rules.per_image(boxes, losses, labels, **options)
    assert one.tolist() == ohem.mine(boxes, losses, labels, batch_size=20).tolist()


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 60), st.integers(0, 40), st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.sampled_from([-1, 0, 1, 3]))
def test_mmdet(n, num, pos_fraction, ub):
    random = np.random.default_rng(n * 41 + num)
    losses, matches = random.integers(0, 9, n).astype(np.float32), random.integers(-2, 3, n)
    pos, neg = ohem.rules.mmdet(losses, matches, num=num, pos_fraction=pos_fraction, neg_pos_ub=ub)
    rows = np.flatnonzero(matches >= 0)
    want = rows[order(losses[rows])][: int(num * pos_fraction)]
    most = num - len(want)
    most = min(most, int(ub * max(1, len(want)))) if ub >= 0 else most
    rows = np.flatnonzero(matches == -1)
    assert pos.tolist() == want.tolist() and neg.tolist() == rows[order(losses[rows])][:most].tolist()


def test_ssd_takes_negatives_by_a_ratio():
    random = np.random.default_rng(0)
    losses, overlaps = random.random(200).astype(np.float32), random.random(200).astype(np.float32)
    matches = np.where(random.random(200) < 0.1, 2, -1)
    hard = ohem.rules.ssd_negatives(losses, matches, overlaps, neg_pos_ratio=2.0)
    rows = np.flatnonzero((matches == -1) & (overlaps < 0.5))
    assert hard.tolist() == rows[order(losses[rows])][: 2 * (matches >= 0).sum()].tolist()
    none = ohem.rules.ssd_negatives(losses, np.full(200, -1), overlaps, min_negatives=5)
    rows = np.flatnonzero(overlaps < 0.5)
    assert none.tolist() == rows[order(losses[rows])][:5].tolist()


def test_libra_draws_evenly_from_bins_of_overlap():
    random = np.random.default_rng(0)
    overlaps = random.random(3000).astype(np.float32) * 0.5
    matches = np.full(3000, -1)
    pos, neg = ohem.rules.libra(overlaps, matches, num=300, num_bins=3, seed=1)
    assert len(pos) == 0 and len(set(neg.tolist())) == 300
    counts, _ = np.histogram(overlaps[neg], 3, (0, overlaps.max()))
    assert counts.tolist() == [100, 100, 100]
    assert neg.tolist() == ohem.rules.libra(overlaps, matches, num=300, num_bins=3, seed=1)[1].tolist()
    losses = random.random(3000)
    _, hard = ohem.rules.libra(overlaps, matches, losses, num=300, num_bins=3, pick="hardest")
    assert losses[hard].mean() > losses[neg].mean() + 0.3


def test_pisa_ranks_the_heads_of_clusters_first():
    boxes, _, _, scores = scene(60, images=1, seed=4)
    losses, scores = scores, scores / scores.max()
    pos, neg, weights = ohem.rules.pisa(boxes, scores, losses, np.full(60, -1), num=20, pos_fraction=0.0, bias=0.2)
    assert len(pos) == 0 and len(weights) == len(neg) == 20
    rows, heads = order(np.where(scores > 0.05, scores, -1)), []
    for row in rows[: (scores > 0.05).sum()]:
        if not any(iou_matrix(boxes[[row]], boxes[[head]])[0, 0] >= 0.5 for head in heads):
            heads.append(int(row))
    first = min(len(heads), 20)
    assert neg[:first].tolist() == heads[:first]
    assert np.isclose((weights * losses[neg]).sum(), losses[neg].sum(), rtol=1e-5), "weights keep the sum of losses"


def test_monai_draws_from_the_hardest():
    losses = np.random.default_rng(0).random(500)
    matches = np.where(np.arange(500) < 10, 0, -1)
    pos, neg = ohem.rules.monai(losses, matches, 12, positive_fraction=0.5, pool_size=3.0, seed=2)
    pool = 10 + order(losses[10:])[: 3 * len(neg)]
    assert len(pos) == 6 and len(neg) == 6 and set(neg.tolist()) <= set(pool.tolist())


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 200),
    st.integers(0, 220),
    st.sampled_from([-1.0, 0.0, 2.5, 4.0, 99.0]),
    st.sampled_from([np.float16, np.float32, np.float64]),
    st.booleans(),
)
def test_pixels_by_loss(n, min_kept, thresh, dtype, masked):
    random = np.random.default_rng(n * 331 + min_kept)
    losses = (random.integers(-6, 16, n) / 3).astype(dtype)
    losses[random.random(n) < 0.02] = np.nan
    valid = random.random(n) < 0.8 if masked else np.ones(n, bool)
    got = ohem.rules.pixels_by_loss(losses, thresh=thresh, min_kept=min_kept, valid=valid if masked else None)
    takes_part = valid & ~np.isnan(losses)
    want = takes_part & (losses > dtype(thresh))
    if want.sum() < min_kept:
        rows = np.flatnonzero(takes_part)
        want = np.isin(np.arange(n), rows[order(losses[rows])][:min_kept])
    assert got.dtype == bool and np.array_equal(got, want)


def test_pixels_keep_their_shape_and_layout_does_not_matter():
    losses = np.random.default_rng(0).random((2, 5, 8)).astype(np.float32)
    want = ohem.rules.pixels_by_loss(losses, thresh=0.9, min_kept=30)
    assert want.shape == losses.shape and want.sum() == 30
    assert np.array_equal(ohem.rules.pixels_by_loss(np.asfortranarray(losses), thresh=0.9, min_kept=30), want)
    low = ohem.rules.pixels_by_probability(-losses, thresh=-0.9, min_kept=30)
    assert np.array_equal(low, want)
