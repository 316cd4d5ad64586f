"""Star-shaped outlines in mm, moved and deformed exactly, and the share of each pixel that lies inside.

Positions are (y, x) in mm in the plane of the slice from the middle of the image: y down, x to the right; angles rise
clockwise on the screen from the direction of x.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.records.arrays import frozen
from myoqc.simulate.scene import Canvas

FloatArray = NDArray[np.float64]

N_ANGLES = 180


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A closed curve given by its radius, in mm, at equal steps of angle about its centre."""

    centre_mm: FloatArray
    """(2)"""
    radius_mm: FloatArray
    """(angles) from ``start_deg`` on."""
    start_deg: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "centre_mm", frozen(self.centre_mm, np.float64, "2", "the centre of an outline"))
        object.__setattr__(self, "radius_mm", frozen(self.radius_mm, np.float64, "angles", "the radius of an outline"))

    @property
    def angle_deg(self) -> FloatArray:
        """(angles)"""
        return np.asarray(self.start_deg + np.arange(len(self.radius_mm)) * (360.0 / len(self.radius_mm)))

    @property
    def points_mm(self) -> FloatArray:
        """(angles 2)"""
        angle = np.radians(self.angle_deg)
        direction = np.stack([np.sin(angle), np.cos(angle)], axis=-1)
        return np.asarray(self.centre_mm + self.radius_mm[:, None] * direction)

    def grown(self, by_mm: ArrayLike) -> "Outline":
        """The outline with every radius longer by ``by_mm`` (scalar or per angle)."""
        return Outline(
            self.centre_mm, np.maximum(self.radius_mm + np.asarray(by_mm, dtype=np.float64), 0.1), self.start_deg
        )


def ellipse(
    centre_mm: ArrayLike, semi_axes_mm: tuple[float, float], tilt_deg: float = 0.0, waviness: ArrayLike = ()
) -> Outline:
    """An ellipse with semi-axes along x and y before it is tilted clockwise.

    ``waviness`` (n 2) are the cosine and sine parts, relative to the radius, of n waves around it from 2 per turn on.
    """
    angle = np.radians(np.arange(N_ANGLES) * (360.0 / N_ANGLES))
    along_x, along_y = semi_axes_mm
    radius = along_x * along_y / np.hypot(along_y * np.cos(angle), along_x * np.sin(angle))
    for order, (cosine, sine) in enumerate(np.asarray(waviness).reshape(-1, 2), start=2):
        radius = radius * (1.0 + cosine * np.cos(order * angle) + sine * np.sin(order * angle))
    return Outline(np.asarray(centre_mm, dtype=np.float64), radius, tilt_deg)


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Where a group of tissues lies in one image: turned and dilated about a pivot, then shifted."""

    shift_mm: FloatArray
    """(2)"""
    turn_deg: float = 0.0
    dilation: float = 1.0
    pivot_mm: FloatArray = field(default_factory=lambda: np.zeros(2))
    """(2)"""

    def __post_init__(self) -> None:
        for name in ("shift_mm", "pivot_mm"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, "2", name))

    @property
    def matrix(self) -> FloatArray:
        """(2 2) turn and dilation, for column vectors (y, x)."""
        angle = np.radians(self.turn_deg)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        return np.asarray(self.dilation * turn)

    def apply(self, points_mm: FloatArray) -> FloatArray:
        """Positions (… 2) at rest → positions in this image."""
        return np.asarray((points_mm - self.pivot_mm) @ self.matrix.T + self.pivot_mm + self.shift_mm)

    def undo(self, points_mm: FloatArray) -> FloatArray:
        """Positions (… 2) in this image → positions at rest."""
        back = np.linalg.inv(self.matrix)
        return np.asarray((points_mm - self.pivot_mm - self.shift_mm) @ back.T + self.pivot_mm)


def moved(outline: Outline, pose: Pose) -> Outline:
    """The outline as it lies in ``pose``."""
    return Outline(pose.apply(outline.centre_mm), outline.radius_mm * pose.dilation, outline.start_deg + pose.turn_deg)


def distance_mm(outline: Outline, points_mm: FloatArray) -> FloatArray:
    """Distance of points (… 2) from the curve, negative inside; exact to first order near it."""
    offset = points_mm - outline.centre_mm
    angle_deg = np.degrees(np.arctan2(offset[..., 0], offset[..., 1])) - outline.start_deg
    step_deg = 360.0 / len(outline.radius_mm)
    slope = (np.roll(outline.radius_mm, -1) - np.roll(outline.radius_mm, 1)) / (2 * np.radians(step_deg))
    at_deg = np.arange(len(slope)) * step_deg
    radius = np.interp(angle_deg, at_deg, outline.radius_mm, period=360.0)
    steepness = np.interp(angle_deg, at_deg, slope / outline.radius_mm, period=360.0)
    return np.asarray((np.linalg.norm(offset, axis=-1) - radius) / np.hypot(1.0, steepness))


def coverage(outline: Outline, canvas: Canvas) -> tuple[tuple[slice, slice], NDArray[np.float32]]:
    """Share (h w) of each pixel that lies inside the outline, and the window of the image that (h w) stands for.

    A pixel's share falls linearly over one pixel across the curve, which is its area for a straight border.
    """
    points = canvas.px(outline.points_mm)
    low = np.clip(np.floor(points.min(axis=0)).astype(int) - 1, 0, canvas.shape)
    high = np.clip(np.ceil(points.max(axis=0)).astype(int) + 2, 0, canvas.shape)
    window = (slice(low[0], high[0]), slice(low[1], high[1]))
    y, x = np.meshgrid(canvas.axis_mm(0)[window[0]], canvas.axis_mm(1)[window[1]], indexing="ij")
    distance = distance_mm(outline, np.stack([y, x], axis=-1))
    return window, np.clip(0.5 - distance / canvas.spacing_mm, 0.0, 1.0).astype(np.float32)
