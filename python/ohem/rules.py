"""The mining rules of other frameworks, each for one image unless it says otherwise, with their names of arguments.

`matches` are as in torchvision's `Matcher`: 0 and above is the index of a ground-truth box, -1 a negative, and less is
ignored. Ties are broken as everywhere in ohem: the lower index first.

>>> import ohem
>>> ohem.rules.mmdet([1.0, 3.0, 9.0, 2.0, 4.0], [0, -1, -2, 1, -1], num=3, pos_fraction=0.5)
(array([3]), array([4, 1]))
"""

from ._ohem import (
    libra,
    mmdet,
    monai,
    per_image,
    pisa,
    pixels_by_loss,
    pixels_by_probability,
    rfcn,
    ssd_hard_examples,
    ssd_negatives,
    tensorflow,
)

__all__ = [
    "libra",
    "mmdet",
    "monai",
    "per_image",
    "pisa",
    "pixels_by_loss",
    "pixels_by_probability",
    "rfcn",
    "ssd_hard_examples",
    "ssd_negatives",
    "tensorflow",
]
