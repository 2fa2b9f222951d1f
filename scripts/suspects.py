#!/usr/bin/env python3
"""How many planted errors of ground truth `ohem suspects` finds: scripts/suspects.py OHEM ROIS.csv TRUTH.csv [SEEDS].

ROIS.csv has RoIs with class probabilities (p0 is background), TRUTH.csv the objects of the same images. For each kind of
error, ten objects are spoilt at random: the class of another object, no object, or a box moved by 40 % of its sides.
The detections are the RoIs after NMS of each class at IoU 0.3. Prints the share of planted errors among the first
suspects, and the share of planted errors found in them; other suspects may be errors of the source.
"""

import csv
import json
import os
import random
import subprocess
import sys
import tempfile

ERRORS, NMS, MIN_SCORE = 10, 0.3, 0.05


def iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])
    return width * height / (area(a) + area(b) - width * height)


def detections(path):
    rois = [row for row in csv.DictReader(open(path)) if row.get("is_gt") != "1"]
    classes = sum(name.startswith("p") and name[1:].isdigit() for name in rois[0])
    kept = []
    for label in range(1, classes):
        ranked = sorted(rois, key=lambda roi: -float(roi[f"p{label}"]))
        chosen = {}
        for roi in ranked:
            score, box = float(roi[f"p{label}"]), [float(roi[side]) for side in ("x1", "y1", "x2", "y2")]
            box = [box[0], box[1], box[2] + 1, box[3] + 1]
            others = chosen.setdefault(roi["image_id"], [])
            if score >= MIN_SCORE and all(iou(box, other) <= NMS for other in others):
                others.append(box)
                kept.append([roi["image_id"], *box, label, score])
    return kept


def truth(path):
    rows = csv.DictReader(open(path))
    box = lambda row: [float(row["x1"]), float(row["y1"]), float(row["x2"]) + 1, float(row["y2"]) + 1]
    return [[row["image_id"], *box(row), int(row["class_id"])] for row in rows]


def plant(objects, kind, rng):
    """The spoilt objects, and for each error its image, and its box before and after."""
    objects, spoilt = [list(one) for one in objects], rng.sample(range(len(objects)), ERRORS)
    before = [(objects[at][0], objects[at][1:5]) for at in spoilt]
    labels = sorted({one[5] for one in objects})
    for at in spoilt:
        one = objects[at]
        if kind == "swapped":
            one[5] = rng.choice([label for label in labels if label != one[5]])
        if kind == "misplaced":
            right, down = rng.choice((-0.4, 0.4)) * (one[3] - one[1]), rng.choice((-0.4, 0.4)) * (one[4] - one[2])
            one[1:5] = [one[1] + right, one[2] + down, one[3] + right, one[4] + down]
    errors = [(image, box, objects[at][1:5]) for at, (image, box) in zip(spoilt, before)]
    if kind == "missing":
        objects = [one for at, one in enumerate(objects) if at not in spoilt]
    return objects, errors


def write(path, header, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def main(ohem, rois, objects, seeds=20):
    found, objects = detections(rois), truth(objects)
    kinds = {"swapped": "label", "missing": "missing", "misplaced": "box"}
    print(f"{len(objects)} objects, {len(found)} detections, {ERRORS} errors of a kind, mean of {seeds} seeds")
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name: os.path.join(folder, name)
        write(path("found.csv"), ["image", "x1", "y1", "x2", "y2", "label", "score"], found)
        for planted, error in kinds.items():
            sums = {}
            for seed in range(int(seeds)):
                spoilt, errors = plant(objects, planted, random.Random(seed))
                write(path("truth.csv"), ["image", "x1", "y1", "x2", "y2", "label"], spoilt)
                command = [ohem, "suspects", path("found.csv"), "-g", path("truth.csv"), "-f", "json", "-n", "1000"]
                suspects = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
                same = [one for one in suspects if one["error"] == error]
                for name, ranked in (("all kinds", suspects), ("its kind", same)):
                    for first in (10, 20):
                        is_it = lambda one, image, *boxes: image == one["image"] and any(iou(box, one["box"]) >= 0.5 for box in boxes)
                        hit = [any(is_it(one, *of) for one in ranked[:first]) for of in errors]
                        sums[name, first] = sums.get((name, first), 0) + sum(hit)
            for (name, first), total in sums.items():
                print(f"{planted:10} among suspects of {name:9}: {total / int(seeds):5.2f} of {ERRORS} planted errors in the first {first}")


main(*sys.argv[1:])
