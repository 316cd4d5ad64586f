"""Outlines as the Sunnybrook Cardiac Data has them: a text file of ``x y`` lines per outline [Radau2009].

The numbers are multiples of half a pixel: positions in a picture enlarged twice, counted from 1. Its point k has its
centre at k/2 − 0.75 pixel from the centre of the first pixel; the edges in the images agree with that to 0.2 pixel.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from myoqc.acquire.contours.slice_contours import SliceContours
from myoqc.acquire.naming import naming
from myoqc.errors import ContourError, ReadError
from myoqc.records import Contours

FIRST_CENTRE_PX = 0.75
REMEDY = "Copy both files of the slice again, or give the outlines as JSON or as a label mask."
INNER, OUTER = "icontour", "ocontour"


def read_sunnybrook(path: Path) -> list[SliceContours]:
    """The slice of one ``icontour`` or ``ocontour`` file and its twin, or all slices of a folder that have both.

    The slices come in the order of their file names and name no slice. Raises ReadError for a file that is not lines of
    two numbers, ContourError where no outline has its twin.
    """
    if path.is_dir():
        pairs = [(inner, _twin(inner)) for inner in sorted(path.glob(f"*{INNER}*.txt")) if _twin(inner).is_file()]
        if not pairs:
            raise ContourError(
                "no contours", file=path, remedy=REMEDY, expected=f"files *{INNER}*.txt, each with its *{OUTER}*.txt"
            )
    else:
        if INNER not in path.name and OUTER not in path.name:
            raise ReadError(
                "not a contour file", file=path, expected=f"'{INNER}' or '{OUTER}' in its name", remedy=REMEDY
            )
        inner = path.with_name(path.name.replace(OUTER, INNER))
        pairs = [(inner, _twin(inner))]
    return [_slice(inner, outer) for inner, outer in pairs]


def _twin(inner: Path) -> Path:
    return inner.with_name(inner.name.replace(INNER, OUTER))


def _slice(inner: Path, outer: Path) -> SliceContours:
    for file, twin in ((inner, outer), (outer, inner)):
        if not file.is_file():
            raise ContourError("its twin is missing", file=twin, expected=f"{file.name} beside it", remedy=REMEDY)
    endo_px, epi_px = _outline_px(inner), _outline_px(outer)
    with naming(inner, remedy=REMEDY):
        return SliceContours(Contours(endo_px, epi_px))


def _outline_px(path: Path) -> NDArray[np.float64]:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError("not a text file", file=path, found=error, remedy=REMEDY) from error
    points = [_point(line, number, path) for number, line in enumerate(lines, start=1) if line.strip()]
    if not points:
        raise ContourError("no points", file=path, expected="lines of x y", remedy=REMEDY)
    return np.array(points) - FIRST_CENTRE_PX


def _point(line: str, number: int, path: Path) -> tuple[float, float]:
    try:
        x, y = map(float, line.split())
    except ValueError as error:
        raise ReadError(
            f"line {number} is not a point", file=path, expected="x y", found=f"{line[:40]!r}", remedy=REMEDY
        ) from error
    return y, x
