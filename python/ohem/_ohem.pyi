"""Types of the compiled part of ohem: see `help(ohem.mine)` and so on for what each function does.

A function returns an array of the library that its first array came from: tensors of torch if it was one, and else
arrays of numpy.
"""

from collections.abc import Sequence
from typing import Any, Literal, Protocol, TypeAlias, TypeVar, final, overload

import numpy as np
import numpy.typing as npt

class _Tensor(Protocol):
    def detach(self) -> Any: ...

_T = TypeVar("_T", bound=_Tensor)
_ArrayLike: TypeAlias = npt.ArrayLike | _Tensor
_Floats: TypeAlias = npt.NDArray[np.floating[Any]]
_Integers: TypeAlias = npt.NDArray[np.int64]
_Mask: TypeAlias = npt.NDArray[np.bool_]
_Nan: TypeAlias = Literal["error", "skip", "first"]
_Layout: TypeAlias = Literal["dense", "gathered"]

__version__: str

__all__ = [
    "DeviceError",
    "Miner",
    "Statistics",
    "__version__",
    "_repeat_mine",
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
    "libra",
    "merge",
    "mine",
    "mmdet",
    "monai",
    "nms",
    "per_image",
    "pisa",
    "pixels_by_loss",
    "pixels_by_probability",
    "probability_cross_entropy",
    "probability_cross_entropy_gradient",
    "rfcn",
    "sample",
    "sigmoid_cross_entropy",
    "sigmoid_cross_entropy_gradient",
    "smooth_l1",
    "smooth_l1_gradient",
    "split_by_image",
    "ssd_hard_examples",
    "ssd_negatives",
    "target_moments",
    "tensorflow",
    "top_k",
]

class DeviceError(TypeError): ...

@final
class Statistics:
    def __eq__(self, other: object, /) -> bool: ...
    @property
    def total(self) -> int: ...
    @property
    def visited(self) -> int: ...
    @property
    def suppressed(self) -> int: ...
    @property
    def ignored(self) -> int: ...
    @property
    def selected(self) -> int: ...
    @property
    def cut(self) -> float | None: ...

@final
class Miner:
    def __new__(
        cls,
        batch_size: int = 128,
        iou_threshold: float | None = 0.7,
        *,
        inclusive: bool = False,
        pixel: bool = False,
        nan: _Nan = "error",
        ignore_index: int | None = None,
    ) -> Miner: ...
    @overload
    def __call__(
        self,
        boxes: _ArrayLike | None,
        losses: _T,
        labels: _ArrayLike | None = None,
        images: _ArrayLike | None = None,
    ) -> _T: ...
    @overload
    def __call__(
        self,
        boxes: _ArrayLike | None,
        losses: npt.ArrayLike,
        labels: _ArrayLike | None = None,
        images: _ArrayLike | None = None,
    ) -> _Integers: ...
    @property
    def last(self) -> Statistics: ...
    @property
    def batch_size(self) -> int: ...
    @property
    def iou_threshold(self) -> float | None: ...

