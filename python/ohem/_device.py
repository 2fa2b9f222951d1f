"""Tensors on a GPU: one copy to pinned memory, mining on the host, indices back on the same stream.

All columns are packed into one buffer on the device, so that a step costs one transfer and one synchronisation.
Pinned buffers are kept from step to step, one for each thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

ALIGNMENT = 16  # of each column in the buffer, so that it is aligned for its type

_local = threading.local()


def on_host(
    error: Exception,
    function: Callable[..., Any],
    tensors: tuple[Any, ...],
    options: Mapping[str, Any] | None,
) -> Any:
    """Calls `function` with host copies of CUDA tensors; returns its result on their device."""
    import torch

    devices = {tensor.device for tensor in tensors if isinstance(tensor, torch.Tensor) and tensor.is_cuda}
    if len(devices) != 1 or any(isinstance(t, torch.Tensor) and not (t.is_cuda or t.is_cpu) for t in tensors):
        raise error  # two GPUs, or a device whose memory torch does not copy by this route
    device = devices.pop()
    with torch.cuda.device(device):
        stream = torch.cuda.current_stream(device)
        packed, layout = pack([tensor if is_on(tensor, device) else None for tensor in tensors])
        host = pinned("in", packed.numel())
        host.copy_(packed, non_blocking=True)
        stream.synchronize()
        copies = unpack(host, layout)
        mined = function(
            *(copy if copy is not None else given for copy, given in zip(copies, tensors, strict=True)),
            **(options or {}),
        )
        mined = torch.as_tensor(mined)
        # An event guards the pinned memory: it is written again only when the last copy from it is done.
        back = pinned("out", mined.numel() * mined.element_size()).view(mined.dtype)
        back.copy_(mined)
        result = back.to(device, non_blocking=True)
        sent = torch.cuda.Event()
        sent.record(stream)
        _local.sent = sent
        return result


def is_on(tensor: Any, device: Any) -> bool:
    """Whether it is a tensor on this device."""
    return getattr(tensor, "device", None) == device


Layout = list[tuple[int, Any, tuple[int, ...]] | None]


def pack(tensors: list[Tensor | None]) -> tuple[Tensor, Layout]:
    """Concatenates the bytes of tensors on one device; the layout says where each one is."""
    import torch

    parts: list[Tensor] = []
    layout: Layout = []
    size = 0
    for tensor in tensors:
        if tensor is None:
            layout.append(None)
            continue
        column = tensor.detach().contiguous()
        flat = column.reshape(-1).view(torch.uint8)
        layout.append((size, column.dtype, tuple(column.shape)))
        parts.append(flat)
        size += flat.numel()
        if padding := -size % ALIGNMENT:
            parts.append(flat.new_empty(padding))
            size += padding
    return torch.cat(parts), layout


def unpack(buffer: Tensor, layout: Layout) -> list[Tensor | None]:
    """Views the tensors in a buffer that `pack` made."""
    views: list[Tensor | None] = []
    for entry in layout:
        if entry is None:
            views.append(None)
            continue
        start, dtype, shape = entry
        count = dtype.itemsize
        for length in shape:
            count *= length
        views.append(buffer[start : start + count].view(dtype).reshape(shape))
    return views


def pinned(name: str, size: int) -> Tensor:
    """The first `size` bytes of a pinned buffer of this thread, which grows to twice what is needed."""
    import torch

    if name == "out" and (sent := getattr(_local, "sent", None)) is not None:
        sent.synchronize()
    buffer = getattr(_local, name, None)
    if buffer is None or buffer.numel() < size:
        buffer = torch.empty(max(2 * size, 4096), dtype=torch.uint8, pin_memory=True)
        setattr(_local, name, buffer)
    view: Tensor = buffer[:size]
    return view
