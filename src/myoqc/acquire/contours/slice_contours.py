"""Outlines with the name of the slice that they were drawn in, and the choice of those of one acquisition."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from myoqc.acquire.contours.canvas import Canvas, away_mm, moved
from myoqc.aha import Level
from myoqc.errors import ContourError, GeometryError
from myoqc.records import Acquisition, Contours, Grid

FIELDS = ("endo_px", "epi_px", "rv_insertion_px", "rv_inferior_px")
SAME_PLACE_MM = 0.1
"""Outlines that differ less in their distance from a slice lie in one place."""


@dataclass(frozen=True, slots=True, eq=False)
class SliceContours:
    """Outlines of one slice; which slice it is may be told by its place, by name, by ``series_number``, or not at all.

    Outlines are in the pixels of the slice, or in those of their ``canvas``, which lies in the patient.
    """

    contours: Contours
    slice_uid: str | None = None
    """Of the slice, or the SOP Instance UID of any of its images."""
    series_number: int | None = None
    level: Level | None = None
    canvas: Canvas | None = None


def contours_for(
    acquisition: Acquisition, candidates: Sequence[SliceContours], *, only_slice: bool = True
) -> SliceContours | None:
    """The contours of this acquisition among ``candidates``, in its pixels; None where none belongs to it.

    By ``slice_uid``; else by their place in the patient; else by ``series_number`` among those that name no slice;
    else, where there is but one candidate and it names neither, that one, if this is the ``only_slice`` that it could
    be meant for. Raises ContourError where several fit or the outline leaves the image, GeometryError where the images
    do not say how they lie in the patient and the contours lie there.
    """
    pixels = [each for each in candidates if each.canvas is None]
    found = _named(acquisition, pixels) or _placed(acquisition, candidates) or _other(acquisition, pixels, only_slice)
    if found is not None:
        _check_inside(found.contours, acquisition.grid)
    return found


def _named(acquisition: Acquisition, candidates: Sequence[SliceContours]) -> SliceContours | None:
    uids = {acquisition.key.slice_uid, *acquisition.source.image_uids}
    matches = [each for each in candidates if each.slice_uid is not None and each.slice_uid in uids]
    if len({each.slice_uid for each in matches}) < len(matches):
        raise _ambiguous(acquisition, matches, candidates)
    if any(not _same(each.contours, matches[0].contours) for each in matches):
        raise ContourError(
            "the contours differ between the images of this slice",
            expected="contours in one image, or the same in several",
            found=f"contours in {len(matches)} images",
            remedy="Keep those of one image, or copy them to the others.",
        )
    return matches[0] if matches else None


def _placed(acquisition: Acquisition, candidates: Sequence[SliceContours]) -> SliceContours | None:
    """Of the candidates in the plane of the slice those of its own images, else all; of these the nearest."""
    grid, own = acquisition.grid, set(acquisition.source.image_uids)
    here: list[tuple[float, Contours, Canvas]] = []
    for each in candidates:
        if each.canvas is not None and _may_compare(acquisition, each.canvas):
            distance_mm = away_mm(each.contours, each.canvas, grid)
            here += [] if distance_mm is None else [(distance_mm, each.contours, each.canvas)]
    here = [each for each in here if own & set(each[2].image_uids)] or here
    if not here:
        return None
    here.sort(key=lambda each: each[0])
    if len(here) > 1 and here[1][0] - here[0][0] < SAME_PLACE_MM:
        raise ContourError(
            "several contours lie in this slice",
            expected="one, or one that refers to an image of the slice",
            found=f"{sum(each[0] - here[0][0] < SAME_PLACE_MM for each in here)}",
            remedy="Export the contours of one phase, drawn on the T1 images.",
        )
    _, contours, canvas = here[0]
    key = acquisition.key
    return SliceContours(
        moved(contours, canvas.grid, grid),
        slice_uid=None if key.slice_uid == "unknown" else key.slice_uid,
        series_number=acquisition.source.series_number,
    )


def _may_compare(acquisition: Acquisition, canvas: Canvas) -> bool:
    """Whether both lie in the same patient coordinates, as far as that is said: two studies never share theirs."""
    if not acquisition.grid.oriented:
        raise GeometryError(
            "the images do not say how they lie in the patient, where these contours lie",
            remedy="Give images with their orientation, or contours in their pixels.",
        )
    is_dicom = bool(acquisition.source.image_uids)
    return not (is_dicom and canvas.study_uid) or canvas.study_uid == acquisition.key.study


def _other(acquisition: Acquisition, candidates: Sequence[SliceContours], only_slice: bool) -> SliceContours | None:
    number = acquisition.source.series_number
    unnamed = [each for each in candidates if each.slice_uid is None]
    by_number = [each for each in unnamed if each.series_number is not None and each.series_number == number]
    nameless = [each for each in unnamed if each.series_number is None]
    matches = by_number or nameless
    if not matches:
        return None
    if len(matches) > 1 or (matches is nameless and (len(candidates) > 1 or not only_slice)):
        raise _ambiguous(acquisition, matches, candidates)
    return matches[0]


def _same(one: Contours, other: Contours) -> bool:
    """cvi42 copies what was drawn in one image of a series into the others."""
    pairs = [(getattr(one, name), getattr(other, name)) for name in FIELDS]
    return all(a is b or (a is not None and b is not None and np.array_equal(a, b)) for a, b in pairs)


def _ambiguous(
    acquisition: Acquisition, matches: Sequence[SliceContours], candidates: Sequence[SliceContours]
) -> ContourError:
    uid, number = acquisition.key.slice_uid, acquisition.source.series_number
    return ContourError(
        "it is ambiguous which contours belong to this slice",
        expected=f"one entry with slice_uid {uid!r} or series_number {number}",
        found=f"{len(matches)} of {len(candidates)} entries that could be meant",
        remedy="Name the slice in each entry by its 'slice_uid' or, with one slice a series, its 'series_number'.",
    )


def _check_inside(contours: Contours, grid: Grid) -> None:
    limits = np.array(grid.shape) - 0.5
    if _is_inside(contours.epi_px, limits):
        return
    swapped = _is_inside(contours.epi_px[:, ::-1], limits)
    raise ContourError(
        "the epicardial contour leaves the image",
        expected=f"rows from -0.5 to {limits[0]:g}, columns from -0.5 to {limits[1]:g}",
        found=f"{contours.epi_px.min(axis=0).round(1).tolist()} to {contours.epi_px.max(axis=0).round(1).tolist()}",
        remedy="Points seem to be given as column, row; give them as row, column."
        if swapped
        else "Check that the contours belong to this slice.",
    )


def _is_inside(points_px: np.ndarray, limits: np.ndarray) -> bool:
    return bool((points_px >= -0.5).all() and (points_px <= limits).all())
