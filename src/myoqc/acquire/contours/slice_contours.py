"""Outlines with the name of the slice that they were drawn in, and the choice of those of one acquisition."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from myoqc.aha import Level
from myoqc.errors import ContourError
from myoqc.records import Acquisition, Contours, Grid


@dataclass(frozen=True, slots=True, eq=False)
class SliceContours:
    """Outlines of one slice; which slice it is may be told by ``slice_uid``, by ``series_number``, or not at all."""

    contours: Contours
    slice_uid: str | None = None
    series_number: int | None = None
    level: Level | None = None


def contours_for(
    acquisition: Acquisition, candidates: Sequence[SliceContours], *, only_slice: bool = True
) -> SliceContours | None:
    """The contours of this acquisition among ``candidates``; None where none belongs to it.

    By ``slice_uid``; else by ``series_number`` among those that name no slice; else, where there is but one candidate
    and it names neither, that one, if this is the ``only_slice`` that it could be meant for. Raises ContourError where
    several fit or the outline leaves the image.
    """
    uid, number = acquisition.key.slice_uid, acquisition.source.series_number
    by_uid = [each for each in candidates if each.slice_uid is not None and each.slice_uid == uid]
    unnamed = [each for each in candidates if each.slice_uid is None]
    by_number = [each for each in unnamed if each.series_number is not None and each.series_number == number]
    nameless = [each for each in unnamed if each.series_number is None]
    matches = by_uid or by_number or nameless
    if not matches:
        return None
    if len(matches) > 1 or (matches is nameless and (len(candidates) > 1 or not only_slice)):
        raise ContourError(
            "it is ambiguous which contours belong to this slice",
            expected=f"one entry with slice_uid {uid!r} or series_number {number}",
            found=f"{len(matches)} of {len(candidates)} entries that could be meant",
            remedy="Name the slice in each entry by its 'slice_uid' or, with one slice a series, its 'series_number'.",
        )
    _check_inside(matches[0].contours, acquisition.grid)
    return matches[0]


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
