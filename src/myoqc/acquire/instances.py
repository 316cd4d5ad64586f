"""Reads the headers of one file: which images it holds, and whether their pixels can be whole."""

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import BinaryIO

from pydicom import Dataset
from pydicom.tag import BaseTag

from myoqc.acquire.datasets import is_dicom, open_dataset, reading
from myoqc.acquire.elements import Layers, items, text, whole
from myoqc.acquire.files import FoundFile
from myoqc.acquire.headers import TAGS, Header, header_of
from myoqc.errors import ReadError

PIXELS = (0x7FE00008, 0x7FE00009, 0x7FE00010)
MR_CLASSES = ("1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.4.1", "1.2.840.10008.5.1.4.1.1.4.4")
"""MR Image, Enhanced MR Image, Legacy Converted Enhanced MR Image Storage."""
SUFFIXES = (".dcm", ".dicom", ".ima", ".dc3")
UNDEFINED = 0xFFFFFFFF


def read_headers(stream: BinaryIO, file: FoundFile) -> tuple[Header, ...]:
    """The images of a file; none where it is not DICOM and does not claim to be, or is a DICOMDIR.

    Pixels are not read. Raises ReadError for a file that claims to be DICOM and can't be read.
    """
    if file.inner_name.upper() == "DICOMDIR":
        return ()
    head = stream.read(132)
    if not is_dicom(head):
        if _claims_dicom(file):
            _refuse_foreign(file, head)
        return ()
    stream.seek(0)
    pixels: list[int] = []
    opened = open_dataset(stream, file, TAGS, _stop_at_pixels(pixels))
    with reading(file):
        if not {"SeriesInstanceUID", "Rows"} & set(opened.dataset.dir()):
            _refuse_incomplete((opened.dataset,), file)
            return ()
        defect = _defect((opened.dataset,), pixels, file.n_bytes - stream.tell())
        return tuple(header_of(opened, file, frame, defect) for frame in _frames(opened.dataset))


def _frames(dataset: Dataset) -> Sequence[int | None]:
    """Numbers of the frames that are described one by one, or None alone for a file that is one image."""
    described = len(items(dataset, "PerFrameFunctionalGroupsSequence"))
    enhanced = text((dataset,), "SOPClassUID") in MR_CLASSES[1:]
    return range(described) if described and (enhanced or described > 1) else (None,)


def _stop_at_pixels(lengths: list[int]) -> Callable[[BaseTag, str | None, int], bool]:
    def stop(tag: BaseTag, vr: str | None, length: int) -> bool:
        found = int(tag) in PIXELS
        if found:
            lengths.append(length)
        return found

    return stop


def _claims_dicom(file: FoundFile) -> bool:
    """Scanners write files with the usual endings, without any, or with a number for an ending."""
    name = PurePath(file.inner_name)
    return file.suffix in SUFFIXES or (file.n_bytes == 0 and (not name.suffix or name.suffix[1:].isdigit()))


def _refuse_foreign(file: FoundFile, head: bytes) -> None:
    raise ReadError(
        "not a DICOM file" if head else "the file is empty",
        file=file.name,
        expected="'DICM' after 128 bytes, or a first element of group 0002 or 0008",
        found=repr(head[:8]) if head else "0 bytes",
        remedy="Copy or export the file again.",
    )


def _refuse_incomplete(image: Layers, file: FoundFile) -> None:
    sop_class = text(image, "SOPClassUID")
    if sop_class and sop_class not in MR_CLASSES:
        return
    raise ReadError(
        "the header is cut off or belongs to no image",
        file=file.name,
        expected="at least SeriesInstanceUID and Rows",
        found="neither",
        remedy="Copy or export the file again.",
    )


def _defect(image: Layers, pixel_lengths: list[int], bytes_left: int) -> str:
    """Why the pixel data of a file can't be whole: their declared length against matrix and file size."""
    rows, columns, bits = (whole(image, name) or 0 for name in ("Rows", "Columns", "BitsAllocated"))
    if not pixel_lengths:
        return "cut off: no pixel data" if text(image, "SOPClassUID") in MR_CLASSES else ""
    if rows <= 0 or columns <= 0:
        return "no matrix size: Rows or Columns is missing"
    if pixel_lengths[0] == UNDEFINED:
        return ""
    needed = rows * columns * bits // 8 * max(whole(image, "NumberOfFrames") or 1, 1)
    there = min(pixel_lengths[0], max(bytes_left, 0))
    if there < needed:
        return f"cut off: {rows} × {columns} pixels need {needed} bytes, {there} are there"
    return ""
