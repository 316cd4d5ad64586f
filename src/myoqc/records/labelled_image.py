"""A real image of a heart in which the ventricles are marked: what a simulated slice can be made from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import Level
from myoqc.errors import ContourError, GeometryError, ImageError
from myoqc.records.arrays import frozen, same_matrix

FloatMap = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

LEAST_WALL_PX = 10
LEAST_CAVITY_PX = 10
"""Fewer pixels are a slip of the pen, not a ventricle."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledImage:
    """One short-axis image, seen from the apex, with masks (y x) of what is known in it.

    Raises GeometryError for axes and lengths that do not fit together, ImageError for an image without a usable value,
    ContourError for masks that are empty, leave each other, or are not masks.
    """

    image: FloatMap
    """(y x) magnitude, arbitrary unit: bright blood (cine bSSFP), or weighted by T1 or proton density."""
    cavity: BoolArray
    """(y x) cavity of the left ventricle, papillary muscles included."""
    outer: BoolArray
    """(y x) everything inside the outer wall of the left ventricle: the cavity and the wall."""
    spacing_mm: float
    """Side of the square pixels."""
    subject: str
    """Whose heart it is: slices of one subject must never be split over folds."""
    level: Level = Level.UNKNOWN
    frame: int = 0
    """Number of the image among those of its subject."""
    rv: BoolArray | None = None
    """(y x) cavity of the right ventricle; None where nobody marked it."""
    t1_ms: FloatMap | None = None
    """(y x) T1 map of the same slice, NaN where not fitted; None where there is none."""
    source: str = ""
    """For people: the file and the place in it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "image", frozen(self.image, np.float32, "y x", "the image", ImageError))
        for name in ("cavity", "outer", "rv"):
            if getattr(self, name) is not None:
                mask = frozen(getattr(self, name), bool, "y x", f"the mask '{name}'", ContourError)
                same_matrix(mask.shape, (self.image.shape[0], self.image.shape[1]), f"the mask '{name}'")
                object.__setattr__(self, name, mask)
        if self.t1_ms is not None:
            t1_ms = frozen(self.t1_ms, np.float32, "y x", "the T1 map", ImageError)
            same_matrix(t1_ms.shape, (self.image.shape[0], self.image.shape[1]), "the T1 map")
            object.__setattr__(self, "t1_ms", t1_ms)
        self._check_image()
        self._check_masks()

    def _check_image(self) -> None:
        if not (np.isfinite(self.spacing_mm) and self.spacing_mm > 0):
            raise GeometryError("pixel spacing must be positive", expected="a length in mm", found=self.spacing_mm)
        if not np.isfinite(self.image).all() or (self.image < 0).any():
            raise ImageError("not a magnitude image", expected="numbers, none negative")
        if not self.image[self.outer].any():
            raise ImageError("no signal in the left ventricle", remedy="Check that the masks belong to this image.")

    def _check_masks(self) -> None:
        if (self.cavity & ~self.outer).any():
            raise ContourError(
                "the cavity leaves the outer wall",
                expected="the outer mask to hold the cavity and the wall",
                found=f"{int((self.cavity & ~self.outer).sum())} pixels outside",
            )
        n_cavity, n_wall = int(self.cavity.sum()), int((self.outer & ~self.cavity).sum())
        if n_cavity < LEAST_CAVITY_PX or n_wall < LEAST_WALL_PX:
            raise ContourError(
                "no left ventricle",
                expected=f"a cavity of {LEAST_CAVITY_PX} pixels or more in a wall of {LEAST_WALL_PX} or more",
                found=f"{n_cavity} and {n_wall}",
            )
        if self.rv is not None and (self.rv & self.outer).sum() > 0.05 * self.rv.sum():
            raise ContourError("the right ventricle lies inside the left one", remedy="Check the masks' labels.")
