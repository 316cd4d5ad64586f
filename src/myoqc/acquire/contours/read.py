"""Reads contours from whatever kind of file holds them."""

from pathlib import Path

from myoqc.acquire.contours.cvi42 import read_cvi42
from myoqc.acquire.contours.dicom_seg import read_segmentation
from myoqc.acquire.contours.kinds import Kind, kind_of
from myoqc.acquire.contours.label_mask import read_label_mask
from myoqc.acquire.contours.own_json import read_contours_json
from myoqc.acquire.contours.rtstruct import read_structures
from myoqc.acquire.contours.slice_contours import SliceContours
from myoqc.acquire.contours.sunnybrook import read_sunnybrook
from myoqc.acquire.dicom.datasets import MOST_HEADER_BYTES
from myoqc.acquire.files import MOST_FILE_BYTES
from myoqc.errors import ReadError
from myoqc.records import Grid

MOST_BYTES = 50_000_000
FROM_OUTSIDE = {
    Kind.SUNNYBROOK: read_sunnybrook,
    Kind.WORKSPACE: read_cvi42,
    Kind.SEGMENTATION: read_segmentation,
    Kind.STRUCTURES: read_structures,
}
MOST_BYTES_OF = {
    Kind.WORKSPACE: MOST_FILE_BYTES,
    Kind.SEGMENTATION: MOST_FILE_BYTES,
    Kind.STRUCTURES: MOST_HEADER_BYTES,
}
"""A workspace is read as a stream; a structure set takes many times its size in memory."""


def read_contours(path: str | Path, grid: Grid | None = None) -> list[SliceContours]:
    """All contours in ``path``, by what it is.

    JSON is our own format; ``.txt`` or a folder is Sunnybrook's; ``.nii`` or ``.nii.gz`` is a label mask: 1 cavity of
    the left ventricle, 2 its wall, 3 or 4 cavity of the right. A workspace of cvi42 (XML), a DICOM segmentation and an
    RT structure set are known by their content; the latter two lie in the patient, and
    :func:`~myoqc.acquire.contours_for` brings them into the pixels of a slice. ``grid`` is the slice that is wanted
    from a mask, whose axes may then be in any order; without it the mask's own first two axes are column and row.
    Raises ReadError for a file that can't be read, ContourError for an unsound outline, GeometryError for a mask that
    lies elsewhere.
    """
    path = Path(path)
    kind = kind_of(path)
    if not path.is_dir():
        _check_size(path, MOST_BYTES_OF.get(kind, MOST_BYTES))
    if kind is Kind.MASK:
        return read_label_mask(path, grid)
    if kind is Kind.OWN:
        return read_contours_json(path, MOST_BYTES)
    return FROM_OUTSIDE[kind](path)


def _check_size(path: Path, most_bytes: int) -> None:
    size = path.stat().st_size
    if size > most_bytes:
        raise ReadError(
            "too large for contours",
            file=path,
            expected=f"at most {round(most_bytes / 1e6, 1):g} MB",
            found=f"{round(size / 1e6, 1):g} MB",
            remedy="Give the contours of this study only.",
        )
