"""Four processes, each with its images, select what one process with all images selects."""

import socket

import numpy as np
import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from scene import scene

import ohem

WORKERS = 4


def shares(sizes, dtype, coarse):
    """RoIs of each worker, whose images no other worker has; many losses tie if `coarse`."""
    rows = []
    for worker, size in enumerate(sizes):
        boxes, images, labels, losses = scene(size, images=2, seed=worker)
        losses = losses.round(decimals=1) if coarse else losses
        rows.append((boxes, losses.astype(dtype), labels, images))
    return rows


def work(rank, port, cases, queue):
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=WORKERS)
    import ohem.distributed

    for sizes, dtype, coarse, batch_size in cases:
        own = [torch.from_numpy(column) for column in shares(sizes, dtype, coarse)[rank]]
        found = ohem.distributed.mine(*own, batch_size=batch_size)
        queue.put((rank, found.tolist()))
        dist.barrier()
    # A failure of one worker ends all of them, instead of a wait for ever.
    losses = torch.tensor([1.0, torch.nan if rank == 2 else 0.5])
    try:
        ohem.distributed.mine(torch.zeros(2, 4), losses, batch_size=2)
        outcome = "no error"
    except Exception as error:
        outcome = f"{type(error).__name__}: {error}"
    queue.put((rank, outcome))
    dist.destroy_process_group()


CASES = [
    ((50, 50, 50, 50), np.float32, False, 64),
    ((50, 50, 50, 50), np.float32, True, 64),
    ((30, 0, 200, 7), np.float64, False, 100),
    ((0, 0, 3, 0), np.float16, True, 16),
    ((0, 0, 0, 0), np.float32, False, 16),
    ((40, 40, 40, 40), np.float32, False, 10_000),
    ((40, 40, 40, 40), np.float32, False, 0),
]


def test_four_processes_select_what_one_does():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    context = mp.get_context("spawn")
    queue = context.Queue()
    workers = [context.Process(target=work, args=(rank, port, CASES, queue)) for rank in range(WORKERS)]
    for worker in workers:
        worker.start()
    answers = {rank: [] for rank in range(WORKERS)}
    for _ in range(WORKERS * (len(CASES) + 1)):
        rank, answer = queue.get(timeout=120)
        answers[rank].append(answer)
    for worker in workers:
        worker.join(30)
        assert worker.exitcode == 0

    for nth, (sizes, dtype, coarse, batch_size) in enumerate(CASES):
        rows = shares(sizes, dtype, coarse)
        boxes, losses, labels, images = (np.concatenate(columns) for columns in zip(*rows, strict=True))
        of_worker = np.repeat(np.arange(WORKERS), [len(row[1]) for row in rows])
        want = ohem.mine(boxes, losses, labels, images + 2 * of_worker, batch_size=batch_size)
        first = np.cumsum([0, *(len(row[1]) for row in rows)])
        for rank in range(WORKERS):
            own = [int(index - first[rank]) for index in want if of_worker[index] == rank]
            assert answers[rank][nth] == own, (nth, rank)
    assert answers[2][-1].startswith("NanLossError: losses[1]")
    for rank in (0, 1, 3):
        assert answers[rank][-1] == "RuntimeError: mining failed on worker 2 of 4: see its own error"


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_losses_travel_exactly(dtype):
    losses = torch.randn(1000).to(dtype)
    assert torch.equal(losses.to(torch.float64).view(torch.long).view(torch.float64).to(dtype), losses)