@overload
def mine(
    boxes: _ArrayLike | None,
    losses: _T,
    labels: _ArrayLike | None = None,
    images: _ArrayLike | None = None,
    *,
    batch_size: int = 128,
    iou_threshold: float | None = 0.7,
    inclusive: bool = False,
    pixel: bool = False,
    nan: _Nan = "error",
    ignore_index: int | None = None,
) -> _T: ...
@overload
def mine(
    boxes: _ArrayLike | None,
    losses: npt.ArrayLike,
    labels: _ArrayLike | None = None,
    images: _ArrayLike | None = None,
    *,
    batch_size: int = 128,
    iou_threshold: float | None = 0.7,
    inclusive: bool = False,
    pixel: bool = False,
    nan: _Nan = "error",
    ignore_index: int | None = None,
) -> _Integers: ...
@overload
def top_k(losses: _T, k: int, *, nan: _Nan = "error") -> _T: ...
@overload
def top_k(losses: npt.ArrayLike, k: int, *, nan: _Nan = "error") -> _Integers: ...
@overload
def nms(
    boxes: _ArrayLike,
    scores: _T,
    iou_threshold: float,
    *,
    inclusive: bool = False,
    pixel: bool = False,
    nan: _Nan = "error",
) -> _T: ...
@overload
def nms(
    boxes: _ArrayLike,
    scores: npt.ArrayLike,
    iou_threshold: float,
    *,
    inclusive: bool = False,
    pixel: bool = False,
    nan: _Nan = "error",
) -> _Integers: ...
@overload
def batched_nms(
    boxes: _ArrayLike,
    scores: _T,
    idxs: _ArrayLike,
    iou_threshold: float,
    *,
    inclusive: bool = False,
    pixel: bool = False,
    nan: _Nan = "error",
) -> _T: ...
@overload
def batched_nms(
    boxes: _ArrayLike,
    scores: npt.ArrayLike,
    idxs: _ArrayLike,
    iou_threshold: float,
    *,
    inclusive: bool = False,
    pixel: bool = False,
    nan: _Nan = "error",
) -> _Integers: ...
@overload
def box_iou(boxes1: _T, boxes2: _ArrayLike, *, pixel: bool = False) -> _T: ...
@overload
def box_iou(boxes1: npt.ArrayLike, boxes2: _ArrayLike, *, pixel: bool = False) -> _Floats: ...
@overload
def assign(
    boxes: _T,
    gt_boxes: _ArrayLike,
    images: _ArrayLike | None = None,
    gt_images: _ArrayLike | None = None,
    *,
    pixel: bool = False,
) -> tuple[_T, _T]: ...
@overload
def assign(
    boxes: npt.ArrayLike,
    gt_boxes: _ArrayLike,
    images: _ArrayLike | None = None,
    gt_images: _ArrayLike | None = None,
    *,
    pixel: bool = False,
) -> tuple[_Floats, _Integers]: ...
@overload
def label(
    overlaps: _T,
    matches: _ArrayLike,
    gt_labels: _ArrayLike,
    *,
    foreground: float = 0.5,
    background_from: float = 0.0,
    background_below: float = 0.5,
    background: int = 0,
    ignored: int = -1,
) -> _T: ...
@overload
def label(
    overlaps: npt.ArrayLike,
    matches: _ArrayLike,
    gt_labels: _ArrayLike,
    *,
    foreground: float = 0.5,
    background_from: float = 0.0,
    background_below: float = 0.5,
    background: int = 0,
    ignored: int = -1,
) -> _Integers: ...
@overload
def sample(
    overlaps: _T,
    batch_size_per_image: int = 512,
    *,
    positive_fraction: float = 0.25,
    foreground: float = 0.5,
    background_from: float = 0.0,
    background_below: float = 0.5,
    seed: int = 0,
) -> tuple[_T, _T]: ...
@overload
def sample(
    overlaps: npt.ArrayLike,
    batch_size_per_image: int = 512,
    *,
    positive_fraction: float = 0.25,
    foreground: float = 0.5,
    background_from: float = 0.0,
    background_below: float = 0.5,
    seed: int = 0,
) -> tuple[_Integers, _Integers]: ...
@overload
def encode(
    reference_boxes: _T,
    proposals: _ArrayLike,
    *,
    weights: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0),
    pixel: bool = False,
) -> _T: ...
@overload
def encode(
    reference_boxes: npt.ArrayLike,
    proposals: _ArrayLike,
    *,
    weights: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0),
    pixel: bool = False,
) -> _Floats: ...
@overload
def decode(
    rel_codes: _T,
    boxes: _ArrayLike,
    *,
    weights: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0),
    bbox_xform_clip: float | None = 4.135166556742356,
    pixel: bool = False,
) -> _T: ...
@overload
def decode(
    rel_codes: npt.ArrayLike,
    boxes: _ArrayLike,
    *,
    weights: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0),
    bbox_xform_clip: float | None = 4.135166556742356,
    pixel: bool = False,
) -> _Floats: ...
@overload
def target_moments(targets: _T) -> tuple[_T, _T]: ...
@overload
def target_moments(targets: npt.ArrayLike) -> tuple[_Floats, _Floats]: ...
@overload
def cross_entropy(logits: _T, labels: _ArrayLike, *, ignore_index: int | None = None) -> _T: ...
@overload
def cross_entropy(logits: npt.ArrayLike, labels: _ArrayLike, *, ignore_index: int | None = None) -> _Floats: ...
@overload
def cross_entropy_gradient(
    logits: _T,
    labels: _ArrayLike,
    selected: _ArrayLike | None = None,
    *,
    scale: float = 1.0,
    layout: _Layout = "dense",
    ignore_index: int | None = None,
) -> _T: ...
@overload
def cross_entropy_gradient(
    logits: npt.ArrayLike,
    labels: _ArrayLike,
    selected: _ArrayLike | None = None,
    *,
    scale: float = 1.0,
    layout: _Layout = "dense",
    ignore_index: int | None = None,
) -> _Floats: ...
@overload
def probability_cross_entropy(probabilities: _T, labels: _ArrayLike, *, ignore_index: int | None = None) -> _T: ...
@overload
def probability_cross_entropy(
    probabilities: npt.ArrayLike, labels: _ArrayLike, *, ignore_index: int | None = None
) -> _Floats: ...
@overload
def probability_cross_entropy_gradient(
    probabilities: _T,
    labels: _ArrayLike,
    selected: _ArrayLike | None = None,
    *,
    scale: float = 1.0,
    layout: _Layout = "dense",
    ignore_index: int | None = None,
) -> _T: ...
@overload
def probability_cross_entropy_gradient(
    probabilities: npt.ArrayLike,
    labels: _ArrayLike,
    selected: _ArrayLike | None = None,
    *,
    scale: float = 1.0,
    layout: _Layout = "dense",
    ignore_index: int | None = None,
) -> _Floats: ...
@overload
def sigmoid_cross_entropy(
    logits: _T, labels: _ArrayLike, *, background: int = 0, ignore_index: int | None = None
) -> _T: ...
@overload
def sigmoid_cross_entropy(
    logits: npt.ArrayLike, labels: _ArrayLike, *, background: int = 0, ignore_index: int | None = None
) -> _Floats: ...
@overload
def sigmoid_cross_entropy_gradient(
    logits: _T,
    labels: _ArrayLike,
    selected: _ArrayLike | None = None,
    *,
    scale: float = 1.0,
    layout: _Layout = "dense",
    background: int = 0,
    ignore_index: int | None = None,
) -> _T: ...
@overload
def sigmoid_cross_entropy_gradient(
    logits: npt.ArrayLike,
    labels: _ArrayLike,
    selected: _ArrayLike | None = None,
    *,
    scale: float = 1.0,
    layout: _Layout = "dense",
    background: int = 0,
    ignore_index: int | None = None,
) -> _Floats: ...
@overload
def binary_cross_entropy(logits: _T, targets: _ArrayLike) -> _T: ...
@overload
def binary_cross_entropy(logits: npt.ArrayLike, targets: _ArrayLike) -> _Floats: ...
@overload
def binary_cross_entropy_gradient(
    logits: _T,
    targets: _ArrayLike,
    selected: _ArrayLike | None = None,
    *,
    scale: float = 1.0,
    layout: _Layout = "dense",
) -> _T: ...
@overload
def binary_cross_entropy_gradient(
    logits: npt.ArrayLike,
    targets: _ArrayLike,
    selected: _ArrayLike | None = None,
    *,
    scale: float = 1.0,
    layout: _Layout = "dense",
) -> _Floats: ...
@overload
def smooth_l1(
    box_regression: _T,
    regression_targets: _ArrayLike,
    labels: _ArrayLike,
    *,
    beta: float = 1.0,
    background: int = 0,
    inside_weights: _ArrayLike | None = None,
    outside_weights: _ArrayLike | None = None,
    ignore_index: int | None = None,
) -> _T: ...
@overload
def smooth_l1(
    box_regression: npt.ArrayLike,
    regression_targets: _ArrayLike,
    labels: _ArrayLike,
    *,
    beta: float = 1.0,
    background: int = 0,
    inside_weights: _ArrayLike | None = None,
    outside_weights: _ArrayLike | None = None,
    ignore_index: int | None = None,
) -> _Floats: ...
@overload
def smooth_l1_gradient(
    box_regression: _T,
    regression_targets: _ArrayLike,
    labels: _ArrayLike,
    selected: _ArrayLike | None = None,
    *,
    scale: float = 1.0,
    layout: _Layout = "dense",
    beta: float = 1.0,
    background: int = 0,
    inside_weights: _ArrayLike | None = None,
    outside_weights: _ArrayLike | None = None,
    ignore_index: int | None = None,
) -> _T: ...
@overload
def smooth_l1_gradient(
    box_regression: npt.ArrayLike,
    regression_targets: _ArrayLike,
    labels: _ArrayLike,
    selected: _ArrayLike | None = None,
    *,
    scale: float = 1.0,
    layout: _Layout = "dense",
    beta: float = 1.0,
    background: int = 0,
    inside_weights: _ArrayLike | None = None,
    outside_weights: _ArrayLike | None = None,
    ignore_index: int | None = None,
) -> _Floats: ...
@overload
def split_by_image(indices: _T, images: _ArrayLike, num_images: int | None = None) -> list[_T]: ...
@overload
def split_by_image(indices: npt.ArrayLike, images: _ArrayLike, num_images: int | None = None) -> list[_Integers]: ...
@overload
def rfcn(losses: _T, images: _ArrayLike, batch_size_per_image: int, *, nan: _Nan = "error") -> _T: ...
@overload
def rfcn(losses: npt.ArrayLike, images: _ArrayLike, batch_size_per_image: int, *, nan: _Nan = "error") -> _Integers: ...
@overload
def per_image(
    boxes: _ArrayLike | None,
    losses: _T,
    labels: _ArrayLike | None = None,
    images: _ArrayLike | None = None,
    *,
    batch_size_per_image: int,
    iou_threshold: float | None = 0.7,
    inclusive: bool = False,
    pixel: bool = False,
    nan: _Nan = "error",
    ignore_index: int | None = None,
) -> _T: ...
@overload
def per_image(
    boxes: _ArrayLike | None,
    losses: npt.ArrayLike,
    labels: _ArrayLike | None = None,
    images: _ArrayLike | None = None,
    *,
    batch_size_per_image: int,
    iou_threshold: float | None = 0.7,
    inclusive: bool = False,
    pixel: bool = False,
    nan: _Nan = "error",
    ignore_index: int | None = None,
) -> _Integers: ...
@overload
def tensorflow(
    boxes: _ArrayLike,
    losses: _T,
    matches: _ArrayLike,
    *,
    num_hard_examples: int | None = 64,
    iou_threshold: float = 0.7,
    max_negatives_per_positive: float | None = None,
    min_negatives_per_image: int = 0,
    ignored: Literal["excluded", "compete"] = "excluded",
    nan: _Nan = "error",
) -> _T: ...
@overload
def tensorflow(
    boxes: _ArrayLike,
    losses: npt.ArrayLike,
    matches: _ArrayLike,
    *,
    num_hard_examples: int | None = 64,
    iou_threshold: float = 0.7,
    max_negatives_per_positive: float | None = None,
    min_negatives_per_image: int = 0,
    ignored: Literal["excluded", "compete"] = "excluded",
    nan: _Nan = "error",
) -> _Integers: ...
@overload
def ssd_negatives(
    losses: _T,
    matches: _ArrayLike,
    overlaps: _ArrayLike,
    *,
    neg_pos_ratio: float = 3.0,
    neg_overlap: float = 0.5,
    min_negatives: int = 0,
    boxes: _ArrayLike | None = None,
    nms_threshold: float | None = None,
    nms_top_k: int | None = None,
    nms_min_area: float = 0.0,
    nan: _Nan = "error",
) -> _T: ...
@overload
def ssd_negatives(
    losses: npt.ArrayLike,
    matches: _ArrayLike,
    overlaps: _ArrayLike,
    *,
    neg_pos_ratio: float = 3.0,
    neg_overlap: float = 0.5,
    min_negatives: int = 0,
    boxes: _ArrayLike | None = None,
    nms_threshold: float | None = None,
    nms_top_k: int | None = None,
    nms_min_area: float = 0.0,
    nan: _Nan = "error",
) -> _Integers: ...
@overload
def ssd_hard_examples(
    losses: _T,
    matches: _ArrayLike,
    *,
    sample_size: int = 64,
    boxes: _ArrayLike | None = None,
    nms_threshold: float | None = None,
    nms_top_k: int | None = None,
    nms_min_area: float = 0.0,
    ignored: Literal["excluded", "compete"] = "excluded",
    nan: _Nan = "error",
) -> _T: ...
@overload
def ssd_hard_examples(
    losses: npt.ArrayLike,
    matches: _ArrayLike,
    *,
    sample_size: int = 64,
    boxes: _ArrayLike | None = None,
    nms_threshold: float | None = None,
    nms_top_k: int | None = None,
    nms_min_area: float = 0.0,
    ignored: Literal["excluded", "compete"] = "excluded",
    nan: _Nan = "error",
) -> _Integers: ...
@overload
def mmdet(
    losses: _T,
    matches: _ArrayLike,
    *,
    num: int = 512,
    pos_fraction: float = 0.25,
    neg_pos_ub: float = -1.0,
    nan: _Nan = "error",
) -> tuple[_T, _T]: ...
@overload
def mmdet(
    losses: npt.ArrayLike,
    matches: _ArrayLike,
    *,
    num: int = 512,
    pos_fraction: float = 0.25,
    neg_pos_ub: float = -1.0,
    nan: _Nan = "error",
) -> tuple[_Integers, _Integers]: ...
@overload
def libra(
    overlaps: _T,
    matches: _ArrayLike,
    losses: _ArrayLike | None = None,
    *,
    num: int = 512,
    pos_fraction: float = 0.25,
    neg_pos_ub: float = -1.0,
    floor_thr: float = -1.0,
    floor_fraction: float = 0.0,
    num_bins: int = 3,
    pick: Literal["random", "hardest"] = "random",
    seed: int = 0,
    nan: _Nan = "error",
) -> tuple[_T, _T]: ...
@overload
def libra(
    overlaps: npt.ArrayLike,
    matches: _ArrayLike,
    losses: _ArrayLike | None = None,
    *,
    num: int = 512,
    pos_fraction: float = 0.25,
    neg_pos_ub: float = -1.0,
    floor_thr: float = -1.0,
    floor_fraction: float = 0.0,
    num_bins: int = 3,
    pick: Literal["random", "hardest"] = "random",
    seed: int = 0,
    nan: _Nan = "error",
) -> tuple[_Integers, _Integers]: ...
@overload
def monai(
    losses: _T,
    matches: _ArrayLike,
    batch_size_per_image: int,
    *,
    positive_fraction: float = 0.3333333333333333,
    min_neg: int = 1,
    pool_size: float = 10.0,
    seed: int = 0,
    nan: _Nan = "error",
) -> tuple[_T, _T]: ...
@overload
def monai(
    losses: npt.ArrayLike,
    matches: _ArrayLike,
    batch_size_per_image: int,
    *,
    positive_fraction: float = 0.3333333333333333,
    min_neg: int = 1,
    pool_size: float = 10.0,
    seed: int = 0,
    nan: _Nan = "error",
) -> tuple[_Integers, _Integers]: ...
@overload
def pisa(
    boxes: _ArrayLike,
    scores: _ArrayLike,
    losses: _T,
    matches: _ArrayLike,
    *,
    num: int = 512,
    pos_fraction: float = 0.25,
    neg_pos_ub: float = -1.0,
    k: float = 0.5,
    bias: float = 0.0,
    score_thr: float = 0.05,
    iou_thr: float = 0.5,
    seed: int = 0,
    nan: _Nan = "error",
) -> tuple[_T, _T, _T]: ...
@overload
def pisa(
    boxes: _ArrayLike,
    scores: _ArrayLike,
    losses: npt.ArrayLike,
    matches: _ArrayLike,
    *,
    num: int = 512,
    pos_fraction: float = 0.25,
    neg_pos_ub: float = -1.0,
    k: float = 0.5,
    bias: float = 0.0,
    score_thr: float = 0.05,
    iou_thr: float = 0.5,
    seed: int = 0,
    nan: _Nan = "error",
) -> tuple[_Integers, _Integers, _Floats]: ...
@overload
def pixels_by_loss(losses: _T, *, thresh: float, min_kept: int, valid: _ArrayLike | None = None) -> _T: ...
@overload
def pixels_by_loss(
    losses: npt.ArrayLike, *, thresh: float, min_kept: int, valid: _ArrayLike | None = None
) -> _Mask: ...
@overload
def pixels_by_probability(
    probabilities: _T,
    *,
    thresh: float,
    min_kept: int,
    valid: _ArrayLike | None = None,
    counting: Literal["exact", "mmseg", "paddleseg"] = "exact",
) -> _T: ...
@overload
def pixels_by_probability(
    probabilities: npt.ArrayLike,
    *,
    thresh: float,
    min_kept: int,
    valid: _ArrayLike | None = None,
    counting: Literal["exact", "mmseg", "paddleseg"] = "exact",
) -> _Mask: ...
@overload
def merge(parts: Sequence[tuple[_T, _ArrayLike]], batch_size: int) -> tuple[_T, _T]: ...
@overload
def merge(parts: Sequence[tuple[npt.ArrayLike, npt.ArrayLike]], batch_size: int) -> tuple[_Floats, _Integers]: ...
@overload
def cross_entropy_planes(logits: _T, labels: _ArrayLike, *, ignore_index: int | None = None) -> _T: ...
@overload
def cross_entropy_planes(logits: npt.ArrayLike, labels: _ArrayLike, *, ignore_index: int | None = None) -> _Floats: ...
@overload
def cross_entropy_planes_gradient(
    logits: _T, labels: _ArrayLike, factors: _ArrayLike, *, ignore_index: int | None = None
) -> _T: ...
@overload
def cross_entropy_planes_gradient(
    logits: npt.ArrayLike, labels: _ArrayLike, factors: _ArrayLike, *, ignore_index: int | None = None
) -> _Floats: ...
def _repeat_mine(
    boxes: _ArrayLike,
    losses: _ArrayLike,
    labels: _ArrayLike,
    images: _ArrayLike,
    batch_size: int,
    repeats: int,
) -> None: ...
