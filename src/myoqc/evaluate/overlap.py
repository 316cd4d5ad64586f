"""How far two regions are the same: twice what they share over what both hold [Dice1945].

Where neither holds anything there is nothing to compare: the answer is NaN, which a mean over cases must leave out.
Where only one is empty it is 0.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError, InputError
from myoqc.records.arrays import frozen, numbers

FloatArray = NDArray[np.float64]


def dice(mask_a: ArrayLike, mask_b: ArrayLike) -> FloatArray:
    """Dice coefficient (…) of masks (… y x), 0 to 1.

    Raises GeometryError for different axes, and InputError for anything but 0 and 1.
    """
    return soft_dice(numbers(mask_a, bool, "the first mask"), numbers(mask_b, bool, "the second mask"))


def soft_dice(share_a: ArrayLike, share_b: ArrayLike) -> FloatArray:
    """Dice coefficient (…) of shares (… y x): how much of each pixel belongs to the region, 0 to 1.

    What two pixels share is the smaller of their shares [Crum2006], so that equal regions have 1 even where they cover
    pixels in part; the product, which losses take for its slope, would fall short of it. Raises GeometryError for
    different axes, and InputError for shares that are not within 0 and 1.
    """
    a, b = _shares(share_a, "the first region"), _shares(share_b, "the second region")
    if a.shape != b.shape or a.ndim < 2:
        raise GeometryError(
            "regions can't be compared", expected="the same axes (… y x)", found=f"{a.shape}, {b.shape}"
        )
    shared, held = np.minimum(a, b).sum(axis=(-2, -1)), (a + b).sum(axis=(-2, -1))
    return np.asarray(np.divide(2.0 * shared, held, out=np.full(held.shape, np.nan), where=held > 0.0))


def segment_overlap(masks_a: ArrayLike, masks_b: ArrayLike) -> FloatArray:
    """Dice coefficient (s) of each segment, of masks (s y x) in the same order; NaN for a segment that neither has.

    Raises GeometryError for other axes, and InputError where masks hold anything but 0 and 1 or overlap one another.
    """
    names = ("the first segmentation", "the second segmentation")
    a, b = (frozen(each, bool, "s y x", name) for each, name in zip((masks_a, masks_b), names, strict=True))
    for each, name in zip((a, b), names, strict=True):
        if (each.sum(axis=0) > 1).any():
            raise InputError(f"{name}: segments overlap one another", expected="each pixel in one segment at most")
    return dice(a, b)


def _shares(values: ArrayLike, name: str) -> FloatArray:
    shares = numbers(values, np.float64, name)
    if not ((shares >= 0.0) & (shares <= 1.0)).all():
        raise InputError(f"{name} is not one of shares", expected="0 to 1 in every pixel")
    return shares
