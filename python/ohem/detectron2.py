"""OHEM for detectron2: a mix-in for `StandardROIHeads` that trains on the hardest proposals.

    @ROI_HEADS_REGISTRY.register()
    class OhemROIHeads(ohem.detectron2.OhemROIHeadsMixin, StandardROIHeads):
        ohem_batch_size = 128

and `cfg.MODEL.ROI_HEADS.NAME = "OhemROIHeads"`. In training, every proposal that is foreground or background is
forwarded through the box head without gradients, and the hardest of the batch are trained on.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from ._torch import BatchMiner, StepReport, without_trace

__all__ = ["OhemROIHeadsMixin"]


class OhemROIHeadsMixin:
    """Replaces random sampling in the ROI heads of detectron2; put it before `StandardROIHeads`."""

    ohem_batch_size: int | None = 128
    """Number of RoIs to train on over all images."""
    ohem_batch_size_per_image: int | None = None
    """Number of RoIs of each image, instead: set `ohem_batch_size = None`."""
    ohem_iou_threshold: float | None = 0.7
    """IoU above which a harder RoI of the same image and class suppresses."""

    _ohem_features: Any = None
    _ohem_miner: BatchMiner | None = None

    @property
    def ohem_last(self) -> StepReport | None:
        """What mining did in the last training step."""
        return None if self._ohem_miner is None else self._ohem_miner.last

    def forward(self, images: Any, features: Any, proposals: Any, targets: Any = None) -> Any:
        self._ohem_features = features
        try:
            return super().forward(images, features, proposals, targets)  # type: ignore[misc]
        finally:
            self._ohem_features = None

    def _sample_proposals(self, matched_idxs: Tensor, matched_labels: Tensor, gt_classes: Tensor) -> Any:
        """Samples every proposal that is not ignored: which of them are trained on is decided below."""
        num_classes = self.num_classes  # type: ignore[attr-defined]
        if gt_classes.numel() > 0:
            classes = gt_classes[matched_idxs]
            classes = torch.where(matched_labels == 0, num_classes, classes)
        else:
            classes = torch.full_like(matched_idxs, num_classes)
        sampled = torch.where(matched_labels != -1)[0]
        return sampled, classes[sampled]

    @torch.no_grad()
    def label_and_sample_proposals(self, proposals: Any, targets: Any) -> Any:
        """Labels all proposals as detectron2 does, and returns the hardest."""
        labelled = super().label_and_sample_proposals(proposals, targets)  # type: ignore[misc]
        start = perf_counter()
        losses = self.ohem_losses(self._ohem_features, labelled)
        seconds = perf_counter() - start
        if self._ohem_miner is None:
            sizes = (self.ohem_batch_size, self.ohem_batch_size_per_image)
            self._ohem_miner = BatchMiner(*sizes, self.ohem_iou_threshold, ignore_index=-1, nan="error")
        boxes = [instances.proposal_boxes.tensor for instances in labelled]
        hard = self._ohem_miner(boxes, losses, [instances.gt_classes for instances in labelled], seconds)
        return [instances[rows] for instances, rows in zip(labelled, hard, strict=True)]

    def ohem_losses(self, features: Any, labelled: Any) -> Tensor:
        """The loss of every proposal: cross-entropy, and smooth-L1 of the foreground, as in `FastRCNNOutputLayers`."""
        head: Any = self
        with without_trace(head.box_head, head.box_predictor):
            boxes = [instances.proposal_boxes for instances in labelled]
            pooled = head.box_pooler([features[name] for name in head.box_in_features], boxes)
            scores, deltas = head.box_predictor(head.box_head(pooled))[:2]
            labels = torch.cat([instances.gt_classes for instances in labelled])
            losses = F.cross_entropy(scores, labels, reduction="none")
            objects = torch.where((labels >= 0) & (labels < head.num_classes))[0]
            if len(objects) == 0:
                return losses
            proposals = torch.cat([instances.proposal_boxes.tensor for instances in labelled])[objects]
            truth = torch.cat([instances.gt_boxes.tensor for instances in labelled])[objects]
            predictor = head.box_predictor
            targets = predictor.box2box_transform.get_deltas(proposals, truth)
            own = deltas[objects]
            if own.shape[1] > 4:
                own = own.reshape(len(objects), -1, 4)[torch.arange(len(objects)), labels[objects]]
            beta = getattr(predictor, "smooth_l1_beta", 0.0)
            located = F.smooth_l1_loss(own, targets, beta=beta, reduction="none").sum(1)
            return losses.index_add(0, objects, located.to(losses.dtype))
