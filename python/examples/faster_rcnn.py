"""Trains torchvision's Faster R-CNN from scratch with and without mining, and reports AP on pictures kept aside.

    python python/examples/faster_rcnn.py FOLDER --epochs 40 --seeds 3
    python python/examples/faster_rcnn.py --smoke

FOLDER has `images/NAME.jpg` and `annotations.csv` with the columns image, split (train, or else a test picture), x1,
y1, x2, y2 and label: the blood cells of BCCD, for example. `--smoke` trains on a few drawn squares for seconds.

Four ways to choose the 64 RoIs an image that the RoI heads train on:

- `ohem`: the hardest of the batch, by `ohem.torchvision.use_ohem`;
- `torchvision`: its sampler, at most a quarter foreground, and any background;
- `fast-rcnn`: the sampler that OHEM was published against, whose background overlaps an object by at least 0.1;
- `all`: every RoI.
"""

from __future__ import annotations

import argparse
import csv
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torchvision
from torch import Tensor, nn
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection._utils import BalancedPositiveNegativeSampler
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.models.detection.roi_heads import RoIHeads

import ohem
from ohem.torchvision import use_ohem

WAYS = ("ohem", "torchvision", "fast-rcnn", "all")
THRESHOLDS = np.arange(0.5, 0.96, 0.05)


@dataclass
class Picture:
    """A picture in memory, with its objects."""

    pixels: Tensor
    boxes: Tensor
    labels: Tensor


def read(folder: Path) -> tuple[list[Picture], list[Picture], int]:
    """Training pictures, test pictures, and the number of classes with the background."""
    rows: dict[tuple[str, str], list[list[str]]] = {}
    with (folder / "annotations.csv").open() as table:
        for row in csv.DictReader(table):
            corners = [row[name] for name in ("x1", "y1", "x2", "y2")]
            rows.setdefault((row["image"], row["split"]), []).append([*corners, row["label"]])
    names = sorted({row[4] for of_image in rows.values() for row in of_image})
    numbers = {name: nth + 1 for nth, name in enumerate(names)}
    pictures: dict[bool, list[Picture]] = {True: [], False: []}
    for (image, split), of_image in rows.items():
        path = next(path for path in (folder / "images").glob(f"{image}.*"))
        pixels = torchvision.io.read_image(str(path), torchvision.io.ImageReadMode.RGB).float() / 255
        boxes = torch.tensor([[float(value) for value in row[:4]] for row in of_image])
        labels = torch.tensor([numbers[row[4]] for row in of_image])
        whole = (boxes[:, 2:] > boxes[:, :2]).all(1)
        pictures[split == "train"].append(Picture(pixels, boxes[whole], labels[whole]))
    return pictures[True], pictures[False], len(names) + 1


def drawn(count: int, seed: int) -> list[Picture]:
    """Pictures of squares in noise, whose colour is their class: what `--smoke` trains on."""
    random = np.random.default_rng(seed)
    pictures = []
    for _ in range(count):
        pixels = torch.from_numpy(random.random((3, 96, 128), np.float32)) * 0.5
        boxes, labels = [], []
        for _ in range(4):
            size, x, y = random.integers(16, 36), random.integers(0, 90), random.integers(0, 58)
            label = int(random.integers(1, 4))
            pixels[label - 1, y : y + size, x : x + size] += 0.5
            boxes.append([x, y, x + size, y + size])
            labels.append(label)
        pictures.append(Picture(pixels, torch.tensor(boxes).float(), torch.tensor(labels)))
    return pictures


class FastRcnnRoIHeads(RoIHeads):
    """Background from an overlap of 0.1 on; RoIs that overlap less are ignored."""

    def assign_targets_to_proposals(self, proposals: Any, gt_boxes: Any, gt_labels: Any) -> Any:
        matched, labels = super().assign_targets_to_proposals(proposals, gt_boxes, gt_labels)
        for nth, (boxes, truth) in enumerate(zip(proposals, gt_boxes, strict=True)):
            overlaps, _ = ohem.assign(boxes.cpu(), truth.cpu())
            labels[nth] = labels[nth].where(overlaps.to(labels[nth].device) >= 0.1, -1)
        return matched, labels


def build(way: str, classes: int, smoke: bool, batch: int, rois: int) -> FasterRCNN:
    size = {"min_size": 96, "max_size": 128} if smoke else {"min_size": 320, "max_size": 427}
    backbone = resnet_fpn_backbone(
        backbone_name="resnet18", weights=None, trainable_layers=5, norm_layer=nn.BatchNorm2d
    )
    model = FasterRCNN(
        backbone, num_classes=classes, box_batch_size_per_image=rois, rpn_post_nms_top_n_train=1000, **size
    )
    if way == "ohem":
        use_ohem(model, batch_size=batch * rois)
    elif way == "fast-rcnn":
        model.roi_heads.__class__ = FastRcnnRoIHeads
    elif way == "all":
        model.roi_heads.fg_bg_sampler = BalancedPositiveNegativeSampler(1 << 20, 0.5)
    return model


def flipped(picture: Picture) -> Picture:
    width = picture.pixels.shape[2]
    boxes = picture.boxes.clone()
    boxes[:, [0, 2]] = width - picture.boxes[:, [2, 0]]
    return Picture(picture.pixels.flip(2), boxes, picture.labels)


