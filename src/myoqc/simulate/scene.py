"""One slice of one subject at rest, drawn or real: what lies in each pixel, and what moves with what."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.records.arrays import frozen
from myoqc.simulate.physics.tissues import Tissue

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Canvas:
    """The pixels that a slice is drawn on: (y x) square pixels about the middle of the image."""

    shape: tuple[int, int]
    spacing_mm: float

    def axis_mm(self, axis: int) -> FloatArray:
        """Positions of the pixel centres along an axis."""
        return np.asarray((np.arange(self.shape[axis]) - (self.shape[axis] - 1) / 2) * self.spacing_mm)

    def px(self, points_mm: ArrayLike) -> FloatArray:
        """Pixel coordinates (… 2) of positions (… 2)."""
        return np.asarray(np.asarray(points_mm) / self.spacing_mm + (np.array(self.shape) - 1) / 2)


class Part(IntEnum):
    """What moves together."""

    HEART = 0
    """Both ventricles with the fat on them."""
    STOMACH = 1
    """Stomach and bowel, which also move by themselves."""
    ABDOMEN = 2
    """Everything else below the diaphragm, and the diaphragm."""
    LUNG = 3
    """Lung, great vessels and the mediastinum's fat."""
    CHEST = 4
    """Ribs, breast bone, spine, muscles, breast and the fat under the skin."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What a slice shows at rest. Positions are (y, x) in mm from the middle of the canvas: y down, x to the right."""

    canvas: Canvas
    shares: FloatMap
    """(tissue y x) share of each tissue in each pixel, in the order of :class:`~.tissues.Tissue`; the rest is air."""
    texture: FloatMap
    """(y x) signal of the tissue in a pixel over the mean of that tissue."""
    parts: FloatMap
    """(part y x) share of each pixel that belongs to each part; air belongs to none."""
    wall: FloatMap
    """(y x) share of each pixel that lies in the wall of the left ventricle, between its outlines."""
    endo_mm: FloatArray
    """(n 2) border of the cavity; papillary muscles lie inside."""
    epi_mm: FloatArray
    """(m 2) outer border of the wall."""
    anterior_mm: FloatArray
    """(2) anterior insertion of the right ventricle."""
    inferior_mm: FloatArray
    """(2) inferior insertion."""

    def __post_init__(self) -> None:
        for name, dtype, axes in (
            ("shares", np.float32, f"{len(Tissue)} y x"),
            ("texture", np.float32, "y x"),
            ("parts", np.float32, f"{len(Part)} y x"),
            ("wall", np.float32, "y x"),
            ("endo_mm", np.float64, "n 2"),
            ("epi_mm", np.float64, "m 2"),
            ("anterior_mm", np.float64, "2"),
            ("inferior_mm", np.float64, "2"),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), dtype, axes, name))
