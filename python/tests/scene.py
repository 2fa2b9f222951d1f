"""RoIs around objects, three in four of them background, with losses of which most are small."""

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


def scene(n: int, images: int = 2, classes: int = 21, seed: int = 0) -> tuple[Floats, Column, Column, Floats]:
    """Returns boxes, images, labels and losses of `n` RoIs an image."""
    random = np.random.default_rng(seed)
    total = n * images
    image = np.repeat(np.arange(images), n)
    objects = random.uniform(0, 900, (images, 40, 2))
    of = random.integers(0, 40, total)
    centre = objects[image, of] + random.normal(0, 12, (total, 2))
    size = random.uniform(40, 160, (total, 2))
    boxes = np.concatenate([centre - size / 2, centre + size / 2], 1).astype(np.float32)
    labels = np.where(random.random(total) < 0.75, 0, 1 + of % (classes - 1)).astype(np.int64)
    losses = random.exponential(0.3, total).astype(np.float32)
    return boxes, image.astype(np.int64), labels, losses


def with_images(boxes: npt.NDArray, images: Column) -> npt.NDArray:
    """An n x 5 table with the image in front, as the original has it."""
    return np.concatenate([images[:, None].astype(boxes.dtype), boxes], 1)
