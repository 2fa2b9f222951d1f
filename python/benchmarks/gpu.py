"""Mining of CUDA tensors: ohem on the host, with the copies there and back, against torchvision on the GPU.

    python python/benchmarks/gpu.py

Prints milliseconds of wall-clock time, medians; takes less than five minutes. Without a GPU it says so and ends.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torchvision

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from scene import scene

import ohem


def median(work: Callable[[], object], seconds: float = 4.0) -> float:
    times: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 5:
        torch.cuda.synchronize()
        start = time.perf_counter()
        work()
        torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3


def main() -> None:
    if not torch.cuda.is_available():
        print("gpu: skipped, because this machine has no GPU that torch can use")
        return
    print(torch.cuda.get_device_name(), torch.__version__, torchvision.__version__)
    print("| ms | torchvision on the GPU | ohem, with both copies | times as fast |\n|---|---|---|---|")
    for n in (300, 2_000, 20_000, 100_000):
        boxes, images, labels, losses = (torch.from_numpy(column).cuda() for column in scene(n))
        groups, miner = images * 1000 + labels, ohem.Miner()

        def by_torchvision(boxes=boxes, losses=losses, groups=groups) -> torch.Tensor:  # noqa: ANN001
            kept = torchvision.ops.batched_nms(boxes, losses, groups, 0.7)
            return kept[torch.topk(losses[kept], min(128, len(kept))).indices]

        want = ohem.mine(boxes.cpu(), losses.cpu(), labels.cpu(), images.cpu())
        assert torch.equal(miner(boxes, losses, labels, images).cpu(), want)
        same = torch.equal(by_torchvision().cpu(), want)
        theirs = median(by_torchvision)
        ours = median(lambda m=miner, b=boxes, s=losses, lab=labels, i=images: m(b, s, lab, i))
        note = "" if same else " (selects others)"
        print(f"| 2 x {n:,} | {theirs:.3f}{note} | {ours:.3f} | {theirs / ours:.1f} |", flush=True)


if __name__ == "__main__":
    main()
