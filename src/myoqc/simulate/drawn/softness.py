"""Borders that lean against a slice of some millimetres become ramps; only the heart is planned to be cut upright."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from myoqc.simulate.drawn.grain import Grain, field_on
from myoqc.simulate.scene import Canvas

FloatMap = NDArray[np.float32]

RAMP_MM = (2.8, 8.4)
"""Width of the narrow and of the wide ramp: a slice of 8 mm and a border that leans by about 20° and by 45°."""


def softened(planes: FloatMap, softness: Grain, canvas: Canvas, position_mm: float) -> FloatMap:
    """Planes (n y x) of shares with ramps for borders, narrow here and wide there."""
    narrow, wide = (max(round(width_mm / canvas.spacing_mm), 1) for width_mm in RAMP_MM)
    used = planes.any(axis=(1, 2))
    sharp = uniform_filter(planes[used], (1, narrow, narrow))
    weight = np.clip(0.35 + 0.45 * field_on(softness, canvas, position_mm), 0.0, 1.0)
    soft = np.zeros_like(planes)
    # Running sums leave traces of about 1e-7 below 0.
    soft[used] = np.maximum(sharp + weight * (uniform_filter(sharp, (1, wide, wide)) - sharp), 0.0)
    return soft
