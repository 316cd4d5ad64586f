"""Where things lie in a real image, and things as the connected parts of a mask."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.simulate.real.frame import Upright

FloatMap = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

ROUND = 0.8
"""Share of the ellipse in its window that a round thing fills; vessels and stomachs are round."""

CHEST_WALL_MM = 32.0
"""How deep under the skin the chest wall reaches at most."""
MEDIASTINUM_MM = 12.0
"""What is neither lung nor belly so near the heart moves with the lung rather than with the chest wall."""
BONE_CM2 = 6.0
"""Dark spots in the chest wall up to that size are bone; larger ones are the other lung."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where things are: all masks and maps (y x)."""

    brightness: FloatMap
    """Shading taken away, blood near 1."""
    heart: BoolArray
    seen: BoolArray
    upright: Upright
    spacing_mm: float

    def cm2(self, mask: BoolArray) -> float:
        """Area of a mask."""
        return float(mask.sum()) * self.spacing_mm**2 / 100.0


def things(mask: BoolArray) -> Iterator[BoolArray]:
    """Connected parts of a mask, as masks of the whole."""
    found, n_found = ndimage.label(mask)
    yield from (found == number for number in range(1, n_found + 1))


def round_things(mask: BoolArray, place: Place, between_cm2: tuple[float, float]) -> Iterator[BoolArray]:
    """Connected parts that are about as wide as high and fill most of the ellipse in their window."""
    apart = ndimage.binary_opening(mask, iterations=max(round(4.0 / place.spacing_mm), 1))
    found, _ = ndimage.label(apart)
    for number, window in enumerate(ndimage.find_objects(found), start=1):
        part = found[window] == number
        height, width = part.shape
        full = part.sum() / (0.25 * np.pi * height * width)
        if between_cm2[0] < place.cm2(part) < between_cm2[1] and full > ROUND and 0.55 < height / width < 1.8:
            yield np.asarray(found == number)
