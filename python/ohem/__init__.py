"""Online hard example mining (OHEM): the RoIs that a detector gets most wrong, without near-duplicates.

Arrays of numpy and CPU tensors of torch go in without a copy, and results come back in the same kind.

>>> import numpy as np, ohem
>>> boxes = np.array([[0, 0, 9, 9], [0, 0, 9, 8], [50, 50, 59, 59]], np.float32)
>>> losses = np.array([0.5, 2.0, 1.0], np.float32)
>>> ohem.mine(boxes, losses, labels=np.array([1, 1, 0]), batch_size=2)
array([1, 2])

`ohem.torchvision`, `ohem.mmdet`, `ohem.detectron2`, `ohem.segmentation` and `ohem.distributed` need torch, and are
imported by name.
"""

from . import rules
from ._errors import NanLossError
from ._ohem import (
    DeviceError,
    Miner,
    Statistics,
    __version__,
    assign,
    batched_nms,
    binary_cross_entropy,
    binary_cross_entropy_gradient,
    box_iou,
    cross_entropy,
    cross_entropy_gradient,
    cross_entropy_planes,
    cross_entropy_planes_gradient,
    decode,
    encode,
    label,
    merge,
    mine,
    nms,
    probability_cross_entropy,
    probability_cross_entropy_gradient,
    sample,
    sigmoid_cross_entropy,
    sigmoid_cross_entropy_gradient,
    smooth_l1,
    smooth_l1_gradient,
    split_by_image,
    target_moments,
    top_k,
)

__all__ = [
    "DeviceError",
    "Miner",
    "NanLossError",
    "Statistics",
    "__version__",
    "assign",
    "batched_nms",
    "binary_cross_entropy",
    "binary_cross_entropy_gradient",
    "box_iou",
    "cross_entropy",
    "cross_entropy_gradient",
    "cross_entropy_planes",
    "cross_entropy_planes_gradient",
    "decode",
    "encode",
    "label",
    "merge",
    "mine",
    "nms",
    "probability_cross_entropy",
    "probability_cross_entropy_gradient",
    "rules",
    "sample",
    "sigmoid_cross_entropy",
    "sigmoid_cross_entropy_gradient",
    "smooth_l1",
    "smooth_l1_gradient",
    "split_by_image",
    "target_moments",
    "top_k",
]
