"""Where a network's maps lie on cases whose segments are known: in the segment that is scored, or beyond the heart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from myoqc.evaluate import pointing, relative_share, share_inside
from myoqc.records import N_SEGMENTS
from myoqc.records.arrays import frozen, numbers

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class LookedAt:
    """Of the six maps of n cases; NaN where a map looks nowhere, or its segment has no pixel."""

    inside: FloatArray
    """(n 6) share inside the segment."""
    relative: FloatArray
    """(n 6) the same over its ceiling."""
    peak: FloatArray
    """(n 6) 1 where the peak hits the segment: the pointing game [Zhang2018]."""
    beyond: FloatArray
    """(n 6) share that lies more than a cell beyond the left ventricle, wall and cavity."""

    def __post_init__(self) -> None:
        for name in ("inside", "relative", "peak", "beyond"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, f"n {N_SEGMENTS}", name))


def looked_at(maps: ArrayLike, segment: ArrayLike) -> LookedAt:
    """Where ``maps`` (n 6 h w) lie on cases with ``segment`` (n 160 160), 1–6 in the segments and 0 elsewhere.

    Raises what :func:`~myoqc.evaluate.share_inside` raises.
    """
    cases = [_of_case(*case) for case in zip(np.asarray(maps), numbers(segment, np.uint8, "the segments"), strict=True)]
    return LookedAt(*np.moveaxis(np.reshape(cases, (-1, 4, N_SEGMENTS)), 1, 0))


def _of_case(maps: NDArray[np.floating], segment: NDArray[np.uint8]) -> tuple[FloatArray, ...]:
    masks = segment == np.arange(1, N_SEGMENTS + 1)[:, None, None]
    near = np.broadcast_to(_near_ventricle(segment, len(segment) // maps.shape[-1]), masks.shape)
    return (
        share_inside(maps, masks),
        relative_share(maps, masks),
        pointing(maps, masks),
        1.0 - share_inside(maps, near),
    )


def _near_ventricle(segment: NDArray[np.uint8], margin_px: int) -> BoolArray:
    """(160 160) wall and cavity, with a margin: a cell that holds some of the wall can't tell on which side it is."""
    ventricle = ndimage.binary_fill_holes(segment > 0)
    return np.asarray(ndimage.maximum_filter(ventricle, size=2 * margin_px + 1))
