"""What outlines from outside were drawn on, and how they come into the pixels of a slice."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records import Contours, Grid

FloatArray = NDArray[np.float64]

MOST_TILT_DEG = 2.0
"""Between the plane of outlines and the slice that they are wanted in."""
MOST_AWAY_MM = 3.0
"""Between the centre of outlines and the plane of the slice; slices lie 8 mm or more apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """Where outlines lie in the patient that are not in the pixels of the slice they are for."""

    grid: Grid
    """In its pixels are the outlines."""
    image_uids: tuple[str, ...] = ()
    """SOP Instance UIDs of the images that they were drawn in or made from; empty = not said."""
    study_uid: str = ""
    """Study Instance UID; empty = not said."""


def away_mm(contours: Contours, canvas: Canvas, grid: Grid) -> float | None:
    """Distance of the outlines' centre from the plane of ``grid``; None where their plane is another."""
    cosine = abs(float(canvas.grid.normal @ grid.normal))
    if not grid.oriented or cosine < np.cos(np.radians(MOST_TILT_DEG)):
        return None
    distance_mm = abs(grid.distance_mm(canvas.grid.patient_mm(contours.centre_px)))
    return distance_mm if distance_mm <= MOST_AWAY_MM else None


def moved(contours: Contours, own: Grid, wanted: Grid) -> Contours:
    """Outlines in the pixels of ``own`` dropped perpendicularly onto ``wanted``, in its pixels."""

    def there(points_px: FloatArray) -> FloatArray:
        return wanted.px(own.patient_mm(points_px))

    anterior_px, inferior_px = contours.rv_insertion_px, contours.rv_inferior_px
    return Contours(
        there(contours.endo_px),
        there(contours.epi_px),
        None if anterior_px is None else there(anterior_px),
        None if inferior_px is None else there(inferior_px),
        contours.origin,
    )
