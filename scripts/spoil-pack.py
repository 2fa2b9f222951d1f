#!/usr/bin/env python3
"""Copies a folder of RoIs for `ohem study`, worse: objects without a label, with a wrong one, or fewer features.

    spoil-pack.py FOLDER OUT [--unlabelled SHARE] [--mislabelled SHARE] [--width FEATURES]

Spoils only the training images; of the test images it changes only the width. Needs numpy.
"""
import argparse, csv, pathlib, shutil
import numpy as np


def overlaps(rois, boxes):
    """IoU of every RoI with every box, both corners inside."""
    rois, boxes = rois[:, None].astype(float), boxes[None].astype(float)
    sides = np.minimum(rois[..., 2:], boxes[..., 2:]) - np.maximum(rois[..., :2], boxes[..., :2]) + 1
    inter = sides.clip(0).prod(-1)
    area = lambda box: (box[..., 2:] - box[..., :2] + 1).prod(-1)
    return inter / (area(rois) + area(boxes) - inter)


def steps(rois, boxes):
    """The regression targets from RoIs to boxes."""
    rois, boxes = rois.astype(float), boxes.astype(float)
    sizes, wanted = rois[:, 2:] - rois[:, :2] + 1, boxes[:, 2:] - boxes[:, :2] + 1
    moved = (boxes[:, :2] + wanted / 2 - rois[:, :2] - sizes / 2) / sizes
    return np.hstack([moved / 0.1, np.log(wanted / sizes) / 0.2])


arguments = argparse.ArgumentParser()
arguments.add_argument("folder", type=pathlib.Path)
arguments.add_argument("out", type=pathlib.Path)
arguments.add_argument("--unlabelled", type=float, default=0)
arguments.add_argument("--mislabelled", type=float, default=0)
arguments.add_argument("--width", type=int)
arguments = arguments.parse_args()
shutil.copytree(arguments.folder, arguments.out)
random = np.random.default_rng(0)

# The objects: some go, some get another of the labels.
with open(arguments.folder / "ground_truth.csv", newline="") as table:
    truths = list(csv.DictReader(table))
classes = max(int(truth["label"]) for truth in truths)
kept, gone = [], set()
for truth in truths:
    if truth["split"] == "train":
        box = tuple(int(truth[side]) for side in ("x1", "y1", "x2", "y2"))
        if random.random() < arguments.unlabelled:
            gone.add((int(truth["image"]), box))
            continue
        if random.random() < arguments.mislabelled:
            truth["label"] = (int(truth["label"]) - 1 + random.integers(1, classes)) % classes + 1
    kept.append(truth)
with open(arguments.out / "ground_truth.csv", "w", newline="") as table:
    writer = csv.DictWriter(table, truths[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(kept)

# What that makes of the RoIs; those that were an object which is gone, go too.
names = ["images", "boxes", "features", "labels", "overlaps", "targets", "is_gt"]
train = {name: np.load(arguments.folder / f"train_{name}.npy") for name in names}
for image in np.unique(train["images"]):
    rows = np.flatnonzero(train["images"] == image)
    of_image = [truth for truth in kept if truth["split"] == "train" and int(truth["image"]) == image]
    train["labels"][rows], train["overlaps"][rows], train["targets"][rows] = 0, 0, 0
    if not of_image:
        continue
    boxes = np.array([[int(truth[side]) for side in ("x1", "y1", "x2", "y2")] for truth in of_image])
    labels = np.array([int(truth["label"]) for truth in of_image])
    iou = overlaps(train["boxes"][rows], boxes)
    best = iou.argmax(1)
    train["overlaps"][rows] = iou.max(1)
    objects, best = rows[iou.max(1) >= 0.5], best[iou.max(1) >= 0.5]
    train["labels"][objects] = labels[best]
    train["targets"][objects] = steps(train["boxes"][objects], boxes[best])
stays = [not truth or (image, tuple(box.tolist())) not in gone
         for image, box, truth in zip(train["images"], train["boxes"], train["is_gt"])]
for name, column in train.items():
    np.save(arguments.out / f"train_{name}.npy", column[np.array(stays)])
if arguments.width:
    for file in arguments.out.glob("*_features.npy"):
        np.save(file, np.ascontiguousarray(np.load(file)[:, : arguments.width]))
print(f"{len(gone)} objects without a label; {sum(stays)} of {len(stays)} RoIs stay")
