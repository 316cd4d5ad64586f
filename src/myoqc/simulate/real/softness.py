"""Borders around the heart lean against a slice of some millimetres, so that they are ramps; the heart's own stay."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from myoqc.simulate.scene import Canvas

FloatMap = NDArray[np.float32]

RAMP_MM = 3.0
"""Width of the ramps: a slice of 8 mm and borders that lean by about 20°. Wider ones draw broad black lines at fat."""


def softened(planes: FloatMap, room: FloatMap, canvas: Canvas) -> FloatMap:
    """Planes (n y x) of shares with ramps for borders, inside the ``room`` (y x) that the heart leaves them.

    Nothing goes into the heart and nothing comes out of it.
    """
    width = 2 * max(round((RAMP_MM / canvas.spacing_mm - 1) / 2), 0) + 1
    room = np.clip(room, 0.0, 1.0)
    left = _smooth(room, width)
    soft = np.zeros_like(planes)
    for plane, result in zip(planes, soft, strict=True):
        if plane.any():
            np.divide(_smooth(plane, width) * room, left, out=result, where=left > 1e-3)
    return soft


def _smooth(plane: FloatMap, width: int) -> FloatMap:
    # Running sums leave traces of about 1e-7 below 0.
    return np.asarray(np.maximum(uniform_filter(plane, width), 0.0), dtype=np.float32)
