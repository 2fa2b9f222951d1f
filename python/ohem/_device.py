"""Tensors on a GPU: one copy to pinned memory, mining on the host, indices back on the same stream.

All columns are packed into one buffer on the device, so that a step costs one transfer and one synchronisation.
Pinned buffers are kept from step to step, one of each kind for each thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

Tensor: TypeAlias = Any  # torch's: this module is read without torch, too
ALIGNMENT = 16  # of each column in the buffer, so that it is aligned for its type

_local = threading.local()


def on_host(
    error: Exception,
    function: Callable[..., Any],
    tensors: tuple[Any, ...],
    options: Mapping[str, Any] | None,
) -> Any:
    """Calls `function` with host copies of CUDA tensors; returns its indices on their device.

    Raises `error` for tensors of two GPUs, and of devices that torch does not copy by this route.
    """
    import torch

    given = [tensor for tensor in tensors if isinstance(tensor, torch.Tensor)]
    devices = {tensor.device for tensor in given if tensor.is_cuda}
    if len(devices) != 1 or not all(tensor.is_cuda or tensor.is_cpu for tensor in given):
        raise error
    device = devices.pop()
    mined = function(*to_host(tensors, device), **(options or {}))
    return to_device(torch.as_tensor(mined), device)


def to_host(tensors: Sequence[Any], device: Any) -> list[Any]:
    """Host copies of the tensors on a CUDA device, by one transfer; everything else is returned as it is.

    The copies are views of a buffer that the next call of this thread overwrites.
    """
    import torch

    there = [getattr(tensor, "device", None) == device for tensor in tensors]
    with torch.cuda.device(device):
        columns = [tensor for tensor, is_there in zip(tensors, there, strict=True) if is_there]
        packed, layout = pack(columns)
        host = _pinned("in", packed.numel())
        host.copy_(packed, non_blocking=True)
        torch.cuda.current_stream(device).synchronize()
    copies = iter(unpack(host, layout))
    return [next(copies) if is_there else tensor for tensor, is_there in zip(tensors, there, strict=True)]


def to_device(tensor: Tensor, device: Any) -> Tensor:
    """Sends a host tensor to a CUDA device without waiting, on the current stream."""
    import torch

    with torch.cuda.device(device):
        # The last copy from the buffer must be done before it is written again.
        if (sent := getattr(_local, "sent", None)) is not None:
            sent.synchronize()
        buffer = _pinned("out", tensor.numel() * tensor.element_size()).view(tensor.dtype)
        buffer.copy_(tensor.reshape(-1))
        result = buffer.to(device, non_blocking=True).reshape(tensor.shape)
        _local.sent = torch.cuda.Event()
        _local.sent.record(torch.cuda.current_stream(device))
    return result


Layout = list[tuple[int, Any, tuple[int, ...]]]


def pack(tensors: Sequence[Tensor]) -> tuple[Tensor, Layout]:
    """Concatenates the bytes of tensors of one device; the layout says where each one is."""
    import torch

    parts: list[Tensor] = []
    layout: Layout = []
    size = 0
    for tensor in tensors:
        column = tensor.detach().contiguous()
        flat = column.reshape(-1).view(torch.uint8)
        layout.append((size, column.dtype, tuple(column.shape)))
        parts.append(flat)
        size += flat.numel()
        if padding := -size % ALIGNMENT:
            parts.append(flat.new_zeros(padding))
            size += padding
    return torch.cat(parts), layout


def unpack(buffer: Tensor, layout: Layout) -> list[Tensor]:
    """Views the tensors in a buffer that `pack` made."""
    views: list[Tensor] = []
    for start, dtype, shape in layout:
        count = dtype.itemsize
        for length in shape:
            count *= length
        views.append(buffer[start : start + count].view(dtype).reshape(shape))
    return views


def _pinned(name: str, size: int) -> Tensor:
    """The first `size` bytes of a pinned buffer of this thread, which grows to twice the size needed."""
    import torch

    buffer = getattr(_local, name, None)
    if buffer is None or buffer.numel() < size:
        buffer = torch.empty(max(2 * size, 4096), dtype=torch.uint8, pin_memory=True)
        setattr(_local, name, buffer)
    view: Tensor = buffer[:size]
    return view