def train(model: FasterRCNN, pictures: list[Picture], options: argparse.Namespace, seed: int) -> float:
    """Trains; returns mining's share of the steps, or 0 without mining."""
    order = np.random.default_rng(seed)
    optimizer = torch.optim.SGD(model.parameters(), options.rate, momentum=0.9, weight_decay=1e-4)
    steps = options.epochs * max(1, len(pictures) // options.batch)

    def rate(step: int) -> float:
        warm = min(1.0, (step + 1) / min(100, max(1, steps // 5)))
        return warm * (0.1 if step >= 2 * steps // 3 else 1.0) * (0.1 if step >= 8 * steps // 9 else 1.0)

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    model.train()
    mining, spent = 0.0, 0.0
    for _ in range(options.epochs):
        rows = order.permutation(len(pictures))
        for first in range(0, max(1, len(rows) - options.batch + 1), options.batch):
            start = time.perf_counter()
            chosen = [pictures[row] for row in rows[first : first + options.batch]]
            chosen = [flipped(picture) if order.random() < 0.5 else picture for picture in chosen]
            images = [picture.pixels.to(options.device) for picture in chosen]
            targets = [
                {"boxes": picture.boxes.to(options.device), "labels": picture.labels.to(options.device)}
                for picture in chosen
            ]
            loss = sum(model(images, targets).values())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 10.0)
            optimizer.step()
            schedule.step()
            spent += time.perf_counter() - start
            report = getattr(model.roi_heads, "last", None)
            mining += report.mining_seconds if report else 0.0
    return mining / spent


def average_precision(scores: np.ndarray, hits: np.ndarray, objects: int) -> float:
    """Area under the precision-recall curve at 101 recalls, as COCO has it."""
    ranked = hits[np.argsort(-scores, kind="stable")]
    found = np.cumsum(ranked)
    precision = np.maximum.accumulate((found / np.arange(1, len(ranked) + 1))[::-1])[::-1] if len(ranked) else found
    at = np.searchsorted(found / objects, np.linspace(0, 1, 101), side="left")
    return float(np.mean([precision[i] if i < len(precision) else 0.0 for i in at]))


@torch.no_grad()
def evaluate(model: FasterRCNN, pictures: list[Picture], classes: int, device: str) -> tuple[float, float, float]:
    """AP over IoU 0.5 to 0.95, AP50 and AP75, means of the classes that have objects."""
    model.eval()
    found: dict[int, list[tuple[float, np.ndarray]]] = {label: [] for label in range(1, classes)}
    objects = dict.fromkeys(range(1, classes), 0)
    for picture in pictures:
        output = {name: value.cpu() for name, value in model([picture.pixels.to(device)])[0].items()}
        for label in range(1, classes):
            truth = picture.boxes[picture.labels == label]
            rows = output["labels"] == label
            boxes, scores = output["boxes"][rows], output["scores"][rows]
            overlaps = ohem.box_iou(boxes, truth).numpy()
            taken = np.zeros((len(THRESHOLDS), len(truth)), bool)
            objects[label] += len(truth)
            for nth in ohem.top_k(scores, len(scores)).tolist():
                hit = np.zeros(len(THRESHOLDS), bool)
                for at, threshold in enumerate(THRESHOLDS):
                    free = np.where(taken[at], -1.0, overlaps[nth])
                    if len(truth) and free.max() >= threshold:
                        taken[at, free.argmax()] = hit[at] = True
                found[label].append((float(scores[nth]), hit))
    table = []
    for label, detections in found.items():
        if objects[label]:
            scores = np.array([score for score, _ in detections])
            hits = np.array([hit for _, hit in detections]).reshape(-1, len(THRESHOLDS))
            table.append([average_precision(scores, hits[:, at], objects[label]) for at in range(len(THRESHOLDS))])
    means = np.mean(table, axis=0)
    return float(means.mean()), float(means[0]), float(means[5])


def main(arguments: list[str] | None = None) -> dict[str, list[tuple[float, float, float]]]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--smoke", action="store_true", help="a few steps on drawn squares")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rois", type=int, default=64, help="RoIs an image that are trained on")
    parser.add_argument("--rate", type=float, default=0.02)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args(arguments)
    if options.smoke:
        pictures, others, classes = drawn(4, 0), drawn(2, 1), 4
        options.epochs, options.seeds, options.batch, options.rois = min(options.epochs, 2), 1, 2, 16
    elif options.folder:
        pictures, others, classes = read(options.folder)
    else:
        parser.error("expected a folder, or --smoke")

    results: dict[str, list[tuple[float, float, float]]] = {way: [] for way in options.ways}
    print("| trains on | seed | AP | AP50 | AP75 | seconds | mining's share |\n|---|---|---|---|---|---|---|")
    for seed in range(options.seeds):
        for way in options.ways:
            torch.manual_seed(seed)
            model = build(way, classes, options.smoke, options.batch, options.rois).to(options.device)
            start = time.perf_counter()
            share = train(model, pictures, options, seed)
            seconds = time.perf_counter() - start
            scores = evaluate(model, others, classes, options.device)
            results[way].append(scores)
            shown = " | ".join(f"{value:.3f}" for value in scores)
            print(f"| {way} | {seed} | {shown} | {seconds:.0f} | {100 * share:.2f} % |", flush=True)
    print("\n| trains on | AP | AP50 | AP75 |\n|---|---|---|---|")
    for way, rows in results.items():
        columns = np.array(rows).T
        print(f"| {way} | " + " | ".join(f"{c.mean():.3f} ± {c.std():.3f}" for c in columns) + " |")
    return results


if __name__ == "__main__":
    main()
