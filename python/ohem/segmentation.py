"""Pixel OHEM for segmentation, with the arguments of mmsegmentation's `OhemCrossEntropy`.

    criterion = ohem.segmentation.OhemCrossEntropy(ignore_label=255, thres=0.7, min_kept=100_000)

On the CPU, logits in NCHW layout are read in place, the hardest pixels are found by histograms instead of a sort, and
the gradient is computed for those pixels alone. On a GPU, torch does the same selection.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from . import cross_entropy_planes, cross_entropy_planes_gradient, rules

__all__ = ["OhemCrossEntropy", "keep_hard_pixels"]


class OhemCrossEntropy(nn.Module):  # type: ignore[misc]
    """The mean loss of hard pixels: those whose true class has a probability below `thres`, or the hardest `min_kept`.

    If fewer than `min_kept` pixels of the batch are that hard, exactly `min_kept` are kept; mmsegmentation keeps fewer
    if pixels tie, and one less if there are no more. Ignored pixels never count.

    Args:
        ignore_label: label of pixels that take no part.
        thres: probability of the true class below which a pixel is hard.
        min_kept: least number of pixels of the batch to keep.
        loss_weight: factor of the loss.
        class_weight: a factor for the loss of each class; the selection does not depend on it.
        loss_name: name of the loss in the logs of mmsegmentation.
    """

    class_weight: Tensor | None

    def __init__(
        self,
        ignore_label: int = 255,
        thres: float = 0.7,
        min_kept: int = 100_000,
        loss_weight: float = 1.0,
        class_weight: Sequence[float] | None = None,
        loss_name: str = "loss_ohem",
    ) -> None:
        super().__init__()
        if not 0 < thres <= 1:
            raise ValueError(f"thres: expected a probability above 0 and up to 1, found {thres}")
        self.ignore_label, self.thres, self.min_kept = ignore_label, thres, min_kept
        self.loss_weight, self.loss_name = loss_weight, loss_name
        weights = None if class_weight is None else torch.as_tensor(class_weight, dtype=torch.float32)
        self.register_buffer("class_weight", weights, persistent=False)

    def forward(self, score: Tensor, target: Tensor, *_: Any, **__: Any) -> Tensor:
        """The loss of logits (images, classes, ...) by labels (images, ...); 0 if no pixel takes part."""
        thresh = -math.log(self.thres)
        if score.device.type == "cpu":
            loss: Tensor = _OnHost.apply(score, target, self.ignore_label, thresh, self.min_kept, self.class_weight)
            return self.loss_weight * loss
        losses = F.cross_entropy(score, target, ignore_index=self.ignore_label, reduction="none")
        valid = target != self.ignore_label
        kept = keep_hard_pixels(losses.detach(), valid, thresh, self.min_kept)
        factors = _factors(kept, target, self.class_weight, self.ignore_label, losses.dtype)
        return self.loss_weight * (losses * factors).sum()


def _factors(kept: Tensor, target: Tensor, weights: Tensor | None, ignore_label: int, dtype: torch.dtype) -> Tensor:
    """What the loss of each pixel is multiplied by before all are added."""
    factors = kept.to(dtype) / kept.sum().clamp(min=1)
    if weights is not None:
        factors = factors * weights.to(dtype)[target.where(target != ignore_label, 0)]
    return factors


class _OnHost(torch.autograd.Function):  # type: ignore[misc]
    """The loss by ohem, and its gradient for the pixels that were kept."""

    @staticmethod
    def forward(
        ctx: Any,
        score: Tensor,
        target: Tensor,
        ignore_label: int,
        thresh: float,
        min_kept: int,
        weights: Tensor | None,
    ) -> Tensor:
        losses = cross_entropy_planes(score, target, ignore_index=ignore_label)
        kept = rules.pixels_by_loss(losses, thresh=thresh, min_kept=min_kept, valid=target != ignore_label)
        factors = _factors(kept, target, weights, ignore_label, losses.dtype)
        ctx.save_for_backward(score, target, factors)
        ctx.ignore_label = ignore_label
        return torch.dot(losses.flatten(), factors.flatten()).to(score.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        score, target, factors = ctx.saved_tensors
        factors = factors * gradient.to(factors.dtype)
        by_score = cross_entropy_planes_gradient(score, target, factors, ignore_index=ctx.ignore_label)
        return by_score.to(score.dtype), None, None, None, None, None


def keep_hard_pixels(losses: Tensor, valid: Tensor, thresh: float, min_kept: int) -> Tensor:
    """The mask that `ohem.rules.pixels_by_loss` returns, by operations of torch on any device."""
    takes_part = valid & ~losses.isnan()
    passing = takes_part & (losses > thresh)
    missing = min(min_kept, int(takes_part.sum()))
    if int(passing.sum()) >= missing:
        return passing
    ranked = torch.where(takes_part, losses, -torch.inf).flatten()
    cut = ranked.topk(missing).values[-1]
    above = (ranked > cut) & takes_part.flatten()
    ties = (ranked == cut) & takes_part.flatten()
    first = ties.cumsum(0) <= missing - above.sum()
    return (above | (ties & first)).reshape(losses.shape)
