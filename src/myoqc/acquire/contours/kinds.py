"""Which kind of contours a file holds, told from its first bytes and, where they say nothing, from its name."""

from enum import Enum
from pathlib import Path

from myoqc.acquire.contours.dicom_objects import sop_class
from myoqc.acquire.dicom.datasets import is_dicom
from myoqc.errors import ReadError

SEGMENTATION_CLASS = "1.2.840.10008.5.1.4.1.1.66.4"
STRUCTURES_CLASS = "1.2.840.10008.5.1.4.1.1.481.3"
N_HEAD = 512
BEFORE_XML = b"\xef\xbb\xbf \t\r\n"
"""Byte order mark and white space."""


class Kind(Enum):
    """The kinds of contour files that can be read, in words for people."""

    OWN = "JSON of ours"
    SUNNYBROOK = "Sunnybrook text"
    MASK = "NIfTI label mask"
    WORKSPACE = "cvi42 workspace"
    SEGMENTATION = "DICOM segmentation"
    STRUCTURES = "DICOM RT structure set"


DICOM_KINDS = {SEGMENTATION_CLASS: Kind.SEGMENTATION, STRUCTURES_CLASS: Kind.STRUCTURES}


def kind_of(path: Path) -> Kind:
    """The kind of contours at ``path``; a file that is none of the others is taken for JSON.

    Raises ReadError where it can't be opened, or is DICOM of another kind.
    """
    if path.is_dir():
        return Kind.SUNNYBROOK
    try:
        with path.open("rb") as stream:
            head = stream.read(N_HEAD)
    except OSError as error:
        raise ReadError(
            "can't be opened", file=path, found=error.strerror or error, remedy="Check how the path is written."
        ) from error
    name = path.name.lower()
    if is_dicom(head):
        return _dicom_kind(path)
    if name.endswith((".cvi42wsx", ".cvi42ws")) or head.lstrip(BEFORE_XML).startswith(b"<"):
        return Kind.WORKSPACE
    if name.endswith((".nii", ".nii.gz")):
        return Kind.MASK
    return Kind.SUNNYBROOK if name.endswith(".txt") else Kind.OWN


def _dicom_kind(path: Path) -> Kind:
    found = sop_class(path)
    if found not in DICOM_KINDS:
        raise ReadError(
            "DICOM, but no contours",
            file=path,
            expected="Segmentation Storage or RT Structure Set Storage",
            found=found.name or "no SOP class",
            remedy="Give the segmentation (SEG) or structure set (RTSTRUCT), not the images.",
        )
    return DICOM_KINDS[found]
