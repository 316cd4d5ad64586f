"""Reads single values out of DICOM datasets whose values may be anything.

A value that is absent, empty or not of its kind is None or empty text, never an exception: whether it is needed is
decided where it is used. Attributes are given as keyword or as tag.
"""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pydicom import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag

from myoqc.acquire.files import printable

LONGEST_TEXT = 200
LARGEST_NUMBER = 1e9
MAYBE_SEQUENCE = ("SQ", "UN", None)
"""Value representations that a sequence can come with; None where the encoding leaves them out."""

Layers = tuple[Dataset, ...]
"""The datasets that describe one image, the most special first: of its frame, shared by all frames, of the file."""


def layers(dataset: Dataset, frame: Dataset | None = None) -> Layers:
    """What describes the image of a classic file, or the frame of an enhanced one that has this functional group."""
    if frame is None:
        return (dataset,)
    groups = [frame, *items(dataset, "SharedFunctionalGroupsSequence")[:1]]
    return (*(macro for group in groups for macro in _macros(group)), dataset)


def items(dataset: Dataset, name: str | BaseTag) -> list[Dataset]:
    """The items of a sequence; none where it is absent or something else."""
    value = _value(dataset, _tag(name))
    return list(value) if isinstance(value, Sequence) else []


def text(image: Layers, name: str | int) -> str:
    """A value as one line without control characters; several values are joined by a backslash."""
    joined = "\\".join(str(part) for part in _values(image, name) if not isinstance(part, bytes))
    return " ".join(printable(" ".join(joined.split())).split())[:LONGEST_TEXT]


def words(image: Layers, name: str | int) -> tuple[str, ...]:
    """Several values in capitals."""
    return tuple(word.strip() for word in text(image, name).upper().split("\\") if word.strip())


def number(image: Layers, name: str | int) -> float | None:
    """A finite number; None also where several different ones are given."""
    found = set(numbers(image, name))
    return found.pop() if len(found) == 1 else None


def whole(image: Layers, name: str | int) -> int | None:
    """A whole number."""
    found = number(image, name)
    return int(found) if found is not None and found == int(found) else None


def numbers(image: Layers, name: str | int) -> tuple[float, ...]:
    """All values as finite numbers; none where one of them is not."""
    found = [_number(part) for part in _values(image, name)]
    known = [value for value in found if value is not None]
    return tuple(known) if len(known) == len(found) else ()


def _values(image: Layers, name: str | int) -> list[Any]:
    for layer in image:
        value = _value(layer, _tag(name))
        if value is not None and value != "":
            return list(value) if isinstance(value, (MultiValue, list)) else [value]
    return []


def _macros(group: Dataset) -> Iterator[Dataset]:
    for tag in list(group.keys()):
        if group.get_item(tag).VR in MAYBE_SEQUENCE:
            yield from items(group, tag)[:1]


@lru_cache(maxsize=256)
def _tag(name: str | int) -> BaseTag:
    return Tag(name)


def _value(dataset: Dataset, tag: BaseTag) -> Any:
    try:
        element = dataset.get(tag)
        return None if element is None else element.value
    except Exception:
        # pydicom decodes on access; what it raises for bytes that are no value of their kind is not documented.
        return None


def _number(value: Any) -> float | None:
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and abs(found) < LARGEST_NUMBER else None
