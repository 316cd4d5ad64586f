"""Borders that lean against a slice of some millimetres become ramps; only the heart is planned to be cut upright."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from myoqc.simulate.drawn.grain import Grain, field_on
from myoqc.simulate.scene import Canvas

FloatMap = NDArray[np.float32]

RAMP_MM = (2.8, 8.4)
"""Width of the narrow and of the wide ramp: a slice of 8 mm and a border that leans by about 20° and by 45°."""
LEAST_SEEN = 1e-3
"""Deeper inside the heart nothing of what lies behind is known, or shown."""


def softened(planes: FloatMap, seen: FloatMap, softness: Grain, canvas: Canvas, position_mm: float) -> FloatMap:
    """Planes (n y x) of shares with ramps for borders, narrow here and wide there.

    Only what is ``seen`` (y x) counts, so that nothing behind the heart leaks out from under its border.
    """
    used = planes.any(axis=(1, 2))
    visible = np.concatenate([planes[used] * seen, seen[None]])
    narrow, wide = (max(round(width_mm / canvas.spacing_mm), 1) for width_mm in RAMP_MM)
    ramps = uniform_filter(visible, (1, narrow, narrow))
    weight = np.clip(0.35 + 0.45 * field_on(softness, canvas, position_mm), 0.0, 1.0)
    ramps += weight * (uniform_filter(ramps, (1, wide, wide)) - ramps)
    soft = np.zeros_like(planes)
    # Running sums leave traces of about 1e-7 below 0.
    soft[used] = np.maximum(ramps[:-1], 0.0) / np.maximum(ramps[-1], LEAST_SEEN)
    return soft
