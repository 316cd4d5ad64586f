"""Decodes the pixels of one file, within fixed bounds of memory, to the values that its header means."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.datadict import tag_for_keyword
from pydicom.encaps import get_frame
from pydicom.pixels.utils import pixel_array
from pydicom.tag import BaseTag
from pydicom.uid import RLELossless

from myoqc.acquire.datasets import open_dataset, reading
from myoqc.acquire.files import MOST_FILE_BYTES, Box
from myoqc.acquire.headers import Header
from myoqc.acquire.instances import PIXELS
from myoqc.errors import ImageError, ReadError

MOST_PIXELS = 1024 * 1024
"""Per image; the largest T1 maps have a quarter of it. Thirty images and their phase then take 250 MB."""
COMPRESSED_SLACK_BYTES = 65536
KEYWORDS = (
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "PlanarConfiguration",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "ExtendedOffsetTable",
    "ExtendedOffsetTableLengths",
)
TAGS = (*PIXELS, *(tag for tag in map(tag_for_keyword, KEYWORDS) if tag is not None))
JPEG_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}


def check_size(header: Header) -> None:
    """Raise ReadError for an image that is known to be cut off, ImageError for one that declares too many pixels."""
    if header.shape[0] * header.shape[1] > MOST_PIXELS:
        raise ImageError(
            "the image is too large to be a T1-weighted one",
            file=header.name,
            expected=f"at most {MOST_PIXELS:,} pixels",
            found=f"{header.shape[0]} × {header.shape[1]} declared",
            remedy="Nothing was allocated. Export the series again if this is a mistake.",
        )
    if header.defect:
        raise ReadError(header.defect, file=header.name, remedy="Copy or export the file again.")


def read_images(box: Box, headers: Sequence[Header]) -> dict[int, NDArray[np.float32]]:
    """Images (y x), rescaled, by the position of their header; each file is read once. Infinite values become NaN.

    Raises ReadError or ImageError, naming the file, for pixels that can't be decoded.
    """
    images = {}
    by_file: dict[str, list[int]] = {}
    for position, header in enumerate(headers):
        check_size(header)
        by_file.setdefault(header.file.name, []).append(position)
    for positions in by_file.values():
        dataset = _dataset(box, headers[positions[0]])
        for position in positions:
            images[position] = _image(dataset, headers[position])
    return images


def _dataset(box: Box, header: Header) -> Dataset:
    file = header.file
    if file.n_bytes > MOST_FILE_BYTES:
        raise ReadError(
            "too large to be T1-mapping images",
            file=file.name,
            expected=f"at most {MOST_FILE_BYTES // 2**20} MiB",
            found=f"{file.n_bytes / 2**20:,.0f} MiB",
        )
    with box.open(file) as stream:
        opened = open_dataset(stream, file, TAGS, _after_pixels, MOST_FILE_BYTES)
    opened.dataset.file_meta.TransferSyntaxUID = opened.syntax
    return opened.dataset


def _after_pixels(tag: BaseTag, vr: str | None, length: int) -> bool:
    return int(tag) > max(PIXELS)


def _image(dataset: Dataset, header: Header) -> NDArray[np.float32]:
    frame = header.frame or 0
    with reading(header.file):
        if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
            _check_compressed(dataset, frame, header)
        stored = pixel_array(dataset, index=frame, raw=True)
    if stored.shape != header.shape:
        raise ReadError("pixels do not fit the header", expected=header.shape, found=stored.shape, file=header.name)
    with np.errstate(over="ignore", invalid="ignore"):
        image = (stored * np.float64(header.slope) + header.intercept).astype(np.float32)
    image[~np.isfinite(image)] = np.nan
    return image


def _check_compressed(dataset: Dataset, frame: int, header: Header) -> None:
    """Refuse a compressed image that would unfold to more than the header says."""
    n_frames = int(dataset.get("NumberOfFrames") or 1)
    code = get_frame(dataset.PixelData, frame, number_of_frames=n_frames)
    rows, columns = header.shape
    most = rows * columns * int(dataset.BitsAllocated) // 8 * 9 // 8 + COMPRESSED_SLACK_BYTES
    declared = declared_size(code)
    if len(code) > most or (declared != header.shape and dataset.file_meta.TransferSyntaxUID != RLELossless):
        raise ReadError(
            "the compressed image is not the one that the header describes",
            file=header.name,
            expected=f"{rows} × {columns} pixels in at most {most} bytes",
            found=f"{len(code)} bytes" if declared is None else f"{declared[0]} × {declared[1]} in {len(code)} bytes",
            remedy="Export the series again, uncompressed.",
        )


def declared_size(code: bytes) -> tuple[int, int] | None:
    """(y x) that a JPEG, JPEG-LS or JPEG 2000 codestream declares for itself; None for anything else."""
    if code[:4] == b"\xff\x4f\xff\x51" and len(code) >= 24:
        edges = [int.from_bytes(code[at : at + 4]) for at in (8, 12, 16, 20)]
        return edges[1] - edges[3], edges[0] - edges[2]
    if code[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 9 <= len(code) and code[at] == 0xFF:
        if code[at + 1] in JPEG_FRAME_HEADERS:
            return int.from_bytes(code[at + 5 : at + 7]), int.from_bytes(code[at + 7 : at + 9])
        at += 2 + int.from_bytes(code[at + 2 : at + 4])
    return None
