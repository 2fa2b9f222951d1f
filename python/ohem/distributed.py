"""Mining a batch whose images are spread over the workers of `torch.distributed`.

Every worker mines its own images. One all-gather exchanges at most `batch_size` losses and indices of each, and an
exact merge selects the hardest of the whole batch: the same RoIs that one process with all images would select.
"""

from __future__ import annotations

from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from . import merge
from . import mine as mine_locally

__all__ = ["mine"]

_Array = TypeVar("_Array")


def mine(
    boxes: Any,
    losses: Any,
    labels: Any = None,
    images: Any = None,
    *,
    batch_size: int = 128,
    group: Any = None,
    **options: Any,
) -> Tensor:
    """Mines the hardest RoIs of all workers; returns the indices of this worker's share, hardest first.

    The arguments are those of `ohem.mine`; `images` number the images of this worker. `batch_size` RoIs are selected
    over all workers. Workers may have different numbers of RoIs, and none. All of them have to call this, with the same
    options. Of equal losses, the lower worker wins, and then the lower index.
    """
    world, rank = dist.get_world_size(group), dist.get_rank(group)
    losses = losses.detach() if isinstance(losses, Tensor) else torch.as_tensor(losses)
    device = losses.device
    failure: Exception | None = None
    try:
        hard = torch.as_tensor(mine_locally(boxes, losses, labels, images, batch_size=batch_size, **options)).to(device)
    except Exception as error:
        # The others wait in the all-gather: this worker takes part, and then all of them fail.
        failure, hard = error, torch.zeros(0, dtype=torch.long, device=device)
    count = len(hard)
    # Number of RoIs, number selected, losses as float64 (which holds every float of fewer bits exactly), indices.
    payload = torch.zeros(2 + 2 * batch_size, dtype=torch.long, device=device)
    payload[0] = len(losses) if failure is None else -1
    payload[1] = count
    payload[2 : 2 + count] = losses[hard].to(torch.float64).view(torch.long)
    payload[2 + batch_size : 2 + batch_size + count] = hard
    gathered = torch.empty(world * len(payload), dtype=torch.long, device=device)
    dist.all_gather_into_tensor(gathered, payload, group=group)
    rows = gathered.view(world, -1).cpu()
    if failure is not None:
        raise failure
    if failed := [worker for worker in range(world) if rows[worker, 0] < 0]:
        raise RuntimeError(f"mining failed on worker {failed[0]} of {world}: see its own error")

    parts, first, mine_from = [], 0, 0
    for worker in range(world):
        if worker == rank:
            mine_from = first
        entries = int(rows[worker, 1])
        of_worker = rows[worker, 2 : 2 + entries].view(torch.float64)
        parts.append((of_worker, rows[worker, 2 + batch_size : 2 + batch_size + entries] + first))
        first += int(rows[worker, 0])
    _, hardest = merge(parts, batch_size)
    own = (hardest >= mine_from) & (hardest < mine_from + len(losses))
    return (hardest[own] - mine_from).to(device)
