"""What one writes by hand with numba: the same rule as ohem's, early exit included."""

import numpy as np
from numba import njit

BLOCK = 32  # how many kept boxes are tested before it is asked whether one overlaps


@njit(inline="always")
def overlapped(kept, groups, count, box, group, threshold):
    """Whether one of the kept boxes of its group overlaps a box by more than the threshold."""
    x1, y1, x2, y2 = box[0], box[1], box[2], box[3]
    zero = np.float32(0)
    area = (x2 - x1) * (y2 - y1)
    for start in range(0, count, BLOCK):
        hits = 0
        for i in range(start, min(start + BLOCK, count)):
            width = max(min(x2, kept[2, i]) - max(x1, kept[0, i]), zero)
            height = max(min(y2, kept[3, i]) - max(y1, kept[1, i]), zero)
            intersection = width * height
            union = area + kept[4, i] - intersection
            hits += (groups[i] == group) & (intersection > threshold * union)
        if hits:
            return True
    return False


@njit(inline="always")
def keep(kept, groups, count, box, group):
    kept[0, count], kept[1, count], kept[2, count], kept[3, count] = box[0], box[1], box[2], box[3]
    kept[4, count] = (box[2] - box[0]) * (box[3] - box[1])
    groups[count] = group


@njit(inline="always")
def packed(bits, index):
    """A loss, not negative, and its index in one number, the hardest in the smallest."""
    return ~((np.int64(bits) << 32) | np.int64(0xFFFFFFFF - index))


@njit(inline="always")
def index_of(key):
    return 0xFFFFFFFF - (~key & 0xFFFFFFFF)


@njit
def hardest(losses, many):
    """Packed hardest `many`, hardest first: one pass with a rising cut."""
    bits, room = losses.view(np.int32), 4 * many
    keys = np.empty(room, np.int64)
    count, cut = 0, np.float32(-np.inf)
    for index in range(len(losses)):
        if losses[index] > cut:
            keys[count] = packed(bits[index], index)
            count += 1
            if count == room:
                keys[:many] = np.partition(keys, many - 1)[:many]
                count, cut = many, losses[index_of(keys[:many].max())]
    return np.sort(keys[:count])[:many]


@njit
def ranked(losses):
    """All of them packed, hardest first."""
    bits, keys = losses.view(np.int32), np.empty(len(losses), np.int64)
    for index in range(len(losses)):
        keys[index] = packed(bits[index], index)
    keys.sort()
    return keys


@njit
def top_k(losses, k):
    selected = np.empty(k, np.int64)
    for place, key in enumerate(hardest(losses, k)):
        selected[place] = index_of(key)
    return selected


@njit
def mine(boxes, groups_of, losses, batch_size, threshold):
    """The hardest RoIs that no harder one of their group overlaps; all are ranked only if the first do not do."""
    kept, groups = np.empty((5, batch_size), np.float32), np.empty(batch_size, np.int64)
    selected = np.empty(batch_size, np.int64)
    many = 2 * batch_size
    while True:
        all_of_them = many >= len(losses)
        count = 0
        for key in ranked(losses) if all_of_them else hardest(losses, many):
            index = index_of(key)
            if not overlapped(kept, groups, count, boxes[index], groups_of[index], threshold):
                keep(kept, groups, count, boxes[index], groups_of[index])
                selected[count] = index
                count += 1
                if count == batch_size:
                    return selected
        if all_of_them:
            return selected[:count]
        many *= 8


@njit
def nms(boxes, scores, threshold):
    """Every box that no better kept box overlaps, best first."""
    n = len(scores)
    kept, groups, selected = np.empty((5, n), np.float32), np.zeros(n, np.int64), np.empty(n, np.int64)
    count = 0
    for key in ranked(scores):
        index = index_of(key)
        if not overlapped(kept, groups, count, boxes[index], 0, threshold):
            keep(kept, groups, count, boxes[index], 0)
            selected[count] = index
            count += 1
    return selected[:count]


@njit
def gather(indices, table):
    return table[indices]
