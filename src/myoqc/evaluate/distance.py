"""How far two outlines of the ventricle, or two marks of where the right one inserts, lie apart.

Points are (row, column) in pixels, from the centre of pixel (0, 0); distances and angles are measured in mm, so that
pixels need not be square. ``spacing_mm`` (2) is that between rows and between columns.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from myoqc import polygons
from myoqc.aha import screen_angle_deg, turn_deg
from myoqc.errors import ContourError, GeometryError
from myoqc.records.arrays import frozen

FloatArray = NDArray[np.float64]

STEP_MM = 0.1
"""Between neighbouring points at which the distance from one outline to the other is taken: far below a pixel."""


@dataclass(frozen=True, slots=True)
class OutlineDistance:
    """How far two closed outlines lie apart; lower is better."""

    mean_mm: float
    """Mean absolute distance: from one outline to the other, averaged over both directions."""
    hausdorff_95_mm: float
    """95th percentile of the distances, in the worse direction."""


def outline_distance(first_px: ArrayLike, second_px: ArrayLike, spacing_mm: ArrayLike) -> OutlineDistance:
    """Distances between two closed outlines (n 2) and (m 2) [MaierHein2024].

    They are taken at even steps along each outline, however many points it was given with, to the nearest place on the
    other. Raises ContourError for an outline that is open or crosses itself, and GeometryError for the spacing.
    """
    spacing = _spacing(spacing_mm)
    first = _ring(first_px, spacing, "the first outline")
    second = _ring(second_px, spacing, "the second outline")
    there, back = _distances_mm(first, second), _distances_mm(second, first)
    return OutlineDistance(
        mean_mm=float((there.mean() + back.mean()) / 2.0),
        hausdorff_95_mm=float(max(np.percentile(there, 95.0), np.percentile(back, 95.0))),
    )


def insertion_error_mm(found_px: ArrayLike, true_px: ArrayLike, spacing_mm: ArrayLike) -> float:
    """Distance of an insertion point (2) from where it truly is.

    Raises ContourError for what is not a point, and GeometryError for the spacing.
    """
    offset_mm = (_point(found_px, "the point found") - _point(true_px, "the true point")) * _spacing(spacing_mm)
    return float(np.hypot(*offset_mm))


def insertion_error_deg(found_px: ArrayLike, true_px: ArrayLike, centre_px: ArrayLike, spacing_mm: ArrayLike) -> float:
    """Angle (0 to 180) between an insertion point (2) and where it truly is, seen from the cavity's centre (2).

    By this angle all segments are turned. Raises ContourError for what is not a point and for a point in the centre,
    and GeometryError for the spacing.
    """
    centre, spacing = _point(centre_px, "the centre"), _spacing(spacing_mm)
    angles_deg = []
    for point_px, name in ((found_px, "the point found"), (true_px, "the true point")):
        point = _point(point_px, name)
        if np.array_equal(point, centre):
            raise ContourError(f"{name} lies in the centre of the cavity: no angle can be told")
        angles_deg.append(float(screen_angle_deg(point, centre, spacing)))
    return abs(turn_deg(*angles_deg))


def _ring(points_px: ArrayLike, spacing_mm: FloatArray, name: str) -> shapely.LinearRing:
    return shapely.LinearRing(polygons.closed(points_px, name) * spacing_mm)


def _distances_mm(ring: shapely.LinearRing, other: shapely.LinearRing) -> FloatArray:
    """Distance (k) to the ``other`` outline from points at even steps along the ``ring``."""
    n_points = int(np.ceil(ring.length / STEP_MM))
    along_mm = np.arange(n_points) * (ring.length / n_points)
    return np.asarray(shapely.distance(shapely.line_interpolate_point(ring, along_mm), other))


def _point(point_px: ArrayLike, name: str) -> FloatArray:
    point = frozen(point_px, np.float64, "2", name, ContourError)
    if not np.isfinite(point).all():
        raise ContourError(f"{name} is not a point", found=point)
    return point


def _spacing(spacing_mm: ArrayLike) -> FloatArray:
    spacing = frozen(spacing_mm, np.float64, "2", "spacing_mm", GeometryError)
    if not (np.isfinite(spacing).all() and (spacing > 0.0).all()):
        raise GeometryError("pixel spacing must be positive", expected="two lengths in mm", found=spacing)
    return spacing
