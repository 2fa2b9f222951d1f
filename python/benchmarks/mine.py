"""Mining from Python against Rust and against other ways to do it: microseconds of the process's CPU time, medians.

    python python/benchmarks/mine.py [--quick] [--json FILE] [--svg FILE]

Needs ohem and numpy; torch, torchvision and numba have rows if they are installed. One thread. Every way has to select
the same RoIs before it is timed. Rust's time is that of `ohem_std::mine` on columns of `u32`, called in a loop of Rust.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parents[1] / "benches/python")]
from scene import scene, with_images  # noqa: E402

import ohem  # noqa: E402
from ohem import _ohem  # noqa: E402

try:
    import torch
    import torchvision

    torch.set_num_threads(1)
except ImportError:
    torch = torchvision = None
try:
    import by_hand
except ImportError:
    by_hand = None

SIZES = (300, 2_000, 100_000)


Work = tuple[Callable[[], Any], int]
"""What to call, and how often that mines if more than once."""


def once(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(works: dict[str, Work], budget: float) -> dict[str, float]:
    """Median microseconds of CPU time of each way; ways take turns, so that what else the machine does meets all."""
    found: dict[str, float] = {}
    quick: dict[str, tuple[Callable[[], Any], int, int, list[float]]] = {}
    for name, (work, repeats) in works.items():
        first, second = once(work), once(work) if budget else 0.0
        if first > 0.3:
            found[name] = min(first, second) * 1e6
            continue
        calls = 1 if repeats else max(1, int(1e-3 / max(second, 1e-7)))
        quick[name] = (work, calls, max(repeats, 1), [])
    end = time.process_time() + budget * len(quick)
    while time.process_time() < end:
        for work, calls, repeats, times in quick.values():
            start = time.process_time()
            for _ in range(calls):
                work()
            times.append((time.process_time() - start) / (calls * repeats) * 1e6)
    return found | {name: statistics.median(times) for name, (_, _, _, times) in quick.items()}


def by_numpy(boxes: Any, losses: Any, labels: Any, images: Any) -> Any:
    """The original's `get_ohem_minibatch`, with its NMS in Python: all groups, and then the hardest survivors."""
    kept = []
    for image in np.unique(images):
        for label in np.unique(labels):
            rows = np.flatnonzero((images == image) & (labels == label))
            x1, y1, x2, y2 = boxes[rows].T
            areas = (x2 - x1) * (y2 - y1)
            order = np.argsort(-losses[rows], kind="stable")
            while order.size:
                best, rest = order[0], order[1:]
                kept.append(rows[best])
                width = np.maximum(np.minimum(x2[best], x2[rest]) - np.maximum(x1[best], x1[rest]), 0)
                height = np.maximum(np.minimum(y2[best], y2[rest]) - np.maximum(y1[best], y1[rest]), 0)
                inter = width * height
                order = rest[inter / (areas[best] + areas[rest] - inter) <= np.float32(0.7)]
    kept = np.sort(np.array(kept))
    return kept[np.argsort(-losses[kept], kind="stable")[:128]]


