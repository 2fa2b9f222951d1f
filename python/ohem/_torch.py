"""What the adapters for detectors share: the selection of each image, and a pass that leaves no trace in the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

import torch
from torch import Tensor, nn

from . import Miner, Statistics, rules, split_by_image
from ._device import to_device, to_host


@dataclass(frozen=True)
class StepReport:
    """What mining did in a training step, and how long it took.

    Times are wall-clock seconds. On a GPU, `mining_seconds` includes the wait for the losses.
    """

    total: int
    """Number of RoIs."""
    selected: int
    """How many were selected."""
    mining_seconds: float
    """Mining itself, with copies from and to a GPU."""
    losses_seconds: float
    """The pass without gradients that computes the loss of every RoI."""
    step_seconds: float | None
    """From the mining of the previous step to this one; None in the first step."""
    statistics: Statistics | None
    """What the miner saw; None with a budget for each image."""

    @property
    def share(self) -> float | None:
        """Mining's share of the step: from 0 to 1; None in the first step."""
        return None if not self.step_seconds else self.mining_seconds / self.step_seconds


class BatchMiner:
    """Mines a batch of images given as lists of tensors; selects over all images, or a budget for each."""

    def __init__(
        self,
        batch_size: int | None,
        batch_size_per_image: int | None,
        iou_threshold: float | None,
        ignore_index: int,
        nan: str,
    ) -> None:
        if (batch_size is None) == (batch_size_per_image is None):
            raise ValueError("expected either batch_size, for all images together, or batch_size_per_image")
        self.batch_size_per_image = batch_size_per_image
        self.options = {"iou_threshold": iou_threshold, "ignore_index": ignore_index, "nan": nan}
        self.miner = None if batch_size is None else Miner(batch_size, **self.options)  # type: ignore[arg-type]
        self.last: StepReport | None = None
        self._previous: float | None = None

    @torch.no_grad()
    def __call__(
        self, boxes: Sequence[Tensor], losses: Tensor, labels: Sequence[Tensor], losses_seconds: float
    ) -> list[Tensor]:
        """For each image the indices of its hard RoIs, hardest first."""
        start = perf_counter()
        counts = [len(column) for column in labels]
        images = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts, dtype=torch.long))
        columns = [torch.cat(list(boxes)), losses.detach(), torch.cat(list(labels))]
        device = losses.device
        if device.type == "cuda":
            columns = to_host(columns, device)
        elif device.type != "cpu":
            columns = [column.cpu() for column in columns]
        rois, loss, label = columns
        if self.miner is not None:
            hard = self.miner(rois, loss, label, images)
        else:
            size = self.batch_size_per_image or 0
            hard = rules.per_image(rois, loss, label, images, batch_size_per_image=size, **self.options)  # type: ignore[call-overload]
        split = split_by_image(hard, images, len(counts))
        if device.type == "cuda":
            sent = to_device(torch.cat(split), device)
            split = list(sent.split([len(part) for part in split]))
        elif device.type != "cpu":
            split = [part.to(device) for part in split]
        end = perf_counter()
        self.last = StepReport(
            total=sum(counts),
            selected=sum(len(part) for part in split),
            mining_seconds=end - start,
            losses_seconds=losses_seconds,
            step_seconds=None if self._previous is None else end - self._previous,
            statistics=None if self.miner is None else self.miner.last,
        )
        self._previous = end
        return split


@contextmanager
def without_trace(*modules: nn.Module) -> Iterator[None]:
    """Forward passes without gradients, whose batches do not enter the running statistics of batch normalisation."""
    norms = [
        module
        for parent in modules
        for module in parent.modules()
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.training and module.track_running_stats
    ]
    for norm in norms:
        norm.track_running_stats = False  # batch statistics, which are then not recorded
    kept = [(norm.running_mean, norm.running_var) for norm in norms]
    for norm in norms:
        norm.running_mean = norm.running_var = None
    try:
        with torch.no_grad():
            yield
    finally:
        for norm, (mean, variance) in zip(norms, kept, strict=True):
            norm.running_mean, norm.running_var = mean, variance
            norm.track_running_stats = True
