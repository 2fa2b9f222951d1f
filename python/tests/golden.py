"""Reads the golden files of the repository, and checks mined tables against them."""

import json
from pathlib import Path

import numpy as np
import pytest

import ohem

FOLDER = Path(__file__).resolve().parents[2] / "crates/ohem-std/tests/golden"
RULES = {
    "nms_ge": {"inclusive": True, "pixel": True},
    "nms_gt": {"inclusive": False, "pixel": True},
    "no_nms": {"iou_threshold": None},
}
DTYPES = [np.float32, np.float64]


def number(value):
    return float(value.replace("Infinity", "inf")) if isinstance(value, str) else value


def floats(rows, dtype, narrow=False):
    """Numbers, words among them; `narrow` rounds to float32 what the file has in float32."""
    if rows and isinstance(rows[0], list):
        rows = [[number(value) for value in row] for row in rows]
    else:
        rows = [number(value) for value in rows]
    array = np.array(rows, np.float64)
    return (array.astype(np.float32) if narrow else array).astype(dtype)


def cases(name, **given):
    lines = (FOLDER / f"{name}.jsonl").read_text().splitlines()
    read = [json.loads(line) for line in lines]
    chosen = [case for case in read if all(case.get(key) == value for key, value in given.items())]
    assert chosen, f"{name} has no such cases"
    return pytest.mark.parametrize("case", chosen, ids=[case["id"] for case in chosen])


both = pytest.mark.parametrize("dtype", DTYPES)


def answers(given, names=tuple(RULES)):
    """The rules that have an answer; some are written as "same_as" another."""
    for name in names:
        answer = given.get(name)
        while isinstance(answer, str):
            answer = given[answer.removeprefix("same_as_")]
        if answer is not None:
            yield name, answer


def table(case, dtype):
    rois = floats(case["rois"], dtype).reshape(-1, 5)
    return rois, np.array(case["labels"], np.int64), floats(case["loss"], dtype)


def check_mined(rois, labels, losses, rule, threshold, batch_size, answer, nan="error"):
    options = {"iou_threshold": threshold, **RULES[rule], "nan": nan}
    boxes, images = rois[:, 1:], rois[:, 0].astype(np.int64)
    if "hard" in answer:
        assert ohem.mine(rois, losses, labels, batch_size=batch_size, **options).tolist() == answer["hard"], rule
        hard = ohem.mine(boxes, losses, labels, images, batch_size=batch_size, **options)
        assert hard.tolist() == answer["hard"], rule
    if "kept" in answer:
        kept = ohem.mine(rois, losses, labels, batch_size=len(losses), **options)
        by_group = sorted(range(len(kept)), key=lambda at: (images[kept[at]], labels[kept[at]], at))
        assert kept[by_group].tolist() == answer["kept"], rule


def is_kept(case):
    """Whether ohem does what the original does in a case that is not normative.

    crates/ohem-std/tests/checks/edge.rs has the other cases, in which ohem differs on purpose.
    """
    as_the_original = ("nan_loss", "nan_vs_inf", "nan_suppresses", "iou_eq_03", "negative_area")
    return case["normative"].startswith("exact") or case["id"].endswith(as_the_original)
