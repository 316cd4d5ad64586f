"""Which outlines of a file of contours a slice gets."""

from collections.abc import Callable
from pathlib import Path

from myoqc.acquire import SliceContours, contours_for, read_contours
from myoqc.records import Acquisition

Outlines = Callable[[Acquisition], SliceContours | None]
"""Finds the contours of a slice, None where there are none; raises InputError where they do not suit it."""


def outlines_in(path: Path | None) -> Outlines:
    """What finds the contours of a slice in the file at ``path``.

    The file is read once, but a label mask again for each slice, on whose pixels its outlines are wanted. Raises
    InputError for a file that can't be used.
    """
    if path is None:
        return lambda acquisition: None
    candidates = read_contours(path)
    if path.name.lower().endswith((".nii", ".nii.gz")):
        return lambda acquisition: contours_for(acquisition, read_contours(path, acquisition.grid))
    return lambda acquisition: contours_for(acquisition, candidates)
