"""OHEM for mmdetection: a sampler with the interface and the `train_cfg` of its `OHEMSampler`.

    train_cfg=dict(rcnn=dict(sampler=dict(type="ohem.OHEMSampler", num=512, pos_fraction=0.25, neg_pos_ub=-1,
                                          add_gt_as_proposals=True)))

with `custom_imports=dict(imports=["ohem.mmdet"])` in the configuration. It differs from mmdetection's in that

- all proposals are forwarded once, where mmdetection forwards positives and negatives apart;
- `nms_iou=0.7` adds the paper's suppression, which mmdetection leaves out;
- losses of n x C (`loss_cls.use_sigmoid`, mmdetection #2036) are summed over the classes;
- an image with fewer RoIs than `num` (mmdetection #837) gives all it has;
- of equal losses, the first proposal is selected, on every device.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from . import Miner, rules
from ._device import to_host

try:
    from mmdet.models.task_modules.samplers.sampling_result import SamplingResult
    from mmdet.registry import TASK_UTILS
    from mmdet.structures.bbox import bbox2roi

    _register = TASK_UTILS.register_module(name="ohem.OHEMSampler")
except ImportError:  # without mmdetection the class can be used by itself, and returns a namespace
    from types import SimpleNamespace as SamplingResult

    def _register(cls: type) -> type:
        return cls

    def bbox2roi(bbox_list: list[Tensor]) -> Tensor:
        rows = [torch.cat([boxes.new_full((len(boxes), 1), at), boxes], 1) for at, boxes in enumerate(bbox_list)]
        return torch.cat(rows)


__all__ = ["OHEMSampler"]


@_register
class OHEMSampler:
    """Samples the hardest positives and the hardest negatives of an image.

    The arguments are those of mmdetection's `OHEMSampler`; `nms_iou` is the IoU above which a harder proposal of the
    same class suppresses, None for no suppression. With suppression, at most `num * pos_fraction` positives are
    selected, then negatives.
    """

    def __init__(
        self,
        num: int,
        pos_fraction: float,
        context: Any,
        neg_pos_ub: float = -1,
        add_gt_as_proposals: bool = True,
        loss_key: str = "loss_cls",
        nms_iou: float | None = None,
        **kwargs: Any,
    ) -> None:
        self.num, self.pos_fraction, self.neg_pos_ub = num, pos_fraction, neg_pos_ub
        self.add_gt_as_proposals, self.loss_key, self.nms_iou = add_gt_as_proposals, loss_key, nms_iou
        self.context = context
        self.stages = (context.current_stage,) if hasattr(context, "num_stages") else ()
        self.bbox_head = context.bbox_head[context.current_stage] if self.stages else context.bbox_head

    @torch.no_grad()
    def losses(self, priors: Tensor, labels: Tensor, feats: Any) -> Tensor:
        """The classification loss of every proposal."""
        rois = bbox2roi([priors])
        score = self.context._bbox_forward(*self.stages, feats, rois)["cls_score"]
        losses = self.bbox_head.loss(
            cls_score=score,
            bbox_pred=None,
            rois=rois,
            labels=labels,
            label_weights=score.new_ones(len(score)),
            bbox_targets=None,
            bbox_weights=None,
            reduction_override="none",
        )[self.loss_key]
        return losses.flatten(1).sum(1) if losses.dim() > 1 else losses

    def sample(
        self, assign_result: Any, pred_instances: Any, gt_instances: Any, feats: Any = None, **kwargs: Any
    ) -> Any:
        """Samples as `BaseSampler.sample` does; returns a `SamplingResult`."""
        gt_bboxes, gt_labels = gt_instances.bboxes, gt_instances.labels
        priors = pred_instances.priors
        priors = priors.reshape(-1, priors.shape[-1])[:, :4] if priors.numel() else priors.new_zeros((0, 4))
        gt_flags = priors.new_zeros(len(priors), dtype=torch.uint8)
        if self.add_gt_as_proposals and len(gt_bboxes) > 0:
            priors = torch.cat([gt_bboxes, priors])
            assign_result.add_gt_(gt_labels)
            gt_flags = torch.cat([gt_flags.new_ones(len(gt_bboxes)), gt_flags])

        gt_inds = assign_result.gt_inds  # at least 1: positive; 0: negative; -1: ignored
        background = self.bbox_head.num_classes
        assigned = assign_result.labels
        positive = gt_inds > 0
        labels = torch.where(positive, assigned, background) if assigned is not None else positive.long()
        losses = self.losses(priors, labels, feats) if len(priors) else priors.new_zeros(0)
        pos, neg = self.select(priors, losses, labels, gt_inds)
        pos_inds, neg_inds = (part.to(gt_inds.device).sort().values for part in (pos, neg))
        return SamplingResult(
            pos_inds=pos_inds,
            neg_inds=neg_inds,
            priors=priors,
            gt_bboxes=gt_bboxes,
            assign_result=assign_result,
            gt_flags=gt_flags,
        )

    def select(self, priors: Tensor, losses: Tensor, labels: Tensor, gt_inds: Tensor) -> tuple[Tensor, Tensor]:
        """Indices of positives and negatives on the host, hardest first."""
        columns = [priors, losses, labels, gt_inds]
        columns = to_host(columns, losses.device) if losses.is_cuda else [column.cpu() for column in columns]
        priors, losses, labels, gt_inds = columns
        shares: dict[str, Any] = {"num": self.num, "pos_fraction": self.pos_fraction, "neg_pos_ub": self.neg_pos_ub}
        if self.nms_iou is None:
            # As ohem numbers them: -1 is a negative, -2 is ignored.
            return rules.mmdet(losses, torch.where(gt_inds == -1, -2, gt_inds - 1), **shares)
        # Positives and negatives never suppress each other, because their labels differ; each is mined by itself.
        most = int(self.num * self.pos_fraction)
        pos = self._mine(priors, losses, torch.where(gt_inds > 0, labels, -1), most)
        most = self.num - len(pos)
        if self.neg_pos_ub >= 0:
            most = min(most, int(self.neg_pos_ub * max(1, len(pos))))
        return pos, self._mine(priors, losses, torch.where(gt_inds == 0, labels, -1), most)

    def _mine(self, priors: Tensor, losses: Tensor, labels: Tensor, most: int) -> Tensor:
        return Miner(most, self.nms_iou, ignore_index=-1)(priors, losses, labels)
