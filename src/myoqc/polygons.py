"""Closed outlines in pixel coordinates: are they sound, which pixels do they hold, and back from a mask.

A point is (row, column) from the centre of pixel (0, 0); a polygon is (n 2), closed without repeating its first point.
"""

import contourpy
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.validation import explain_validity

from myoqc.errors import ContourError

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def closed(points_px: ArrayLike, name: str) -> FloatArray:
    """``points_px`` as a sound polygon (n 2); ``name`` stands in the message.

    Raises ContourError for what is not numbers, fewer than three points, values that are not finite, a gap (an open
    line), edges that cross, or no area.
    """
    points = _numbers(points_px, name)
    if points.ndim != 2 or points.shape[-1] != 2:
        raise ContourError(f"{name} is not a list of points", expected="(n 2): row, column", found=points.shape)
    if not np.isfinite(points).all():
        raise ContourError(f"{name} holds values that are not numbers")
    points = points[np.any(points != np.roll(points, 1, axis=0), axis=1)]
    if len(points) < 3:
        raise ContourError(f"{name} has too few points", expected="3 or more different points", found=len(points))
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    gap = float(np.linalg.norm(points[0] - points[-1]))
    if gap > 3 * steps.max():
        raise ContourError(
            f"{name} is open",
            expected="an outline that ends where it began",
            found=f"a gap of {gap:.1f} px between its ends, steps of at most {steps.max():.1f} px elsewhere",
        )
    shape = shapely.Polygon(points)
    if not shape.is_valid:
        raise ContourError(f"{name} crosses itself", found=explain_validity(shape))
    if shape.area < 1.0:
        raise ContourError(f"{name} holds no area", expected="1 px² or more", found=f"{shape.area:.2f} px²")
    return points


def _numbers(points_px: ArrayLike, name: str) -> FloatArray:
    try:
        points = np.asarray(points_px)
    except ValueError as error:
        raise ContourError(f"{name} is not a list of points", expected="(n 2): row, column", found=error) from error
    if points.dtype.kind not in "iuf":
        raise ContourError(f"{name} is not a list of numbers", found=f"type {points.dtype}")
    return points.astype(np.float64)


def area_px2(points_px: FloatArray) -> float:
    """Area inside the polygon, in pixels squared."""
    return float(shapely.Polygon(points_px).area)


def area_outside_px2(inner_px: FloatArray, outer_px: FloatArray) -> float:
    """Area of the ``inner_px`` polygon that lies outside the ``outer_px`` one, in pixels squared."""
    return float(shapely.Polygon(inner_px).difference(shapely.Polygon(outer_px)).area)


def centroid_px(points_px: FloatArray) -> FloatArray:
    """Centre of area of the polygon: (row, column)."""
    centre = shapely.Polygon(points_px).centroid
    return np.array([centre.x, centre.y])


def nearest_px(points_px: FloatArray, point_px: FloatArray) -> FloatArray:
    """(2) the point of the polygon's border that is nearest to ``point_px`` (2)."""
    border = shapely.Polygon(points_px).exterior
    nearest = border.interpolate(border.project(shapely.Point(point_px)))
    return np.array([nearest.x, nearest.y])


def fill(points_px: FloatArray, shape: tuple[int, int]) -> BoolArray:
    """Mask (y x) of the pixels whose centres lie inside the polygon."""
    mask = np.zeros(shape, dtype=bool)
    low = np.clip(np.floor(points_px.min(axis=0)).astype(int), 0, shape)
    high = np.clip(np.ceil(points_px.max(axis=0)).astype(int) + 1, 0, shape)
    rows, columns = np.mgrid[low[0] : high[0], low[1] : high[1]]
    polygon = shapely.Polygon(points_px)
    shapely.prepare(polygon)
    mask[low[0] : high[0], low[1] : high[1]] = shapely.contains_xy(polygon, rows, columns)
    return mask


def trace(mask: BoolArray | FloatArray) -> FloatArray:
    """Outline (n 2) of the largest connected part of ``mask`` (y x), half-way between pixels inside and outside.

    A mask may hold shares between 0 and 1: the outline is where they pass through a half. Raises ContourError where
    the mask is empty.
    """
    padded = np.pad(np.asarray(mask, dtype=np.float64), 1)
    generator = contourpy.contour_generator(z=padded, line_type=contourpy.LineType.Separate)
    lines = [np.asarray(line)[:-1, ::-1] - 1.0 for line in generator.lines(0.5)]
    lines = [line for line in lines if len(line) >= 3]
    if not lines:
        raise ContourError("the mask is empty", expected="at least one pixel")
    return np.asarray(max(lines, key=area_px2), dtype=np.float64)
