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
from oracle import get_ohem_minibatch  # noqa: E402
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
SLOW = 5.0  # seconds; a way that takes longer has no row


def measure(work: Callable[[], Any], budget: float, repeats: int = 0) -> float:
    """Median microseconds of CPU time of a call; `work` runs `repeats` times in a call if that is given."""
    work()
    start = time.process_time()
    work()
    once = time.process_time() - start
    if once > 0.5:
        return once * 1e6
    calls = 1 if repeats else max(1, int(2e-3 / max(once, 1e-7)))
    times: list[float] = []
    end = time.process_time() + budget
    while time.process_time() < end or len(times) < 5:
        start = time.process_time()
        for _ in range(calls):
            work()
        times.append((time.process_time() - start) / calls / max(repeats, 1) * 1e6)
    return statistics.median(times)


def ways(n: int) -> tuple[list[int], dict[str, tuple[Callable[[], Any], int]]]:
    """The selection, and the ways to it: what to call, and how often that mines if more than once."""
    boxes, images, labels, losses = scene(n)
    rois, groups = with_images(boxes, images), images * 1000 + labels
    narrow_labels, narrow_images = labels.astype(np.uint32), images.astype(np.uint32)
    miner = ohem.Miner()
    want = ohem.mine(boxes, losses, labels, images).tolist()
    repeats = max(1, 2000 // max(1, n // 300))
    columns = (boxes, losses, narrow_labels, narrow_images)
    found: dict[str, tuple[Callable[[], Any], int]] = {
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
        found["the original's algorithm in numpy"] = (lambda: get_ohem_minibatch(boxes, losses, labels, images), 0)
    return want, found


def benchmark(budget: float) -> dict[str, list[float | None]]:
    table: dict[str, list[float | None]] = {}
    for column, n in enumerate(SIZES):
        want, found = ways(n)
        for name, (work, repeats) in found.items():
            row = table.setdefault(name, [None] * len(SIZES))
            start = time.process_time()
            got = work()
            if time.process_time() - start > SLOW * 4:
                continue
            if not repeats and np.asarray(got).tolist() != want:
                raise SystemExit(f"{name} selects other RoIs at 2 x {n}")
            row[column] = measure(work, budget, repeats)
            print(f"2 x {n:<7,} {name:45} {row[column]:14.2f} us", file=sys.stderr, flush=True)
    return table


def overhead(budget: float) -> dict[str, float]:
    """A call that mines nothing: what Python costs."""
    boxes, losses = np.empty((0, 4), np.float32), np.empty(0, np.float32)
    costs = {"numpy": measure(lambda: ohem.mine(boxes, losses), budget)}
    if torch is not None:
        tensors = torch.from_numpy(boxes), torch.from_numpy(losses)
        costs["torch"] = measure(lambda: ohem.mine(*tensors), budget)
    return costs


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
