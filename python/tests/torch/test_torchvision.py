"""Training of a tiny Faster R-CNN: the same losses with ohem as with the same selection by torchvision's operations."""

import pytest
import torch
import torchvision
from torch import nn
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.roi_heads import RoIHeads, fastrcnn_loss
from torchvision.models.detection.rpn import AnchorGenerator

from ohem.torchvision import OhemRoIHeads, roi_losses, use_ohem


def tiny_model(norm=False):
    torch.manual_seed(0)

    def block(inputs, outputs):
        return nn.Sequential(nn.Conv2d(inputs, outputs, 3, 2, 1), nn.ReLU())

    backbone = nn.Sequential(block(3, 8), block(8, 16), block(16, 16))
    backbone.out_channels = 16
    head = TwoMLPHead(16 * 49, 32)
    return FasterRCNN(
        backbone,
        rpn_anchor_generator=AnchorGenerator(((16, 32, 64),), ((0.5, 1.0, 2.0),)),
        rpn_pre_nms_top_n_train=400,
        rpn_post_nms_top_n_train=200,
        box_roi_pool=torchvision.ops.MultiScaleRoIAlign(["0"], 7, 2),
        box_head=nn.Sequential(head, nn.BatchNorm1d(32)) if norm else head,
        box_predictor=FastRCNNPredictor(32, 4),
        min_size=96,
        max_size=96,
        image_mean=[0.5] * 3,
        image_std=[0.5] * 3,
    )


def batch(generator, without_objects=False):
    """Two random images with squares, whose colour is their class."""
    images, targets = [], []
    for nth in range(2):
        image = torch.rand(3, 96, 96, generator=generator) * 0.5
        boxes, labels = [], []
        for _ in range(0 if without_objects and nth == 0 else 3):
            size = 12 + int(20 * torch.rand(1, generator=generator))
            x, y = (60 * torch.rand(2, generator=generator)).int().tolist()
            label = 1 + int(3 * torch.rand(1, generator=generator))
            image[label - 1, y : y + size, x : x + size] += 0.5
            boxes.append([x, y, x + size, y + size])
            labels.append(label)
        images.append(image)
        targets.append({"boxes": torch.tensor(boxes).float().reshape(-1, 4), "labels": torch.tensor(labels).long()})
    return images, targets


class ByTorchvision:
    """The same selection by torchvision's `batched_nms`, in the place of ohem's miner; of a batch, or of each image."""

    def __init__(self, batch_size, of_image):
        self.batch_size, self.of_image = batch_size, of_image
        self.last = None

    def __call__(self, boxes, losses, labels, _):
        counts = [len(column) for column in labels]
        images = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
        all_labels = torch.cat(labels)
        kept = torchvision.ops.batched_nms(torch.cat(boxes), losses, images * 1000 + all_labels, 0.7)
        if not self.of_image:
            kept = kept[: self.batch_size]
        firsts = [0, *torch.tensor(counts).cumsum(0).tolist()]
        of_images = [kept[images[kept] == image] - firsts[image] for image in range(len(counts))]
        return [rows[: self.batch_size] for rows in of_images] if self.of_image else of_images


def train(model, steps):
    optimizer = torch.optim.SGD(model.parameters(), 0.02, momentum=0.9)
    generator, losses = torch.Generator().manual_seed(1), []
    model.train()
    for step in range(steps):
        parts = model(*batch(generator, without_objects=step == 3))
        loss = sum(parts.values())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        losses.append({name: part.detach().item() for name, part in parts.items()})
    return losses


@pytest.mark.parametrize("options", [{"batch_size": 64}, {"batch_size_per_image": 24}], ids=["batch", "image"])
def test_thirty_steps_are_those_of_torchvisions_operations(options):
    model = use_ohem(tiny_model(), **options)
    losses = train(model, 30)
    report = model.roi_heads.last
    assert report.selected <= 64 and report.total > report.selected
    assert 0 < report.share < 1 and report.losses_seconds > 0
    print(f"mining takes {1e6 * report.mining_seconds:.0f} us, {100 * report.share:.2f} % of the step")

    by_torchvision = use_ohem(tiny_model(), **options)
    size = next(iter(options.values()))
    by_torchvision.roi_heads.batch_miner = ByTorchvision(size, "batch_size_per_image" in options)
    assert train(by_torchvision, 30) == losses
    assert losses[-1]["loss_classifier"] < losses[0]["loss_classifier"]


def test_mining_trains_on_harder_rois_than_a_random_sample():
    random, hard = train(tiny_model(), 1)[0], train(use_ohem(tiny_model(), 64), 1)[0]
    assert hard["loss_classifier"] > random["loss_classifier"]
    assert hard["loss_objectness"] == random["loss_objectness"], "the RPN is as it was"


def test_losses_add_up_to_torchvisions():
    logits, regression = torch.randn(40, 5), torch.randn(40, 20)
    labels, targets = torch.randint(0, 5, (40,)), torch.randn(40, 4)
    losses = roi_losses(logits, regression, labels, targets)
    classified, located = fastrcnn_loss(logits, regression, [labels], [targets])
    assert torch.allclose(losses.mean(), classified + located, rtol=1e-5)
    labels[::2] = -1
    losses = roi_losses(logits, regression, labels, targets)
    assert (losses[::2] == 0).all() and (losses[1::2] > 0).all()


def test_the_pass_without_gradients_leaves_no_trace():
    model = use_ohem(tiny_model(norm=True), 64)
    norm = model.roi_heads.box_head[1]
    selected = []
    model.roi_heads.box_head.register_forward_hook(lambda _module, _inputs, output: selected.append(len(output)))
    train(model, 1)
    assert selected == [model.roi_heads.last.total, model.roi_heads.last.selected]
    assert norm.num_batches_tracked == 1 and norm.track_running_stats, "the batch that is trained on, and no other"


def test_inference_does_not_change():
    model = tiny_model().eval()
    images = batch(torch.Generator().manual_seed(1))[0]
    want = model(images)
    got = use_ohem(model)(images)
    for one, other in zip(want, got, strict=True):
        assert all(torch.equal(one[name], other[name]) for name in one)
    assert model.roi_heads.last is None


def test_only_torchvisions_own_heads_are_replaced():
    class Own(RoIHeads):
        pass

    model = tiny_model()
    with pytest.raises(TypeError, match="found NoneType"):
        use_ohem(nn.Linear(1, 1))
    assert use_ohem(use_ohem(model)) is model, "twice is once"
    model.roi_heads.__class__ = Own
    with pytest.raises(TypeError, match="derive it from OhemRoIHeads"):
        use_ohem(model)
    with pytest.raises(ValueError, match="either batch_size"):
        use_ohem(tiny_model(), 64, batch_size_per_image=32)
    assert issubclass(OhemRoIHeads, RoIHeads)
