"""Images bent by a displacement field, and points that go along."""

from typing import TypeVar

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from myoqc.simulate.scene import Canvas

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]
ImagesT = TypeVar("ImagesT", NDArray[np.float32], NDArray[np.complex64])

CUBIC, LINEAR = 3, 1
DAMPING = 0.6
"""Damped steps come to rest for every field that does not fold, full ones only where it is flat."""
CLOSE_MM = 0.01
MOST_STEPS = 60


def warp(images: ImagesT, fields_mm: FloatMap, canvas: Canvas) -> ImagesT:
    """Images (t y x) as they look when tissue is displaced: at x lies what was at x − u(x), by cubic splines.

    ``fields_mm`` (t 2 y x) is u, down and to the right. What comes from beyond the canvas is mirrored at its border.
    """
    warped = np.empty_like(images)
    for image, field_mm, into in zip(images, fields_mm, warped, strict=True):
        scipy.ndimage.map_coordinates(image, _from_px(field_mm, canvas), output=into, order=CUBIC, mode="mirror")
    return warped


def warp_shares(shares: FloatMap, fields_mm: FloatMap, canvas: Canvas) -> FloatMap:
    """Shares (t y x) of something small, displaced like :func:`warp`, linearly, so that they stay between 0 and 1."""
    warped = np.zeros_like(shares)
    window = _window(shares, float(np.abs(fields_mm).max()) / canvas.spacing_mm)
    for share, field_mm, into in zip(shares, fields_mm, warped, strict=True):
        from_px = _from_px(field_mm, canvas)[:, *window]
        into[window] = scipy.ndimage.map_coordinates(share, from_px, output=np.float32, order=LINEAR)
    return warped


def _window(shares: FloatMap, margin_px: float) -> tuple[slice, slice]:
    """Rows and columns that hold everything of ``shares`` (t y x) that is not zero, and a margin."""
    there = shares.any(axis=0)
    if not there.any():
        return slice(0, 0), slice(0, 0)
    margin = int(np.ceil(margin_px)) + 1
    at = np.argwhere(there)
    low, high = np.maximum(at.min(axis=0) - margin, 0), at.max(axis=0) + margin + 1
    return slice(low[0], high[0]), slice(low[1], high[1])


def _from_px(field_mm: FloatMap, canvas: Canvas) -> FloatMap:
    """(2 y x) pixel coordinates from which each pixel takes its value."""
    rows, columns = (np.arange(n, dtype=np.float32) for n in canvas.shape)
    from_px = field_mm * np.float32(-1.0 / canvas.spacing_mm)
    from_px[0] += rows[:, None]
    from_px[1] += columns
    return np.asarray(from_px)


def moved_points(points_mm: FloatArray, field_mm: FloatMap, canvas: Canvas) -> FloatArray:
    """Where points (n 2) of tissue at rest lie in the image of ``field_mm`` (2 y x): p = rest + u(p)."""
    rest = np.asarray(points_mm, dtype=np.float64)
    points = rest.copy()
    for _ in range(MOST_STEPS):
        missing = rest + field_at(points, field_mm, canvas) - points
        points += DAMPING * missing
        if np.abs(missing).max(initial=0.0) < CLOSE_MM:
            break
    return points


def field_at(points_mm: FloatArray, field_mm: FloatMap, canvas: Canvas) -> FloatArray:
    """Displacement (n 2) at positions (n 2)."""
    at_px = canvas.px(points_mm).T
    along = [scipy.ndimage.map_coordinates(part, at_px, order=LINEAR, mode="nearest") for part in field_mm]
    return np.asarray(np.stack(along, axis=-1), dtype=np.float64)
