"""A measured series described as a scene, so that motion can be put into its own images."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from myoqc import polygons
from myoqc.aha import sense_through_septum
from myoqc.errors import GeometryError
from myoqc.records import Acquisition, Contours, LabelledImage
from myoqc.simulate.real.anatomy import prepare
from myoqc.simulate.real.placement import ScenePlacement
from myoqc.simulate.real.scenes import scene
from myoqc.simulate.scene import Canvas, Scene

FloatArray = NDArray[np.float64]

SQUARE = 0.01
"""Height and width of a pixel may differ by this share."""


def scene_of_series(acquisition: Acquisition, contours: Contours) -> Scene:
    """What lies where in a series without motion, pixel by pixel of its own matrix.

    The image with the longest inversion time, in which most tissues have recovered, tells the parts of the body;
    outlines, wall and insertion points are those of ``contours``. Warp the images of the series with displacement
    fields made for this scene. Raises GeometryError where the pixels are not square or the slice is seen from the base,
    ContourError for outlines that hold no pixels.
    """
    canvas = _canvas(acquisition)
    _check_side(acquisition, contours)
    labelled = _labelled(acquisition, contours, canvas)
    anatomy = prepare(labelled, insertions_px=_both_insertions_px(contours))
    to_canvas = -(np.array(canvas.shape) - 1) / 2 * canvas.spacing_mm
    there = ScenePlacement(
        centre_mm=to_canvas + (anatomy.centre_px - anatomy.corner_px) * canvas.spacing_mm,
        septum_deg=anatomy.septum_deg,
        size=1.0,
        stretch=1.0,
    )
    at_rest = scene(anatomy, canvas, there)
    return replace(
        at_rest,
        endo_mm=to_canvas + contours.endo_px * canvas.spacing_mm,
        epi_mm=to_canvas + contours.epi_px * canvas.spacing_mm,
        anterior_mm=_point_mm(contours.rv_insertion_px, at_rest.anterior_mm, to_canvas, canvas),
        inferior_mm=_point_mm(contours.rv_inferior_px, at_rest.inferior_mm, to_canvas, canvas),
    )


def _canvas(acquisition: Acquisition) -> Canvas:
    down_mm, right_mm = acquisition.grid.spacing_mm
    if abs(down_mm - right_mm) > SQUARE * right_mm:
        raise GeometryError(
            "motion can't be put into pixels that are not square",
            found=f"{down_mm:g} by {right_mm:g} mm",
            remedy="Resample the images to square pixels.",
        )
    return Canvas(acquisition.grid.shape, float(right_mm))


def _check_side(acquisition: Acquisition, contours: Contours) -> None:
    normal = acquisition.grid.known_normal
    if normal is not None and sense_through_septum(normal, None) > 0:
        raise GeometryError(
            "this slice is seen from the base", expected="short axes as seen from the apex", remedy="Mirror the images."
        )


def _labelled(acquisition: Acquisition, contours: Contours, canvas: Canvas) -> LabelledImage:
    last = acquisition.images[int(np.argmax(acquisition.ti_ms))]
    cavity, outer = (polygons.fill(outline, canvas.shape) for outline in (contours.endo_px, contours.epi_px))
    return LabelledImage(
        image=np.nan_to_num(last),
        cavity=cavity,
        outer=outer | cavity,
        spacing_mm=canvas.spacing_mm,
        subject=acquisition.key.patient,
        level=acquisition.key.level,
    )


def _both_insertions_px(contours: Contours) -> tuple[FloatArray, FloatArray] | None:
    if contours.rv_insertion_px is None or contours.rv_inferior_px is None:
        return None
    return contours.rv_insertion_px, contours.rv_inferior_px


def _point_mm(point_px: FloatArray | None, found_mm: FloatArray, to_canvas: FloatArray, canvas: Canvas) -> FloatArray:
    """A point of the contours on the canvas, or where they lack it the one found in the image."""
    return found_mm if point_px is None else to_canvas + point_px * canvas.spacing_mm
