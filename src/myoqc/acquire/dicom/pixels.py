"""Decodes the pixels of one file, within fixed bounds of memory, to the values that its header means."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.datadict import tag_for_keyword
from pydicom.pixels.utils import pixel_array
from pydicom.tag import BaseTag
from pydicom.uid import RLELossless

from myoqc.acquire.dicom.datasets import open_dataset, reading
from myoqc.acquire.dicom.headers import Header
from myoqc.acquire.dicom.instances import PIXELS
from myoqc.acquire.dicom.jpeg import Codestream, codestream, decoded
from myoqc.acquire.files import COPY_AGAIN, MOST_FILE_BYTES, Box
from myoqc.errors import ImageError, ReadError

MOST_PIXELS = 1024 * 1024
"""Per image; the largest T1 maps have a quarter of it. Thirty images and their phase then take 250 MB."""
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


def is_too_large(header: Header) -> bool:
    """Whether an image declares more pixels than any T1-weighted one has."""
    return header.shape[0] * header.shape[1] > MOST_PIXELS


def check_size(header: Header) -> None:
    """Raise ReadError for an image that is known to be cut off, ImageError for one that declares too many pixels."""
    if is_too_large(header):
        raise ImageError(
            "the image is too large to be a T1-weighted one",
            file=header.name,
            expected=f"at most {MOST_PIXELS:,} pixels",
            found=f"{header.shape[0]} × {header.shape[1]} declared",
            remedy="Nothing was allocated. Export the series again if this is a mistake.",
        )
    if header.defect:
        raise ReadError(header.defect, file=header.name, remedy=COPY_AGAIN)


def read_images(box: Box, headers: Sequence[Header]) -> dict[int, NDArray[np.float32]]:
    """Images (y x), rescaled, by the position of their header; each file is read once. Infinite values become NaN.

    Raises ReadError or ImageError, naming the file, for pixels that can't be decoded.
    """
    stored: dict[int, NDArray[Any]] = {}
    compressed: dict[int, Codestream] = {}
    by_file: dict[str, list[int]] = {}
    for position, header in enumerate(headers):
        check_size(header)
        by_file.setdefault(header.file.name, []).append(position)
    for positions in by_file.values():
        dataset = _dataset(box, headers[positions[0]])
        for position in positions:
            with reading(headers[position].file):
                found = _stored(dataset, headers[position])
            if isinstance(found, Codestream):
                compressed[position] = found
            else:
                stored[position] = found
    stored.update(zip(compressed, decoded(list(compressed.values())), strict=True))
    return {position: _rescaled(stored[position], header) for position, header in enumerate(headers)}


def _dataset(box: Box, header: Header) -> Dataset:
    file = header.file
    if file.n_bytes > MOST_FILE_BYTES:
        raise ReadError(
            "too large to be T1-mapping images",
            file=file.name,
            expected=f"at most {MOST_FILE_BYTES // 2**20} MiB",
            found=f"{file.n_bytes / 2**20:,.0f} MiB",
            remedy="Export the images of this slice in files of their own.",
        )
    with box.open(file) as stream:
        opened = open_dataset(stream, file, TAGS, _after_pixels, MOST_FILE_BYTES)
    opened.dataset.file_meta.TransferSyntaxUID = opened.syntax
    return opened.dataset


def _after_pixels(tag: BaseTag, vr: str | None, length: int) -> bool:
    return int(tag) > max(PIXELS)


def _stored(dataset: Dataset, header: Header) -> NDArray[Any] | Codestream:
    """Values as they are stored, or the compressed image that has to be decoded elsewhere."""
    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax.is_encapsulated:
        image = codestream(dataset, header)
        if syntax != RLELossless:
            return image
    return pixel_array(dataset, index=header.frame or 0, raw=True)


def _rescaled(stored: NDArray[Any], header: Header) -> NDArray[np.float32]:
    if stored.shape != header.shape:
        raise ReadError(
            "pixels do not fit the header",
            file=header.name,
            expected=f"matrix {header.shape}",
            found=f"matrix {stored.shape}",
            remedy=COPY_AGAIN,
        )
    with np.errstate(over="ignore", invalid="ignore"):
        image = (stored * np.float64(header.slope) + header.intercept).astype(np.float32)
    image[~np.isfinite(image)] = np.nan
    return image
