"""Decodes JPEG, JPEG-LS and JPEG 2000 images so that damaged ones can neither crash the program nor fill its memory."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.encaps import get_frame
from pydicom.uid import RLELossless

from myoqc.acquire.dicom import jpeg_process
from myoqc.acquire.dicom.headers import Header
from myoqc.acquire.files import printable
from myoqc.errors import ReadError

LONGEST_S = 120.0
SLACK_BYTES = 65536
FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}
"""Markers of JPEG and JPEG-LS after which the size of the image stands."""
REMEDY = "Export the series again, uncompressed."


@dataclass(frozen=True, slots=True)
class Codestream:
    """One compressed image, and what pydicom's decoder needs to know about it."""

    header: Header
    syntax: str
    code: bytes
    options: dict[str, Any]


def codestream(dataset: Dataset, header: Header) -> Codestream:
    """The compressed image of a header. Raises ReadError where it would unfold to more than the header says."""
    n_frames = int(dataset.get("NumberOfFrames") or 1)
    code = get_frame(dataset.PixelData, header.frame or 0, number_of_frames=n_frames)
    syntax = dataset.file_meta.TransferSyntaxUID
    rows, columns = header.shape
    most = rows * columns * int(dataset.BitsAllocated) // 8 * 9 // 8 + SLACK_BYTES
    declared = declared_size(code)
    if len(code) > most or (declared != header.shape and syntax != RLELossless):
        raise ReadError(
            "the compressed image is not the one that the header describes",
            file=header.name,
            expected=f"{rows} × {columns} pixels in at most {most} bytes",
            found=f"{len(code)} bytes" if declared is None else f"{declared[0]} × {declared[1]} in {len(code)} bytes",
            remedy=REMEDY,
        )
    return Codestream(header, str(syntax), code, _options(dataset, header))


def declared_size(code: bytes) -> tuple[int, int] | None:
    """(y x) that a JPEG, JPEG-LS or JPEG 2000 codestream declares for itself; None for anything else."""
    if code[:4] == b"\xff\x4f\xff\x51" and len(code) >= 24:
        edges = [int.from_bytes(code[at : at + 4]) for at in (8, 12, 16, 20)]
        return edges[1] - edges[3], edges[0] - edges[2]
    if code[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 9 <= len(code) and code[at] == 0xFF:
        if code[at + 1] in FRAME_HEADERS:
            return int.from_bytes(code[at + 5 : at + 7]), int.from_bytes(code[at + 7 : at + 9])
        at += 2 + int.from_bytes(code[at + 2 : at + 4])
    return None


def decoded(images: Sequence[Codestream]) -> list[NDArray[Any]]:
    """Stored values (y x) of each image, decoded in another process.

    Raises ReadError, naming the file, for the first that can't be decoded, that crashes the decoder or takes minutes.
    """
    if not images:
        return []
    jobs = [{"syntax": image.syntax, "n_bytes": len(image.code), "options": image.options} for image in images]
    message = json.dumps(jobs).encode() + b"\n" + b"".join(image.code for image in images)
    # -P: the folder of the script is no place to import from.
    command = [sys.executable, "-P", jpeg_process.__file__]
    try:
        process = subprocess.run(command, input=message, capture_output=True, timeout=LONGEST_S, check=False)
        output, complaint = process.stdout, process.stderr
    except subprocess.TimeoutExpired as error:
        output, complaint = error.stdout or b"", f"no end after {LONGEST_S:g} s".encode()
    source = BytesIO(output)
    return [_received(source, image, complaint) for image in images]


def _received(source: BytesIO, image: Codestream, complaint: bytes) -> NDArray[Any]:
    try:
        return np.asarray(np.load(source, allow_pickle=False))
    except (ValueError, EOFError) as error:
        lines = [line for line in complaint.decode(errors="replace").splitlines() if line.strip()]
        raise ReadError(
            "the compressed image can't be decoded",
            file=image.header.name,
            found=printable(lines[-1].strip())[:200].rstrip(".") if lines else "a crash of the decoder",
            remedy=REMEDY,
        ) from error


def _options(dataset: Dataset, header: Header) -> dict[str, Any]:
    return {
        "rows": header.shape[0],
        "columns": header.shape[1],
        "number_of_frames": 1,
        "samples_per_pixel": 1,
        "photometric_interpretation": str(dataset.PhotometricInterpretation),
        "bits_allocated": int(dataset.BitsAllocated),
        "bits_stored": int(dataset.BitsStored),
        "pixel_representation": int(dataset.PixelRepresentation),
        "pixel_keyword": "PixelData",
    }
