"""Pixel OHEM: the loss and the gradient of plain torch, for the hardest pixels."""

import math

import pytest
import torch
import torch.nn.functional as F  # noqa: N812

import ohem
from ohem.segmentation import OhemCrossEntropy, keep_hard_pixels


def given(confidence, shape=(2, 7, 12, 13), dtype=torch.float32, ties=False):
    generator = torch.Generator().manual_seed(0)
    images, classes, *pixels = shape
    target = torch.randint(0, classes, (images, *pixels), generator=generator)
    score = torch.randn(shape, generator=generator)
    if ties:
        score = score.round()
    score.scatter_add_(1, target.unsqueeze(1), torch.full((images, 1, *pixels), confidence))
    target[:, :2] = 255
    return score.to(dtype), target


def plain(score, target, thres, min_kept, weights=None):
    """Sorts all pixels, and keeps those above the threshold, or the hardest `min_kept`."""
    losses = F.cross_entropy(score, target, ignore_index=255, reduction="none").flatten()
    valid = torch.nonzero(target.flatten() != 255).squeeze(1)
    ranked = valid[torch.sort(losses.detach()[valid], descending=True, stable=True).indices]
    passing = int((losses.detach()[valid] > -math.log(thres)).sum())
    kept = ranked[: max(passing, min(min_kept, len(valid)))]
    if len(kept) == 0:
        return score.sum() * 0.0
    if weights is not None:
        losses = losses * torch.tensor(weights, dtype=score.dtype)[target.flatten().clamp(max=len(weights) - 1)]
    return losses[kept].mean()


@pytest.mark.parametrize("confidence", [0.0, 3.0, 12.0])
@pytest.mark.parametrize("min_kept", [0, 1, 100, 10_000])
@pytest.mark.parametrize("shape", [(2, 7, 12, 13), (1, 19, 9), (3, 2, 4, 4, 5)])
def test_loss_and_gradient(shape, min_kept, confidence):
    for weights in (None, [0.5 + 0.1 * c for c in range(shape[1])]):
        score, target = given(confidence, shape, torch.float64)
        mine, theirs = score.clone().requires_grad_(), score.clone().requires_grad_()
        criterion = OhemCrossEntropy(min_kept=min_kept, loss_weight=2.0, class_weight=weights)
        loss, want = criterion(mine, target), 2 * plain(theirs, target, 0.7, min_kept, weights)
        assert torch.allclose(loss, want, rtol=1e-6 if weights else 1e-12, atol=1e-14)
        loss.backward()
        want.backward()
        assert torch.allclose(mine.grad, theirs.grad, rtol=1e-5 if weights else 1e-10, atol=1e-14)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_types(dtype):
    score, target = given(2.0, dtype=dtype)
    leaf, wide = score.clone().requires_grad_(), score.float().requires_grad_()
    loss, want = OhemCrossEntropy(min_kept=200)(leaf, target), plain(wide, target, 0.7, 200)
    loss.backward()
    want.backward()
    tolerance = 1e-5 if dtype == torch.float32 else 1e-2
    assert loss.dtype == leaf.grad.dtype == dtype and torch.allclose(loss.float(), want, rtol=tolerance)
    assert torch.allclose(leaf.grad.float(), wide.grad, rtol=tolerance, atol=1e-6)


def test_layout_does_not_matter():
    score, target = given(2.0)
    want = OhemCrossEntropy(min_kept=100)(score, target)
    assert OhemCrossEntropy(min_kept=100)(score.to(memory_format=torch.channels_last), target) == want
    assert OhemCrossEntropy(min_kept=100)(score[:, :, ::2, ::3], target[:, ::2, ::3]) >= 0


def test_pixels_in_planes_have_the_bits_of_rows():
    for dtype in (torch.float32, torch.float64):
        score, target = given(4.0, (2, 19, 11, 7), dtype)
        rows, labels = score.movedim(1, -1).reshape(-1, 19).contiguous(), target.flatten()
        losses = ohem.cross_entropy_planes(score, target, ignore_index=255)
        assert torch.equal(losses.flatten(), ohem.cross_entropy(rows, labels, ignore_index=255))
        factors = torch.where(torch.rand(target.shape) < 0.3, torch.rand(target.shape), 0).to(dtype)
        got = ohem.cross_entropy_planes_gradient(score, target, factors, ignore_index=255)
        for nth, factor in enumerate(factors.flatten().tolist()):
            if factor:
                row = ohem.cross_entropy_gradient(
                    rows, labels, [nth], scale=factor, layout="gathered", ignore_index=255
                )
                assert torch.equal(got.movedim(1, -1).reshape(-1, 19)[nth], row[0])
        assert (got.movedim(1, -1).reshape(-1, 19)[factors.flatten() == 0] == 0).all()


def test_the_selection_on_a_gpu_is_the_same():
    """By operations of torch, which run on any device."""
    for confidence in (0.0, 4.0):
        for ties in (False, True):
            score, target = given(confidence, ties=ties)
            losses = F.cross_entropy(score, target, ignore_index=255, reduction="none")
            valid = target != 255
            losses[0, 5, 5] = torch.nan
            for min_kept in (0, 1, 50, 250, 10_000):
                kept = keep_hard_pixels(losses, valid, 0.35, min_kept)
                want = ohem.rules.pixels_by_loss(losses, thresh=0.35, min_kept=min_kept, valid=valid)
                assert torch.equal(kept, want)


def test_nothing_to_train_on():
    score, target = given(0.0)
    leaf = score.clone().requires_grad_()
    loss = OhemCrossEntropy(min_kept=10)(leaf, torch.full_like(target, 255))
    loss.backward()
    assert loss == 0 and (leaf.grad == 0).all()
    with pytest.raises(ValueError, match="thres"):
        OhemCrossEntropy(thres=0.0)
    with pytest.raises(ValueError, match="label 99"):
        OhemCrossEntropy()(score, torch.full_like(target, 99))
