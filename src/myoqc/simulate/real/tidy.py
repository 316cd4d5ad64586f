"""Labels without specks: single pixels told by noise would each get the dark rim that fat has beside water."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.real.labels import AIR, Labels
from myoqc.simulate.scene import Part

BoolArray = NDArray[np.bool_]
CodeMap = NDArray[np.int16]

WIDTH_MM = 1.8
"""Standard deviation of the surroundings by whose majority a pixel goes."""
LEAST_CM2 = 0.6
"""Of a thing of its own; a smaller one goes with what lies around it."""
SMALL = (Tissue.BLOOD, Tissue.BONE)
"""Vessels and ribs are small, and have no dark rim."""
APART_CM2 = 15.0
"""What lies apart from the body and is smaller than an arm is noise."""


def tidy(labels: Labels, where: BoolArray, spacing_mm: float) -> None:
    """Round off the borders of all but vessels and bones, and take small islands away, inside ``where``."""
    code = labels.tissue.astype(np.int16) * len(Part) + labels.part
    code[labels.tissue == AIR] = AIR
    free = where & ~np.isin(labels.tissue, SMALL)
    if not free.any():
        return
    code[free] = _majority(code, free, WIDTH_MM / spacing_mm)[free]
    small = _islands(code, free, LEAST_CM2 * 100.0 / spacing_mm**2)
    known = free & ~small
    rows, columns = ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True)
    code[small] = code[rows, columns][small]
    labels.tissue[free] = np.where(code == AIR, AIR, code // len(Part))[free]
    labels.part[free] = np.where(code == AIR, AIR, code % len(Part))[free]


def clear_air(labels: Labels, spacing_mm: float) -> None:
    """Take away what stands in the air around the body."""
    body, _ = ndimage.label(labels.tissue != AIR)
    small = np.bincount(body.ravel())[body] < APART_CM2 * 100.0 / spacing_mm**2
    labels.paint(small & (body > 0), None, None)


def _majority(code: CodeMap, free: BoolArray, width_px: float) -> CodeMap:
    """The code that is the most frequent around each pixel."""
    values = np.unique(code[free])
    shares = [ndimage.gaussian_filter(((code == value) & free).astype(np.float32), width_px) for value in values]
    return np.asarray(values[np.argmax(shares, axis=0)])


def _islands(code: CodeMap, free: BoolArray, least_px: float) -> BoolArray:
    """Everything that is too small for a thing of its own."""
    small = np.zeros(free.shape, dtype=bool)
    for value in np.unique(code[free]):
        found, _ = ndimage.label((code == value) & free)
        small |= (np.bincount(found.ravel())[found] < least_px) & (found > 0)
    return small
