"""A coarse net over the canvas on which smooth fields are worked out, and back to pixels."""

from dataclasses import dataclass

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from myoqc.simulate.scene import Canvas

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]

STEP_PX = 3


@dataclass(frozen=True, slots=True)
class Nodes:
    """Every third pixel of a canvas, and beyond its end so that every pixel lies between nodes."""

    canvas: Canvas

    @property
    def step_mm(self) -> float:
        """Between neighbouring nodes."""
        return STEP_PX * self.canvas.spacing_mm

    @property
    def shape(self) -> tuple[int, int]:
        """(y x)"""
        rows, columns = self.canvas.shape
        return _count(rows), _count(columns)

    @property
    def y_mm(self) -> FloatArray:
        """Positions of the rows of nodes."""
        return np.asarray(self.canvas.axis_mm(0)[0] + np.arange(self.shape[0]) * self.step_mm)

    @property
    def x_mm(self) -> FloatArray:
        """Positions of the columns of nodes."""
        return np.asarray(self.canvas.axis_mm(1)[0] + np.arange(self.shape[1]) * self.step_mm)

    def sampled(self, image: FloatMap) -> FloatArray:
        """Means (y x) about the nodes of an image of the canvas."""
        smooth = scipy.ndimage.uniform_filter(image, STEP_PX, mode="nearest")
        rows, columns = (
            np.minimum(np.arange(n) * STEP_PX, length - 1)
            for n, length in zip(self.shape, self.canvas.shape, strict=True)
        )
        return np.asarray(smooth[np.ix_(rows, columns)], dtype=np.float64)

    def spread(self, values: FloatArray) -> FloatMap:
        """Values (… y x) at the nodes → at the pixels, linearly between nodes."""
        fine = values.astype(np.float32)
        for axis, n in ((-2, self.canvas.shape[0]), (-1, self.canvas.shape[1])):
            before, share = np.divmod(np.arange(n), STEP_PX)
            weight = (share / STEP_PX).astype(np.float32)
            weight = weight[:, None] if axis == -2 else weight
            low, high = np.take(fine, before, axis=axis), np.take(fine, before + 1, axis=axis)
            fine = low + weight * (high - low)
        return fine


def _count(pixels: int) -> int:
    return (pixels - 1) // STEP_PX + 2
