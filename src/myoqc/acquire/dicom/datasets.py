"""Opens one DICOM file as a dataset, within fixed bounds of memory, whatever its bytes claim.

A file is taken for DICOM where ``DICM`` stands after the preamble of 128 bytes, or where it begins, without preamble,
with a plausible first element of group 0002 or 0008 in little-endian order.
"""

import os
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from pydicom import Dataset, config
from pydicom.filereader import read_dataset, read_partial
from pydicom.tag import BaseTag
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from myoqc.acquire.files import COPY_AGAIN, MOST_FILE_BYTES, FoundFile, printable
from myoqc.errors import InputError, ReadError

MOST_HEADER_BYTES = 2**23
"""8 MiB: the headers of several hundred frames; parsed, they take some 500 MiB at worst."""
TRANSFER_SYNTAX = 0x00020010

StopWhen = Callable[[BaseTag, str | None, int], bool]


@dataclass(frozen=True, slots=True)
class Opened:
    """A dataset, how its pixels are encoded, and whether that had to be guessed."""

    dataset: Dataset
    syntax: UID
    syntax_was_guessed: bool
    bytes_left: int
    """Between where reading stopped and the end."""


class BoundedStream:
    """A stream from which no more than so many bytes are read; bytes that are skipped do not count."""

    def __init__(self, stream: BinaryIO, most_bytes: int) -> None:
        self._stream, self._most_bytes, self._left = stream, most_bytes, most_bytes
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, n_bytes: int = -1) -> bytes:
        """Like any stream's; raises ReadError once the bound is passed."""
        data = self._stream.read(self._left + 1 if n_bytes < 0 else min(n_bytes, self._left + 1))
        self._left -= len(data)
        if self._left < 0:
            raise ReadError(
                "the header is larger than that of any image",
                expected=f"at most {self._most_bytes // 2**20} MiB",
                found="more",
                remedy="Leave the file out, or export it again without private attributes.",
            )
        return data

    def bytes_to_end(self) -> int:
        """Bytes from here to the end; leaves the stream there."""
        here = self.tell()
        return self.seek(0, os.SEEK_END) - here


def is_dicom(head: bytes) -> bool:
    """Whether a file that begins with these (132 or more) bytes is DICOM."""
    if head[128:132] == b"DICM":
        return True
    if len(head) < 8 or head[:2] not in (b"\x02\x00", b"\x08\x00") or head[3] != 0:
        return False
    return (head[4:6].isalpha() and head[4:6].isupper()) or struct.unpack("<L", head[4:8])[0] <= 256


def open_dataset(
    stream: BinaryIO,
    file: FoundFile,
    tags: Sequence[int],
    stop_when: StopWhen,
    most_bytes: int = MOST_HEADER_BYTES,
) -> Opened:
    """The wanted elements of a file that :func:`is_dicom`, up to where ``stop_when`` says so.

    Raises ReadError, naming the file, for whatever is wrong with its bytes.
    """
    with reading(file):
        declared, content = _content(stream, file, most_bytes)
        dataset = read_partial(content, stop_when, force=True, specific_tags=list(tags))  # type: ignore[arg-type]
        is_inflated = declared == DeflatedExplicitVRLittleEndian
        syntax = ExplicitVRLittleEndian if is_inflated else declared or _guessed(dataset)
        return Opened(dataset, syntax, not declared, content.bytes_to_end())


@contextmanager
def reading(file: FoundFile) -> Iterator[None]:
    """Turn whatever pydicom and its decoders raise for damaged bytes into a ReadError that names the file.

    Their warnings are about values out of the standard; each value that is used is checked here, so they are not shown.
    """
    mode = config.settings.reading_validation_mode
    config.settings.reading_validation_mode = config.IGNORE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except InputError as error:
        error.file = error.file or file.name
        raise
    except RecursionError as error:
        raise ReadError(
            "sequences are nested too deeply to be read",
            file=file.name,
            expected="a few levels",
            found="hundreds",
            remedy=COPY_AGAIN,
        ) from error
    except MemoryError as error:
        raise ReadError("needs more memory than there is", file=file.name, remedy=COPY_AGAIN) from error
    except Exception as error:
        # Anything can come out of damaged bytes: the tests mutate them; the cause stays attached for a developer.
        raise ReadError(
            "damaged, or not what its header says",
            file=file.name,
            found=f"{type(error).__name__}: {_first_line(error) or 'no details'}",
            remedy=COPY_AGAIN,
        ) from error
    finally:
        config.settings.reading_validation_mode = mode


def _first_line(error: Exception) -> str:
    return printable(str(error).strip().partition("\n")[0])[:200].rstrip(".")


def _content(stream: BinaryIO, file: FoundFile, most_bytes: int) -> tuple[UID | None, BoundedStream]:
    """The declared transfer syntax, and the stream that pydicom may read: the file, or its inflated dataset."""
    bounded = BoundedStream(stream, most_bytes)
    has_prefix = bounded.read(132)[128:] == b"DICM"
    if not has_prefix:
        stream.seek(0)
    meta = read_dataset(bounded, False, True, stop_when=_after_meta, specific_tags=[TRANSFER_SYNTAX])  # type: ignore[arg-type]
    value = str(meta[TRANSFER_SYNTAX].value or "") if TRANSFER_SYNTAX in meta else ""
    if value == DeflatedExplicitVRLittleEndian:
        return UID(value), BoundedStream(BytesIO(_inflated(stream, file)), most_bytes)
    stream.seek(0)
    return UID(value) if value else None, bounded


def _after_meta(tag: BaseTag, vr: str | None, length: int) -> bool:
    return tag >> 16 != 2


def _inflated(stream: BinaryIO, file: FoundFile) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    data = inflater.decompress(stream.read(MOST_FILE_BYTES), MOST_FILE_BYTES + 1)
    if len(data) > MOST_FILE_BYTES:
        raise ReadError(
            "inflates to more than any image",
            expected=f"at most {MOST_FILE_BYTES // 2**20} MiB",
            found=f"more, from {file.n_bytes / 2**20:.1f} MiB",
            remedy="Export the file again, uncompressed.",
        )
    if not inflater.eof:
        raise ReadError("the compressed dataset is cut off", remedy=COPY_AGAIN)
    return data


def _guessed(dataset: Dataset) -> UID:
    implicit, little_endian = dataset.original_encoding
    if implicit:
        return ImplicitVRLittleEndian
    return ExplicitVRLittleEndian if little_endian else ExplicitVRBigEndian
