"""Opens DICOM objects that hold contours, within the bounds of memory that hold for images."""

from collections.abc import Sequence
from pathlib import Path

from pydicom import Dataset
from pydicom.datadict import tag_for_keyword
from pydicom.tag import BaseTag
from pydicom.uid import UID

from myoqc.acquire.dicom.datasets import MOST_HEADER_BYTES, StopWhen, open_dataset, reading
from myoqc.acquire.dicom.elements import items, text
from myoqc.acquire.dicom.instances import PIXELS
from myoqc.acquire.files import FoundFile

SOP_CLASS = 0x00080016


def sop_class(path: Path) -> UID:
    """Of which SOP class a DICOM file says it is; empty where it says nothing. Raises ReadError for damaged bytes."""
    content = bounded(path, [SOP_CLASS], lambda tag, vr, length: int(tag) > SOP_CLASS, MOST_HEADER_BYTES)
    return UID(text((content,), SOP_CLASS))


def header(path: Path, keywords: Sequence[str]) -> Dataset:
    """The wanted elements that stand before the pixels. Raises ReadError, naming the file, for damaged bytes."""
    tags = [tag for tag in map(tag_for_keyword, keywords) if tag is not None]
    return bounded(path, tags, lambda tag, vr, length: int(tag) in PIXELS, MOST_HEADER_BYTES)


def bounded(path: Path, tags: Sequence[int], stop_when: StopWhen, most_bytes: int) -> Dataset:
    """The wanted elements, with the transfer syntax that they are in, from at most so many bytes."""
    file = found_file(path)
    with reading(file), path.open("rb") as stream:
        opened = open_dataset(stream, file, tags, stop_when, most_bytes)
    opened.dataset.file_meta.TransferSyntaxUID = opened.syntax
    return opened.dataset


def found_file(path: Path) -> FoundFile:
    """The file as the readers of images know it."""
    return FoundFile(str(path), path, path.stat().st_size)


def referenced_uids(parents: Sequence[Dataset], name: str | BaseTag) -> tuple[str, ...]:
    """SOP Instance UIDs that the items of the sequence ``name`` refer to, each once, in order."""
    found = [text((item,), "ReferencedSOPInstanceUID") for parent in parents for item in items(parent, name)]
    return tuple(dict.fromkeys(uid for uid in found if uid))
