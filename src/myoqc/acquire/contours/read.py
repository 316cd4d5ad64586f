"""Reads contours from whatever kind of file holds them."""

from pathlib import Path

from myoqc.acquire.contours.label_mask import read_label_mask
from myoqc.acquire.contours.own_json import read_contours_json
from myoqc.acquire.contours.slice_contours import SliceContours
from myoqc.acquire.contours.sunnybrook import read_sunnybrook
from myoqc.errors import ReadError
from myoqc.records import Grid

MOST_BYTES = 50_000_000


def read_contours(path: str | Path, grid: Grid | None = None) -> list[SliceContours]:
    """All contours in ``path``, by what it is.

    ``.json`` is our own format; ``.txt`` or a folder is Sunnybrook's; ``.nii`` or ``.nii.gz`` is a label mask: 1 cavity
    of the left ventricle, 2 its wall, 3 or 4 cavity of the right. ``grid`` is the slice that is wanted from a mask,
    whose axes may then be in any order; without it the mask's own first two axes are column and row. Raises ReadError
    for a file that can't be read, ContourError for an unsound outline, GeometryError for a mask that lies elsewhere.
    """
    path = Path(path)
    if path.is_dir():
        return read_sunnybrook(path)
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ReadError(
            "can't be opened", file=path, found=error.strerror or error, remedy="Check how the path is written."
        ) from error
    if size > MOST_BYTES:
        raise ReadError(
            "too large for contours",
            file=path,
            expected=f"at most {MOST_BYTES / 1e6:g} MB",
            found=f"{size / 1e6:g} MB",
            remedy="Give the contours of this study only.",
        )
    name = path.name.lower()
    if name.endswith((".nii", ".nii.gz")):
        return read_label_mask(path, grid)
    return read_sunnybrook(path) if name.endswith(".txt") else read_contours_json(path, MOST_BYTES)
