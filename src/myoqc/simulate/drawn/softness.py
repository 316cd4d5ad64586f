"""Borders that lean against a slice of some millimetres become ramps; only the heart is planned to be cut upright.

What lies behind the heart is therefore painted in pixels of twice the width, which cost a quarter: they and the way
between them make the narrowest ramp.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from myoqc.simulate.drawn.grain import Grain, field_on
from myoqc.simulate.scene import Canvas

FloatMap = NDArray[np.float32]

WIDE_RAMP_MM = 8.4
"""A slice of 8 mm and a border that leans by about 45°."""


def coarser(canvas: Canvas) -> Canvas:
    """The canvas in pixels of twice the width, about the same middle."""
    height, width = canvas.shape
    return Canvas(((height + 1) // 2, (width + 1) // 2), 2.0 * canvas.spacing_mm)


def softened(planes: FloatMap, softness: Grain, canvas: Canvas, position_mm: float) -> FloatMap:
    """Planes (n y x) with ramps for borders, as narrow as they are here and wide there."""
    # An even number of pixels would shift what it smooths.
    wide = 2 * round(0.5 * (WIDE_RAMP_MM / canvas.spacing_mm - 1.0)) + 1
    weight = np.clip(0.35 + 0.45 * field_on(softness, canvas, position_mm), 0.0, 1.0)
    # Running sums leave traces of about 1e-7 below 0.
    smooth = np.maximum(uniform_filter(planes, (1, wide, wide)), 0.0)
    return np.asarray((1.0 - weight) * planes + weight * smooth)


def resampled(planes: FloatMap, old: Canvas, new: Canvas) -> FloatMap:
    """Planes (n y x) of one canvas on another about the same middle, with straight lines between pixels."""
    for axis in (0, 1):
        at = (new.axis_mm(axis) - old.axis_mm(axis)[0]) / old.spacing_mm
        first = np.clip(np.floor(at), 0, old.shape[axis] - 2).astype(int)
        share = np.clip(at - first, 0.0, 1.0).astype(np.float32)
        share = share[:, None] if axis == 0 else share
        before, after = (np.take(planes, first + step, axis=axis + 1) for step in (0, 1))
        # Not before + share * (after - before), which may round to less than nothing.
        before *= 1.0 - share
        after *= share
        planes = before + after
    return planes
