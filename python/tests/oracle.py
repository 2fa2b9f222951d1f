"""What ohem computes, in plain numpy and as plainly as possible: the seed's algorithm, one group at a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray


def area(boxes: Array, pixel: bool) -> Array:
    pad = boxes.dtype.type(pixel)
    return (boxes[:, 2] - boxes[:, 0] + pad) * (boxes[:, 3] - boxes[:, 1] + pad)


def is_box(boxes: Array, pixel: bool) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        ordered = (boxes[:, 0] <= boxes[:, 2]) & (boxes[:, 1] <= boxes[:, 3])
        return ordered & np.isfinite(area(boxes, pixel))


def iou_matrix(one: Array, other: Array, pixel: bool = False) -> Array:
    """Each operation rounded to nearest, in the boxes' type; an invalid box overlaps nothing."""
    pad = one.dtype.type(pixel)
    with np.errstate(all="ignore"):
        width = np.minimum(one[:, None, 2], other[None, :, 2]) - np.maximum(one[:, None, 0], other[None, :, 0]) + pad
        height = np.minimum(one[:, None, 3], other[None, :, 3]) - np.maximum(one[:, None, 1], other[None, :, 1]) + pad
        zero = one.dtype.type(0)
        inter = np.maximum(width, zero) * np.maximum(height, zero)
        union = area(one, pixel)[:, None] + area(other, pixel)[None, :] - inter
        iou = inter / union
    valid = is_box(one, pixel)[:, None] & is_box(other, pixel)[None, :] & (union != 0)
    return np.where(valid, iou, zero).astype(one.dtype)


def order(losses: Array) -> Array:
    """Hardest first, then the lower index."""
    return np.lexsort((np.arange(len(losses)), -losses.astype(np.float64)))


def nms(boxes: Array, scores: Array, threshold: float, inclusive: bool = False, pixel: bool = False) -> list[int]:
    """Keeps the best box and drops all that overlap it, until no box is left."""
    iou, threshold = iou_matrix(boxes, boxes, pixel), boxes.dtype.type(threshold)
    overlaps = iou >= threshold if inclusive else iou > threshold
    overlaps &= is_box(boxes, pixel)[:, None] & is_box(boxes, pixel)[None, :]  # an invalid box never suppresses
    kept: list[int] = []
    for row in order(scores):
        if not any(overlaps[row, other] for other in kept):
            kept.append(int(row))
    return kept


def get_ohem_minibatch(
    boxes: Array,
    losses: Array,
    labels: Array | None = None,
    images: Array | None = None,
    *,
    batch_size: int = 128,
    iou_threshold: float | None = 0.7,
    inclusive: bool = False,
    pixel: bool = False,
) -> list[int]:
    """As the original: NMS of every image and label over all RoIs, and then the hardest of the survivors."""
    zeros = np.zeros(len(losses), np.int64)
    images, labels = zeros if images is None else images, zeros if labels is None else labels
    kept = np.arange(len(losses))
    if iou_threshold is not None:
        survivors: list[int] = []
        for image in np.unique(images):
            for label in np.unique(labels):
                rows = np.flatnonzero((images == image) & (labels == label))
                of_group = nms(boxes[rows], losses[rows], iou_threshold, inclusive, pixel)
                survivors.extend(rows[of_group].tolist())
        kept = np.sort(np.array(survivors, np.int64))
    return kept[order(losses[kept])][:batch_size].tolist()
