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
        nodes = values.astype(np.float32)
        rows = np.stack(_between(nodes[..., :-1, :], nodes[..., 1:, :]), axis=-2)
        rows = rows.reshape(*nodes.shape[:-2], -1, nodes.shape[-1])[..., : self.canvas.shape[0], :]
        pixels = np.stack(_between(rows[..., :-1], rows[..., 1:]), axis=-1)
        return pixels.reshape(*rows.shape[:-1], -1)[..., : self.canvas.shape[1]]


def _between(low: FloatMap, high: FloatMap) -> list[FloatMap]:
    """The values from a node up to, but without, the next."""
    return [low + np.float32(number / STEP_PX) * (high - low) for number in range(STEP_PX)]


def _count(pixels: int) -> int:
    return (pixels - 1) // STEP_PX + 2
