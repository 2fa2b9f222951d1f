"""Pixel OHEM against plain torch and mmsegmentation's code: 512 x 512 pixels, 19 classes, one CPU thread.

    python python/benchmarks/pixels.py

Prints milliseconds of the process's CPU time, medians of 15, in two regimes: most pixels pass the threshold (an
untrained network), and fewer than `min_kept` pass (a trained one).
"""

import math
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

import ohem
from ohem.segmentation import OhemCrossEntropy

torch.set_num_threads(1)


class Mmsegmentation(nn.Module):
    """The lines of mmsegmentation's `OhemCrossEntropy`."""

    def forward(self, score: Tensor, target: Tensor) -> Tensor:
        probabilities = F.softmax(score, dim=1)
        losses = F.cross_entropy(score, target, ignore_index=255, reduction="none").contiguous().view(-1)
        mask = target.contiguous().view(-1) != 255
        labels = target.clone()
        labels[labels == 255] = 0
        probabilities = probabilities.gather(1, labels.unsqueeze(1)).contiguous().view(-1)[mask].contiguous()
        ranked, indices = probabilities.sort()
        threshold = max(float(ranked[min(100_000, ranked.numel() - 1)]), 0.7)
        return losses[mask][indices][ranked < threshold].mean()


class PlainTorch(nn.Module):
    """What BiSeNet and many others do: a threshold, and else `topk`."""

    def forward(self, score: Tensor, target: Tensor) -> Tensor:
        losses = F.cross_entropy(score, target, ignore_index=255, reduction="none").view(-1)
        hard = losses[losses > -math.log(0.7)]
        if hard.numel() < 100_000:
            hard = losses.topk(100_000).values
        return hard.mean()


def median(work: Callable[[], object], repeats: int = 15) -> float:
    work()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times) * 1e3


def regime(confidence: float) -> dict[str, list[float]]:
    """Times where logits prefer the true class by this much."""
    generator = torch.Generator().manual_seed(0)
    target = torch.randint(0, 19, (1, 512, 512), generator=generator)
    score = torch.randn(1, 19, 512, 512, generator=generator)
    score.scatter_add_(1, target.unsqueeze(1), torch.full((1, 1, 512, 512), confidence))
    target[:, :40] = 255
    leaf = score.clone().requires_grad_()
    ways = {"mmsegmentation": Mmsegmentation(), "plain torch": PlainTorch(), "ohem": OhemCrossEntropy()}
    values = [module(score, target).item() for module in ways.values()]
    assert max(values) - min(values) < 1e-4 * max(values), values

    def times(module: nn.Module) -> list[float]:
        return [median(lambda: module(score, target)), median(lambda: module(leaf, target).backward())]

    rows = {name: times(module) for name, module in ways.items()}
    losses, valid = ohem.cross_entropy_planes(score, target, ignore_index=255), target != 255
    parts: dict[str, Callable[[], object]] = {
        "`torch.cross_entropy` alone": lambda: F.cross_entropy(score, target, ignore_index=255, reduction="none"),
        "`ohem.cross_entropy_planes` alone": lambda: ohem.cross_entropy_planes(score, target, ignore_index=255),
        "`ohem.rules.pixels_by_loss` alone": lambda: ohem.rules.pixels_by_loss(
            losses, thresh=0.3567, min_kept=100_000, valid=valid
        ),
    }
    return rows | {name: [median(work), math.nan] for name, work in parts.items()}


def main() -> None:
    print("| ms | most pixels pass: forward | and backward | fewer than `min_kept` pass: forward | and backward |")
    print("|---|---|---|---|---|")
    untrained, trained = regime(1.0), regime(12.0)
    for name, row in untrained.items():
        print(f"| {name} | " + " | ".join("" if math.isnan(t) else f"{t:.1f}" for t in row + trained[name]) + " |")


if __name__ == "__main__":
    main()
