"""Star-shaped outlines in mm.

Positions are (y, x) in the plane of the slice: y down, x to the right; angles rise clockwise on the screen from the
direction of x.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.records.arrays import frozen

FloatArray = NDArray[np.float64]

N_ANGLES = 180
ANGLE_DEG: FloatArray = frozen(np.arange(N_ANGLES) * (360.0 / N_ANGLES), np.float64, "angles", "ANGLE_DEG")
"""Where every outline has its points."""
LEAST_RADIUS_MM = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A closed curve given by its radius, in mm, at ``ANGLE_DEG`` about its centre."""

    centre_mm: FloatArray
    """(2)"""
    radius_mm: FloatArray
    """(angles)"""

    def __post_init__(self) -> None:
        object.__setattr__(self, "centre_mm", frozen(self.centre_mm, np.float64, "2", "the centre of an outline"))
        object.__setattr__(
            self, "radius_mm", frozen(self.radius_mm, np.float64, str(N_ANGLES), "the radius of an outline")
        )

    @property
    def points_mm(self) -> FloatArray:
        """(angles 2), clockwise on the screen."""
        return np.asarray(self.centre_mm + self.radius_mm[:, None] * towards(ANGLE_DEG))

    def grown(self, by_mm: ArrayLike) -> "Outline":
        """The outline with every radius longer by ``by_mm`` (scalar or per angle)."""
        return Outline(self.centre_mm, np.maximum(self.radius_mm + np.asarray(by_mm), LEAST_RADIUS_MM))

    def radius_at_mm(self, angle_deg: ArrayLike) -> FloatArray:
        """Radius (…) in directions (…)."""
        angle = np.asarray(angle_deg, dtype=np.float64)
        return np.interp(angle.ravel(), ANGLE_DEG, self.radius_mm, period=360.0).reshape(angle.shape)

    def point_mm(self, angle_deg: ArrayLike) -> FloatArray:
        """Points (… 2) of the curve in directions (…) from its centre."""
        return np.asarray(self.centre_mm + self.radius_at_mm(angle_deg)[..., None] * towards(angle_deg))


def towards(angle_deg: ArrayLike) -> FloatArray:
    """Unit vectors (… 2) in directions (…)."""
    angle = np.radians(np.asarray(angle_deg, dtype=np.float64))
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1)


def turns_deg(angle_deg: ArrayLike, from_deg: ArrayLike) -> FloatArray:
    """Shortest turns (…), -180 to 180 degrees, from one direction to others."""
    return np.asarray((np.asarray(angle_deg) - np.asarray(from_deg) + 180.0) % 360.0 - 180.0)