def ways(n: int) -> tuple[list[int], dict[str, Work]]:
    """The selection, and the ways to it: what to call, and how often that mines if more than once."""
    boxes, images, labels, losses = scene(n)
    rois, groups = with_images(boxes, images), images * 1000 + labels
    narrow_labels, narrow_images = labels.astype(np.uint32), images.astype(np.uint32)
    miner = ohem.Miner()
    want = ohem.mine(boxes, losses, labels, images).tolist()
    repeats = max(1, 2000 // max(1, n // 300))
    columns = (boxes, losses, narrow_labels, narrow_images)
    found: dict[str, Work] = {
        "Rust, `mine()`": (lambda: _ohem._repeat_mine(*columns, 128, repeats), repeats),
        "numpy, `uint32` keys": (lambda: ohem.mine(boxes, losses, narrow_labels, narrow_images), 0),
        "numpy, `int64` keys": (lambda: ohem.mine(boxes, losses, labels, images), 0),
        "numpy, n x 5 and `int64` labels": (lambda: ohem.mine(rois, losses, labels), 0),
        "numpy, `int64` keys, a kept `Miner`": (lambda: miner(boxes, losses, labels, images), 0),
    }
    if torch is not None:
        tensors = [torch.from_numpy(column) for column in (boxes, losses, labels, images)]
        found["torch, `int64` in and out"] = (lambda: ohem.mine(*tensors), 0)
        found["torch, `int64` in and out, a kept `Miner`"] = (lambda: miner(*tensors), 0)
    if by_hand is not None:
        found["numba by hand"] = (
            lambda: by_hand.mine(boxes, images * 1000 + labels, losses, 128, np.float32(0.7)),
            0,
        )
    if torch is not None:
        of_torch = torch.from_numpy(groups)

        def by_torchvision() -> Any:
            kept = torchvision.ops.batched_nms(tensors[0], tensors[1], of_torch, 0.7)
            return kept[torch.topk(tensors[1][kept], min(128, len(kept))).indices]

        found["torchvision `batched_nms` and `topk`"] = (by_torchvision, 0)
    if n <= 2_000:
        found["the original's algorithm in numpy"] = (lambda: by_numpy(boxes, losses, labels, images), 0)
    return want, found


def benchmark(budget: float) -> dict[str, list[float | None]]:
    table: dict[str, list[float | None]] = {}
    for column, n in enumerate(SIZES):
        want, found = ways(n)
        for name, (work, repeats) in found.items():
            if not repeats and np.asarray(work()).tolist() != want:
                raise SystemExit(f"{name} selects other RoIs at 2 x {n}")
        for name, time_taken in measure(found, budget).items():
            table.setdefault(name, [None] * len(SIZES))[column] = time_taken
            print(f"2 x {n:<7,} {name:45} {time_taken:14.2f} us", file=sys.stderr, flush=True)
    order = ways(10)[1]
    return {name: table[name] for name in order}


def overhead(budget: float) -> dict[str, float]:
    """A call that mines nothing: what Python costs."""
    boxes, losses = np.empty((0, 4), np.float32), np.empty(0, np.float32)
    calls: dict[str, Work] = {"numpy": (lambda: ohem.mine(boxes, losses), 0)}
    if torch is not None:
        tensors = torch.from_numpy(boxes), torch.from_numpy(losses)
        calls["torch"] = (lambda: ohem.mine(*tensors), 0)
    return measure(calls, budget)


def shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def figure(table: dict[str, list[float | None]]) -> str:
    """Horizontal bars on a logarithmic scale, of 2 x 2,000 RoIs, as SVG."""
    rows = [(name.replace("`", ""), row[1]) for name, row in table.items() if row[1]]
    least, most = min(value for _, value in rows), max(value for _, value in rows)
    width, left, height = 760, 300, 22

    def length(value: float) -> float:
        return 20 + (width - left - 110) * np.log(value / least) / np.log(most / least)

    bars = []
    for nth, (name, value) in enumerate(rows):
        top = 34 + nth * height
        colour = "#b0b0b0" if "numba" in name or "torchvision" in name or "original" in name else "#2a7f62"
        bars.append(f'<text x="{left - 8}" y="{top + 13}" text-anchor="end">{name}</text>')
        bars.append(f'<rect x="{left}" y="{top + 2}" width="{length(value):.1f}" height="15" fill="{colour}"/>')
        bars.append(f'<text x="{left + length(value) + 6:.1f}" y="{top + 13}">{shown(value)} µs</text>')
    total = 44 + len(rows) * height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{total}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="white"/>'
        f'<text x="{left}" y="20">128 of 2 x 2,000 RoIs, CPU time of one thread, logarithmic</text>'
        f"{''.join(bars)}</svg>\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="measure each way for a tenth of the time")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--svg", type=Path)
    options = parser.parse_args()
    budget = 0.15 if options.quick else 1.5
    table, costs = benchmark(budget), overhead(budget)
    print("| us | " + " | ".join(f"2 x {n:,}" for n in SIZES) + " |\n|---|" + "---|" * len(SIZES))
    for name, row in table.items():
        print(f"| {name} | " + " | ".join(map(shown, row)) + " |")
    print("\na call that mines nothing: " + ", ".join(f"{name} {cost:.2f} us" for name, cost in costs.items()))
    if options.json:
        options.json.write_text(json.dumps({"sizes": SIZES, "table": table, "overhead": costs}, indent=1) + "\n")
    if options.svg:
        options.svg.write_text(figure(table))


if __name__ == "__main__":
    main()
