"""Tensors go in without a copy and come out as tensors, in every type and layout."""

import numpy as np
import pytest
import torch
import torchvision
from oracle import get_ohem_minibatch
from scene import scene, with_images

import ohem


def tensors(*columns):
    return [torch.from_numpy(column) for column in columns]


def test_mining():
    boxes, images, labels, losses = scene(200)
    want = get_ohem_minibatch(boxes, losses, labels, images)
    b, s, lab, img = tensors(boxes, losses, labels, images)
    rois = torch.from_numpy(with_images(boxes, images))
    got = ohem.mine(b, s, lab, img)
    assert isinstance(got, torch.Tensor) and got.dtype == torch.int64 and got.tolist() == want
    miner = ohem.Miner()
    for arguments in [
        (b, s.clone().requires_grad_(), lab, img),
        (torch.nn.Parameter(b), torch.nn.Parameter(s), lab, img),
        (b.t().contiguous().t(), s, lab, img),
        (rois, s, lab),
        (rois[:, 1:], s, lab, img),
        (b.repeat_interleave(2, 0)[::2], s.repeat_interleave(3)[::3], lab.int(), img.to(torch.uint8)),
        (boxes, s, labels, images),
    ]:
        assert ohem.mine(*arguments).tolist() == want
        assert miner(*arguments).tolist() == want
    assert isinstance(ohem.mine(b, losses, lab, img), np.ndarray), "the kind of the losses decides"


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_losses_of_16_bits(dtype):
    boxes, images, labels, losses = scene(200)
    half = torch.from_numpy(losses).to(dtype)
    want = get_ohem_minibatch(boxes, half.float().numpy(), labels, images)
    assert ohem.mine(*tensors(boxes), half, *tensors(labels, images)).tolist() == want
    assert ohem.top_k(half, 40).tolist() == torch.sort(half.float(), descending=True, stable=True).indices[:40].tolist()
    merged, indices = ohem.merge([(half[want], torch.tensor(want))], 5)
    assert merged.dtype == dtype and indices.tolist() == want[:5]


def test_results_are_tensors_that_own_their_memory():
    boxes, images, labels, losses = scene(50)
    b, s, lab, img = tensors(boxes, losses, labels, images)
    results = [
        ohem.nms(b, s, 0.5),
        ohem.batched_nms(b, s, lab, 0.5),
        ohem.box_iou(b, b),
        ohem.cross_entropy(b, lab % 4),
        ohem.encode(b, b + 1.0),
        *ohem.assign(b, b[:5]),
        ohem.rules.pixels_by_loss(s.reshape(2, 50), thresh=0.5, min_kept=9),
        *ohem.rules.mmdet(s, lab - 1),
        *ohem.split_by_image(ohem.mine(b, s, lab, img), img),
    ]
    copies = [result.clone() for result in results]
    assert all(isinstance(result, torch.Tensor) for result in results)
    del b, s, lab, img, boxes, images, labels, losses
    for result, copy in zip(results, copies, strict=True):
        assert torch.equal(result, copy) and result.is_contiguous()
        result.zero_()  # writable


def test_torchvision_agrees():
    boxes, images, labels, losses = scene(1000)
    b, s, g = tensors(boxes, losses, images * 100 + labels)
    assert torch.equal(ohem.nms(b, s, 0.5), torchvision.ops.nms(b, s, 0.5))
    assert torch.equal(ohem.batched_nms(b, s, g, 0.7), torchvision.ops.batched_nms(b, s, g, 0.7))
    assert torch.equal(ohem.box_iou(b, b[:50]), torchvision.ops.box_iou(b, b[:50]))
    coder = torchvision.models.detection._utils.BoxCoder((10.0, 10.0, 5.0, 5.0))
    proposals = b + torch.rand_like(b)
    encoded = ohem.encode(b, proposals, weights=(10.0, 10.0, 5.0, 5.0))
    assert torch.allclose(encoded, coder.encode_single(b, proposals), atol=1e-4)
    decoded = ohem.decode(encoded.repeat(1, 3), proposals, weights=(10.0, 10.0, 5.0, 5.0))
    assert torch.allclose(decoded.reshape(-1, 12), coder.decode_single(encoded.repeat(1, 3), proposals), atol=1e-2)


