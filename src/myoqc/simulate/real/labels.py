"""Which tissue, and which part of the body, each pixel of a real image is taken for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.records import LabelledImage
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.scene import Part

FloatMap = NDArray[np.float32]
BoolArray = NDArray[np.bool_]
LabelMap = NDArray[np.int8]

AIR = -1
"""Stands in a map of labels where there is no tissue, and no part."""
DARK = 0.6
"""Darker than this share of the myocardium is what gives next to no signal."""
LEAST_FAT = 0.75
"""Against blood; livers are brighter than muscle, and shading is never taken away to the last."""
MOST_MUSCLE = 0.75
"""Inside a ventricle, what is brighter than that against its blood is not muscle, however little they differ."""


@dataclass(frozen=True, slots=True)
class Shades:
    """The pixels (y x) in three classes, told by the brightness of wall and cavity of the left ventricle."""

    bright: BoolArray
    """Blood, fat, fluid."""
    mid: BoolArray
    """Muscle and organs."""
    dark: BoolArray
    """Lung, air, gas, hard bone."""
    blood: BoolArray
    """What is blood rather than muscle inside a ventricle."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Two maps that are painted over and over until every pixel has its tissue and its part."""

    tissue: LabelMap
    """(y x) a :class:`Tissue`, or ``AIR``."""
    part: LabelMap
    """(y x) a :class:`Part`, or ``AIR``."""

    def paint(self, mask: BoolArray, tissue: Tissue | None, part: Part | None) -> None:
        """Give the pixels of ``mask`` a tissue and a part; None = air."""
        self.tissue[mask] = AIR if tissue is None else tissue
        self.part[mask] = AIR if part is None else part


def blank(shape: tuple[int, ...]) -> Labels:
    """Air everywhere."""
    return Labels(np.full(shape, AIR, dtype=np.int8), np.full(shape, AIR, dtype=np.int8))


def shades(labelled: LabelledImage, unshaded: FloatMap) -> Shades:
    """Classes of brightness in an image in which blood is near 1; with a T1 map, that tells blood from muscle."""
    wall = labelled.outer & ~labelled.cavity
    muscle = float(np.clip(np.median(unshaded[wall]), 0.2, 0.85))
    bright = unshaded > max(np.sqrt(muscle), LEAST_FAT)
    # Single pixels of lung and air are noisy: neighbours decide with them.
    dark = ~bright & (ndimage.gaussian_filter(unshaded, 0.7) < DARK * muscle)
    blood = unshaded > min(np.sqrt(muscle), MOST_MUSCLE)
    if labelled.t1_ms is not None:
        middle_ms = 0.5 * (np.nanmedian(labelled.t1_ms[wall]) + np.nanmedian(labelled.t1_ms[labelled.cavity]))
        blood = ~(labelled.t1_ms < middle_ms)
    return Shades(bright, ~(bright | dark), dark, blood)
