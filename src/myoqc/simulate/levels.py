"""Which levels of a subject an image shows: the heart that moves through the slice, and the slice that lies oblique.

The subject is cut at a few levels, and every pixel blends the two cuts that lie next to its own depth, as the slice's
thickness does.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.scene import Canvas

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]

STEP_MM = 4.0
"""Distance between cuts: half the usual slice, so that the blend of two neighbours stands for what lies between."""
NEGLIGIBLE_MM = 0.75
"""A heart that goes through the slice by less shows the same level."""
LIMIT_MM = 31.5
"""An oblique slice gets no deeper; the steepest slope, 0.7, gets there 45 mm from the middle. The left ventricle lies
inside that, and what lies farther out changes little from level to level."""


def depths_mm(through_mm: FloatArray, tilt_mm_per_mm: FloatArray, centre_mm: FloatArray, canvas: Canvas) -> FloatArray:
    """Depth towards the apex that images show against the planned level: (t 1 1), or (t y x) of an oblique slice.

    ``through_mm`` (t) is the way of the heart, ``tilt_mm_per_mm`` (2) the slope down and to the right about the centre,
    which ends ``LIMIT_MM`` above and below it.
    """
    depth = np.asarray(through_mm, dtype=np.float64)[:, None, None]
    if not np.any(tilt_mm_per_mm):
        return depth
    down = (canvas.axis_mm(0) - centre_mm[0]) * tilt_mm_per_mm[0]
    across = (canvas.axis_mm(1) - centre_mm[1]) * tilt_mm_per_mm[1]
    return np.asarray(depth + np.clip(down[:, None] + across, -LIMIT_MM, LIMIT_MM))


def cuts_mm(*depths_mm: FloatArray) -> FloatArray:
    """(cut) depths, rising in steps of ``STEP_MM`` and 0 among them, between which all of ``depths_mm`` lie."""
    lowest, highest = min(depth.min() for depth in depths_mm), max(depth.max() for depth in depths_mm)
    if max(-lowest, highest) < NEGLIGIBLE_MM:
        return np.zeros(1)
    first, last = np.floor(min(lowest, 0.0) / STEP_MM), np.ceil(max(highest, 0.0) / STEP_MM)
    return np.asarray(np.arange(first, last + 1) * STEP_MM)


def blend(cuts: Sequence[NDArray[Any]], at_mm: FloatArray, depth_mm: FloatArray) -> NDArray[Any]:
    """(t y x) what images at ``depth_mm`` show of ``cuts``, each (t y x) or (y x), taken at ``at_mm`` (cut)."""
    if len(cuts) == 1:
        return np.broadcast_to(cuts[0], (len(depth_mm), *cuts[0].shape[-2:]))
    weights = np.clip(1.0 - np.abs(depth_mm - at_mm[:, None, None, None]) / STEP_MM, 0.0, 1.0).astype(np.float32)
    return np.asarray(sum(weight * cut for weight, cut in zip(weights, cuts, strict=True)))