def test_losses_and_gradients_are_torchs():
    logits = torch.randn(80, 21, dtype=torch.float64, requires_grad=True)
    labels, selected = torch.randint(0, 21, (80,)), torch.randperm(80)[:30]
    loss = torch.nn.functional.cross_entropy(logits, labels, reduction="none")
    assert torch.allclose(ohem.cross_entropy(logits, labels), loss.detach(), rtol=1e-12)
    loss[selected].mean().backward()
    assert torch.allclose(ohem.cross_entropy_gradient(logits, labels, selected, scale=1 / 30), logits.grad, atol=1e-15)
    deltas = torch.randn(80, 84, dtype=torch.float64, requires_grad=True)
    targets = torch.randn(80, 4, dtype=torch.float64)
    own = deltas.reshape(80, 21, 4)[torch.arange(80), labels]
    loss = torch.nn.functional.smooth_l1_loss(own, targets, beta=1 / 9, reduction="none").sum(1) * (labels > 0)
    assert torch.allclose(ohem.smooth_l1(deltas, targets, labels, beta=1 / 9), loss.detach(), rtol=1e-12)
    loss[selected].sum().backward()
    assert torch.allclose(
        ohem.smooth_l1_gradient(deltas, targets, labels, selected, beta=1 / 9), deltas.grad, rtol=1e-12
    )


def test_what_cannot_be_read_is_an_error():
    b, s = torch.rand(5, 4), torch.rand(5)
    with pytest.raises(TypeError, match="boxes: this tensor has no memory that can be read"):
        ohem.mine(b.to("meta"), s)
    with pytest.raises(TypeError, match="losses: "):
        ohem.mine(b, s.to_sparse())
    with pytest.raises(TypeError, match=r"losses: tensors of DLPack's type .* are not supported"):
        ohem.mine(b, s.to(torch.complex64))
    with pytest.raises(ohem.NanLossError, match=r"losses\[2\]"):
        ohem.mine(b, torch.where(torch.arange(5) == 2, torch.nan, s))


class Elsewhere:
    """A tensor of a device that nobody here has."""

    def __dlpack_device__(self):
        return (2, 0)


def test_a_tensor_on_a_device_says_what_to_do():
    with pytest.raises(ohem.DeviceError, match=r"boxes: on device 0 .*pass boxes\.cpu\(\)"):
        ohem.mine(Elsewhere(), torch.rand(5))
    with pytest.raises(ohem.DeviceError, match=r"scores: .*pass scores\.cpu\(\)"):
        ohem.nms(torch.rand(5, 4), Elsewhere(), 0.5)
    with pytest.raises(ohem.DeviceError, match="losses"):
        ohem.top_k(Elsewhere(), 3)
    assert issubclass(ohem.DeviceError, TypeError)


class Plain:
    """A tensor of a library without the C exchange API, as torch had it before 2.10."""

    def __init__(self, tensor):
        self.tensor = tensor

    def __dlpack_device__(self):
        return self.tensor.__dlpack_device__()

    def __dlpack__(self, **options):
        return self.tensor.__dlpack__(**options)

    def __array_namespace__(self):
        return torch


def test_other_libraries_by_capsules():
    boxes, images, labels, losses = scene(100)
    want = ohem.mine(boxes, losses, labels, images).tolist()
    given = [Plain(tensor) for tensor in tensors(boxes, losses, labels, images)]
    got = ohem.mine(*given)
    assert isinstance(got, torch.Tensor) and got.tolist() == want
    assert ohem.box_iou(given[0], boxes).shape == (200, 200)


def test_columns_are_packed_into_one_buffer_and_back():
    from ohem._device import ALIGNMENT, pack, unpack

    columns = [
        torch.rand(7, 5),
        torch.rand(3, dtype=torch.float16),
        torch.arange(9),
        torch.rand(6, 4).t(),
        torch.zeros(0, 4),
        torch.tensor([True, False, True]),
    ]
    buffer, layout = pack(columns)
    assert buffer.dtype == torch.uint8 and all(start % ALIGNMENT == 0 for start, *_ in layout)
    for column, view in zip(columns, unpack(buffer, layout), strict=True):
        assert view.dtype == column.dtype and torch.equal(view, column)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize("n", [0, 5, 2000])
def test_tensors_on_a_gpu(n):
    boxes, images, labels, losses = scene(n)
    given = tensors(boxes, losses, labels, images)
    on_gpu = [tensor.cuda() for tensor in given]
    want = ohem.mine(*given)
    for _ in range(3):
        got = ohem.mine(*on_gpu)
        assert got.is_cuda and torch.equal(got.cpu(), want)
        assert torch.equal(ohem.mine(on_gpu[0], on_gpu[1], given[2], given[3]).cpu(), want)
        assert torch.equal(ohem.Miner()(*on_gpu).cpu(), want)
    assert torch.equal(ohem.nms(*on_gpu[:2], 0.5).cpu(), ohem.nms(*given[:2], 0.5))
    assert torch.equal(ohem.batched_nms(*on_gpu[:3], 0.5).cpu(), ohem.batched_nms(*given[:3], 0.5))
    assert torch.equal(ohem.top_k(on_gpu[1], 50).cpu(), ohem.top_k(given[1], 50))
