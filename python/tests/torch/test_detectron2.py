"""The mix-in for detectron2, on ROI heads of its interface: detectron2 itself is not on PyPI."""

from types import SimpleNamespace

import torch
import torch.nn.functional as F  # noqa: N812
from scene import scene
from torch import nn

import ohem
from ohem.detectron2 import OhemROIHeadsMixin


class Boxes:
    def __init__(self, tensor):
        self.tensor = tensor

    def __getitem__(self, rows):
        return Boxes(self.tensor[rows])


class Instances:
    def __init__(self, **fields):
        self.__dict__.update(fields)

    def __getitem__(self, rows):
        return Instances(**{name: column[rows] for name, column in self.__dict__.items()})

    def __len__(self):
        return len(self.gt_classes)


class Predictor(nn.Module):
    """As `FastRCNNOutputLayers`: scores with the background last, and deltas of each class."""

    smooth_l1_beta = 0.1
    box2box_transform = SimpleNamespace(get_deltas=lambda source, target: (target - source) / 10)

    def __init__(self):
        super().__init__()
        self.score, self.delta = nn.Linear(4, 6), nn.Linear(4, 20)

    def forward(self, x):
        return self.score(x), self.delta(x)


class StandardROIHeads(nn.Module):
    """What the mix-in uses of detectron2's class of this name."""

    num_classes, box_in_features, batch_size_per_image = 5, ["p2"], 16

    def __init__(self):
        super().__init__()
        self.box_head, self.box_predictor = nn.Identity(), Predictor()
        self.trained = None

    def box_pooler(self, features, boxes):
        return torch.cat([of_image.tensor for of_image in boxes]) / 1000 + features[0]

    def label_and_sample_proposals(self, proposals, targets):
        sampled = []
        for image, target in zip(proposals, targets, strict=True):
            rows, classes = self._sample_proposals(target.matched_idxs, target.matched_labels, target.gt_classes)
            truth = Boxes(target.gt_boxes[target.matched_idxs[rows]])
            sampled.append(Instances(proposal_boxes=image[rows], gt_classes=classes, gt_boxes=truth))
        return sampled

    def forward(self, images, features, proposals, targets=None):
        self.trained = self.label_and_sample_proposals(proposals, targets)
        return self.trained


class OhemROIHeads(OhemROIHeadsMixin, StandardROIHeads):
    ohem_batch_size = 40


def given():
    proposals, targets = [], []
    for seed in range(2):
        boxes, _, labels, _ = scene(150, images=1, classes=6, seed=seed)
        proposals.append(Boxes(torch.from_numpy(boxes)))
        truth = torch.from_numpy(scene(4, images=1, seed=9 + seed)[0])
        idxs = torch.from_numpy(labels) % 4
        states = torch.where(torch.from_numpy(labels) > 0, 1, 0)
        states[::7] = -1
        targets.append(
            SimpleNamespace(
                matched_idxs=idxs, matched_labels=states, gt_classes=torch.tensor([1, 3, 0, 4]), gt_boxes=truth
            )
        )
    return {"p2": torch.tensor(0.1)}, proposals, targets


def test_it_trains_on_the_hardest_of_the_batch():
    torch.manual_seed(0)
    heads, (features, proposals, targets) = OhemROIHeads(), given()
    trained = heads(None, features, proposals, targets)
    assert sum(map(len, trained)) == 40 == heads.ohem_last.selected
    assert heads._ohem_features is None

    all_of_them = StandardROIHeads.label_and_sample_proposals(heads, proposals, targets)
    assert all((of_image.gt_classes <= 5).all() for of_image in all_of_them)
    boxes = torch.cat([of_image.proposal_boxes.tensor for of_image in all_of_them])
    labels = torch.cat([of_image.gt_classes for of_image in all_of_them])
    truth = torch.cat([of_image.gt_boxes.tensor for of_image in all_of_them])
    scores, deltas = heads.box_predictor(boxes / 1000 + 0.1)
    losses = F.cross_entropy(scores, labels, reduction="none")
    objects = torch.where(labels < 5)[0]
    own = deltas[objects].reshape(-1, 5, 4)[torch.arange(len(objects)), labels[objects]]
    located = F.smooth_l1_loss(own, (truth - boxes)[objects] / 10, beta=0.1, reduction="none").sum(1)
    losses = losses.index_add(0, objects, located).detach()
    images = torch.repeat_interleave(torch.arange(2), torch.tensor([len(of_image) for of_image in all_of_them]))
    hard = ohem.mine(boxes, losses, labels, images, batch_size=40)
    want = [boxes[hard[images[hard] == image]] for image in range(2)]
    for of_image, rows in zip(trained, want, strict=True):
        assert torch.equal(of_image.proposal_boxes.tensor, rows)


def test_a_budget_for_each_image():
    heads, (features, proposals, targets) = OhemROIHeads(), given()
    heads.ohem_batch_size, heads.ohem_batch_size_per_image = None, 12
    assert [len(of_image) for of_image in heads(None, features, proposals, targets)] == [12, 12]
