"""The sampler for mmdetection, against mmdetection's code on a head of its interface.

mmdetection itself cannot be installed beside a current torch, so its interface is imitated: `bbox_head.loss`,
`_bbox_forward`, and an `AssignResult`.
"""

from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from ohem.mmdet import OHEMSampler


class Head:
    num_classes = 5
    per_class = False

    def loss(self, cls_score, labels, reduction_override, **_):
        assert reduction_override == "none"
        if self.per_class:
            target = F.one_hot(labels, 6)[:, :5].float()
            return {"loss_cls": F.binary_cross_entropy_with_logits(cls_score[:, :5], target, reduction="none")}
        return {"loss_cls": F.cross_entropy(cls_score, labels, reduction="none")}


class Context:
    def __init__(self):
        torch.manual_seed(0)
        self.bbox_head, self.weight, self.forwarded = Head(), torch.randn(4, 6), 0

    def _bbox_forward(self, feats, rois):
        self.forwarded += len(rois)
        return {"cls_score": torch.sin(rois[:, 1:] @ self.weight * 0.05) * 3}


class Cascade(Context):
    """A head for each stage, as Cascade R-CNN has it."""

    num_stages, current_stage = 2, 1

    def __init__(self):
        super().__init__()
        self.bbox_head = [None, Head()]

    def _bbox_forward(self, stage, feats, rois):
        assert stage == 1
        return super()._bbox_forward(feats, rois)


class Assigned:
    def __init__(self, gt_inds, labels):
        self.gt_inds, self.labels = gt_inds, labels

    def add_gt_(self, gt_labels):
        self.gt_inds = torch.cat([torch.arange(1, len(gt_labels) + 1), self.gt_inds])
        self.labels = torch.cat([gt_labels, self.labels])


def given(n=2000):
    generator = torch.Generator().manual_seed(3)
    corner = torch.rand(n, 2, generator=generator) * 500
    priors = torch.cat([corner, corner + 20 + 100 * torch.rand(n, 2, generator=generator)], 1)
    gt_inds = torch.randint(-1, 8, (n,), generator=generator).clamp(max=1)
    gt_inds[torch.rand(n, generator=generator) < 0.7] = 0
    labels = torch.where(gt_inds > 0, torch.randint(0, 5, (n,), generator=generator), -1)
    truth = SimpleNamespace(
        bboxes=torch.tensor([[10.0, 10, 60, 60], [100, 100, 200, 180]]), labels=torch.tensor([1, 4])
    )
    return Assigned(gt_inds, labels), SimpleNamespace(priors=priors), truth


def by_mmdetection(assigned, priors, truth, context, num, pos_fraction, ub):
    """`BaseSampler.sample` and `OHEMSampler.hard_mining`, on copies of their lines."""
    priors = torch.cat([truth.bboxes, priors.priors])
    assigned.add_gt_(truth.labels)
    rois = torch.cat([priors.new_zeros(len(priors), 1), priors], 1)

    def hard_mining(inds, num_expected, labels):
        score = context._bbox_forward(None, rois[inds])["cls_score"]
        return inds[F.cross_entropy(score, labels, reduction="none").topk(num_expected).indices]

    expected = int(num * pos_fraction)
    pos = torch.nonzero(assigned.gt_inds > 0).squeeze(1)
    pos = pos if len(pos) <= expected else hard_mining(pos, expected, assigned.labels[pos])
    pos = pos.unique()
    expected = num - len(pos)
    if ub >= 0:
        expected = min(expected, int(ub * max(1, len(pos))))
    neg = torch.nonzero(assigned.gt_inds == 0).squeeze(1)
    neg = neg if len(neg) <= expected else hard_mining(neg, expected, torch.full_like(neg, 5))
    return pos, neg.unique()


@pytest.mark.parametrize(
    ("num", "pos_fraction", "ub"), [(512, 0.25, -1), (64, 0.5, 3), (64, 0.01, 5), (5000, 0.5, -1), (0, 0.5, -1)]
)
@pytest.mark.parametrize("context", [Context, Cascade])
def test_the_same_samples_as_mmdetections(context, num, pos_fraction, ub):
    want = by_mmdetection(*given(), Context(), num, pos_fraction, ub)
    context = context()
    sampler = OHEMSampler(num=num, pos_fraction=pos_fraction, context=context, neg_pos_ub=ub)
    sampled = sampler.sample(*given(), feats=None)
    assert torch.equal(sampled.pos_inds, want[0]) and torch.equal(sampled.neg_inds, want[1])
    assert context.forwarded == 2002, "every proposal once"
    assert len(sampled.priors) == len(sampled.gt_flags) == 2002 and sampled.gt_flags.sum() == 2


def test_suppression_leaves_no_two_that_overlap():
    import torchvision

    sampler = OHEMSampler(num=128, pos_fraction=0.25, context=Context(), nms_iou=0.5)
    assigned, priors, truth = given()
    sampled = sampler.sample(assigned, priors, truth, feats=None)
    assert len(sampled.pos_inds) == 32 and len(sampled.neg_inds) == 96
    assert (assigned.gt_inds[sampled.neg_inds] == 0).all() and (assigned.gt_inds[sampled.pos_inds] > 0).all()
    iou = torchvision.ops.box_iou(sampled.priors[sampled.neg_inds], sampled.priors[sampled.neg_inds])
    assert (iou.fill_diagonal_(0) <= 0.5).all()


def test_losses_of_each_class_are_summed():
    """mmdetection #2036: `topk` of a table of n x C losses fails there."""
    context = Context()
    context.bbox_head.per_class = True
    sampler = OHEMSampler(num=64, pos_fraction=0.25, context=context)
    sampled = sampler.sample(*given(), feats=None)
    assert len(sampled.pos_inds) == 16 and len(sampled.neg_inds) == 48


def test_few_and_no_proposals():
    """mmdetection #837: an index out of range there."""
    sampler = OHEMSampler(num=512, pos_fraction=0.25, context=Context())
    sampled = sampler.sample(*given(3), feats=None)
    assert len(sampled.pos_inds) + len(sampled.neg_inds) <= 5
    assigned, _, truth = given(0)
    sampler.add_gt_as_proposals = False
    sampled = sampler.sample(assigned, SimpleNamespace(priors=torch.zeros(0, 4)), truth, feats=None)
    assert len(sampled.pos_inds) == len(sampled.neg_inds) == 0
