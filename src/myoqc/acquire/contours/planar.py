"""Closed contours in patient coordinates: their plane, which of them lie together, and pixels laid under them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.acquire.contours.canvas import MOST_TILT_DEG
from myoqc.errors import ContourError
from myoqc.records import Grid

FloatArray = NDArray[np.float64]

FLAT_MM = 1.0
"""Points of one contour, and the contours of one slice, lie this near to one plane."""
LEAST_COSINE = float(np.cos(np.radians(MOST_TILT_DEG)))
PIXEL_MM = 1.0
"""Of the grid that is laid into the plane of a contour."""


@dataclass(frozen=True, slots=True, eq=False)
class PlanarContour:
    """One contour, or one point."""

    points_mm: FloatArray
    """(n 3) in the patient."""
    centre_mm: FloatArray
    """(3)"""
    normal: FloatArray
    """(3) of unit length; zero where it holds no area."""
    area_mm2: float
    image_uids: tuple[str, ...]


def planar_contour(points_mm: FloatArray, image_uids: tuple[str, ...]) -> PlanarContour:
    """A contour with its plane, from its points (n 3)."""
    centre_mm = points_mm.mean(axis=0)
    # Newell's method: the sum over the spokes points along the normal, and is as long as the area.
    spokes_mm = points_mm - centre_mm
    whole_mm2 = np.cross(spokes_mm, np.roll(spokes_mm, -1, axis=0)).sum(axis=0) / 2
    area_mm2 = float(np.linalg.norm(whole_mm2))
    normal = whole_mm2 / area_mm2 if area_mm2 > 0 else np.zeros(3)
    return PlanarContour(points_mm, centre_mm, normal, area_mm2, image_uids)


def check_flat(contour: PlanarContour) -> None:
    """Raise ContourError for a contour without area, or with points outside its plane."""
    if contour.area_mm2 <= 0:
        raise ContourError("a contour holds no area", expected="3 or more points", found=f"at {place(contour)}")
    spokes_mm = contour.points_mm - contour.centre_mm
    if np.abs(np.einsum("nk,k->n", spokes_mm, contour.normal)).max() > FLAT_MM:
        raise ContourError("a contour is not flat", expected=f"within {FLAT_MM:g} mm", found=f"at {place(contour)}")


def together(one: PlanarContour, other: PlanarContour) -> bool:
    """Whether two contours lie in one plane and were not drawn in different images."""
    if one.image_uids and other.image_uids and not set(one.image_uids) & set(other.image_uids):
        return False
    parallel = abs(float(one.normal @ other.normal)) >= LEAST_COSINE
    return parallel and abs(float((other.centre_mm - one.centre_mm) @ one.normal)) <= FLAT_MM


def grid_under(contour: PlanarContour) -> Grid:
    """Pixels of 1 mm in the plane of a contour, from one corner of what it holds to the other."""
    normal = contour.normal
    spokes_mm = contour.points_mm - contour.centre_mm
    along = np.eye(3)[np.argmin(np.abs(normal))]
    row = along - (along @ normal) * normal
    row /= np.linalg.norm(row)
    column = np.cross(normal, row)
    offsets_mm = np.stack([np.einsum("nk,k->n", spokes_mm, axis) for axis in (column, row)])
    low_mm, size_mm = offsets_mm.min(axis=1), np.ptp(offsets_mm, axis=1)
    origin_mm = contour.centre_mm + low_mm[0] * column + low_mm[1] * row
    rows, columns = (int(length) + 2 for length in size_mm / PIXEL_MM)
    return Grid((rows, columns), np.full(2, PIXEL_MM), origin_mm, row, column)


def place(contour: PlanarContour) -> str:
    """Where its centre lies, for people."""
    return f"({', '.join(f'{value:.1f}' for value in contour.centre_mm)}) mm"
