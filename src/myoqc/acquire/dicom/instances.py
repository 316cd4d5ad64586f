"""Reads the headers of one file: which images it holds, and whether their pixels can be whole."""

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import BinaryIO, NamedTuple

from pydicom import Dataset
from pydicom.tag import BaseTag

from myoqc.acquire.dicom.datasets import is_dicom, open_dataset, reading
from myoqc.acquire.dicom.elements import Layers, items, text, whole
from myoqc.acquire.dicom.headers import TAGS, Frame, Header, header_of
from myoqc.acquire.files import COPY_AGAIN, FoundFile
from myoqc.errors import ReadError

PIXELS = (0x7FE00008, 0x7FE00009, 0x7FE00010)
MR_CLASSES = ("1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.4.1", "1.2.840.10008.5.1.4.1.1.4.4")
"""MR Image, Enhanced MR Image, Legacy Converted Enhanced MR Image Storage."""
SUFFIXES = (".dcm", ".dicom", ".ima", ".dc3")
UNDEFINED = 0xFFFFFFFF


class PixelElement(NamedTuple):
    """The pixel data as their element declares them."""

    length: int
    n_bytes_before: int
    """Length of tag, type and length themselves."""


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
    pixels: list[PixelElement] = []
    opened = open_dataset(stream, file, TAGS, _stop_at_pixels(pixels))
    with reading(file):
        if not {"SeriesInstanceUID", "Rows"} & set(opened.dataset.dir()):
            _refuse_incomplete((opened.dataset,), file)
            return ()
        defect = _defect((opened.dataset,), pixels, opened.bytes_left)
        return tuple(header_of(opened, file, frame, defect) for frame in _frames(opened.dataset))


def _frames(dataset: Dataset) -> Sequence[Frame]:
    """The frames that are described one by one; without such a description the file is one image."""
    groups = items(dataset, "PerFrameFunctionalGroupsSequence")
    enhanced = text((dataset,), "SOPClassUID") in MR_CLASSES[1:]
    is_described = groups and (enhanced or len(groups) > 1)
    return [Frame(number, group) for number, group in enumerate(groups)] if is_described else [Frame()]


def _stop_at_pixels(found_pixels: list[PixelElement]) -> Callable[[BaseTag, str | None, int], bool]:
    def stop(tag: BaseTag, vr: str | None, length: int) -> bool:
        found = int(tag) in PIXELS
        if found:
            found_pixels.append(PixelElement(length, 8 if vr is None else 12))
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
        remedy=COPY_AGAIN,
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
        remedy=COPY_AGAIN,
    )


def _defect(image: Layers, pixels: Sequence[PixelElement], bytes_left: int) -> str:
    """Why the pixel data of a file can't be whole: their declared length against matrix and file size."""
    rows, columns, bits = (whole(image, name) or 0 for name in ("Rows", "Columns", "BitsAllocated"))
    if not pixels:
        return "cut off: no pixel data" if text(image, "SOPClassUID") in MR_CLASSES else ""
    if rows <= 0 or columns <= 0:
        return "no matrix size: Rows or Columns is missing"
    if pixels[0].length == UNDEFINED:
        return ""
    needed = rows * columns * bits // 8 * max(whole(image, "NumberOfFrames") or 1, 1)
    there = min(pixels[0].length, max(bytes_left - pixels[0].n_bytes_before, 0))
    if there < needed:
        return f"cut off: {rows} × {columns} pixels need {needed} bytes, {there} are there"
    return ""
