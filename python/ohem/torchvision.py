"""OHEM for torchvision's Faster, Mask and Keypoint R-CNN: one line makes a model train on its hardest RoIs.

    model = torchvision.models.detection.fasterrcnn_resnet50_fpn(num_classes=4)
    ohem.torchvision.use_ohem(model, batch_size=128)

In each training step the RoI heads compute the loss of every proposal without gradients, ohem selects the hardest, and
torchvision trains on those as it does on a random sample otherwise. Inference does not change.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any, TypeVar

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from torchvision.models.detection.roi_heads import RoIHeads

from ._torch import BatchMiner, StepReport, without_trace

__all__ = ["OhemRoIHeads", "StepReport", "roi_losses", "use_ohem"]

_Model = TypeVar("_Model", bound=nn.Module)


def roi_losses(class_logits: Tensor, box_regression: Tensor, labels: Tensor, regression_targets: Tensor) -> Tensor:
    """The loss of every RoI, as torchvision's `fastrcnn_loss` adds them up; 0 for ignored RoIs (label -1)."""
    losses = F.cross_entropy(class_logits, labels, reduction="none", ignore_index=-1)
    objects = torch.where(labels > 0)[0]
    own = box_regression.reshape(len(labels), -1, 4)[objects, labels[objects]]
    located = F.smooth_l1_loss(own, regression_targets[objects], beta=1 / 9, reduction="none").sum(1)
    return losses.index_add(0, objects, located.to(losses.dtype))


class OhemRoIHeads(RoIHeads):  # type: ignore[misc]
    """RoI heads that train on the hardest RoIs, where torchvision's train on random ones; see `use_ohem`."""

    batch_miner: BatchMiner
    _given: tuple[Any, Any] | None = None

    @property
    def last(self) -> StepReport | None:
        """What mining did in the last training step, and its share of the time."""
        return self.batch_miner.last

    def forward(self, features: Any, proposals: Any, image_shapes: Any, targets: Any = None) -> Any:
        self._given = (features, image_shapes)
        try:
            return super().forward(features, proposals, image_shapes, targets)
        finally:
            self._given = None

    def select_training_samples(self, proposals: Any, targets: Any) -> Any:
        """Labels every proposal as torchvision does, and selects the hard ones instead of random ones."""
        self.check_targets(targets)
        dtype, device = proposals[0].dtype, proposals[0].device
        gt_boxes = [target["boxes"].to(dtype) for target in targets]
        gt_labels = [target["labels"] for target in targets]
        proposals = self.add_gt_proposals(proposals, gt_boxes)
        matched, labels = self.assign_targets_to_proposals(proposals, gt_boxes, gt_labels)
        some = [boxes if len(boxes) else torch.zeros((1, 4), dtype=dtype, device=device) for boxes in gt_boxes]
        pairs = [boxes[at] for boxes, at in zip(some, matched, strict=True)]
        regression_targets = self.box_coder.encode(pairs, proposals)

        hard = self._hardest(proposals, labels, regression_targets)

        def of_hard(columns: Any) -> list[Tensor]:
            return [column[rows] for column, rows in zip(columns, hard, strict=True)]

        return of_hard(proposals), of_hard(matched), of_hard(labels), of_hard(regression_targets)

    def _hardest(self, proposals: list[Tensor], labels: list[Tensor], targets: Any) -> list[Tensor]:
        assert self._given is not None, "called by forward"
        features, image_shapes = self._given
        start = perf_counter()
        with without_trace(self.box_head, self.box_predictor):
            pooled = self.box_roi_pool(features, proposals, image_shapes)
            logits, regression = self.box_predictor(self.box_head(pooled))
            losses = roi_losses(logits, regression, torch.cat(labels), torch.cat(list(targets)))
        hard: list[Tensor] = self.batch_miner(proposals, losses, labels, perf_counter() - start)
        return hard


def use_ohem(
    model: _Model,
    batch_size: int | None = None,
    *,
    batch_size_per_image: int | None = None,
    iou_threshold: float | None = 0.7,
    nan: str = "error",
) -> _Model:
    """Makes a Faster, Mask or Keypoint R-CNN of torchvision train its RoI heads on the hardest RoIs; returns it.

    Args:
        model: any model with `roi_heads` of torchvision.
        batch_size: number of RoIs to train on over all images, 128 by default, as in the paper.
        batch_size_per_image: number of RoIs of each image, instead of `batch_size`.
        iou_threshold: IoU above which a harder RoI of the same image and label suppresses; None for no suppression.
        nan: what a NaN loss does: "error", "skip" or "first".

    `model.roi_heads.last` reports each step: RoIs, times, and mining's share of the step.
    """
    heads = getattr(model, "roi_heads", None)
    if not isinstance(heads, RoIHeads):
        raise TypeError(f"expected a model whose roi_heads are torchvision's RoIHeads, found {type(heads).__name__}")
    if type(heads) not in (RoIHeads, OhemRoIHeads):
        raise TypeError(f"roi_heads are {type(heads).__name__}, your own class: derive it from OhemRoIHeads")
    if batch_size is None and batch_size_per_image is None:
        batch_size = 128
    heads.__class__ = OhemRoIHeads
    heads.batch_miner = BatchMiner(batch_size, batch_size_per_image, iou_threshold, ignore_index=-1, nan=nan)
    return model
