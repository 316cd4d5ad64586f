"""A cohort on disk while it is made: Zarr arrays with a chunk a case, and a mark for each case that is done."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.codecs import BloscCodec
from zarr.storage import LocalStore

from myoqc.cohort.case import CohortCase
from myoqc.cohort.files import TABLE, WAITING, not_written, one_line, write_whole
from myoqc.cohort.layout import LARGE, SMALL, Array, filled
from myoqc.cohort.packing import digest, pack, row_of

COMPRESSION = 1
"""Level of Zstandard: on noise, higher ones take twice the time and more to save 2 % of space."""


def create_arrays(folder: Path, n_cases: int, lengths: dict[str, int]) -> None:
    """Empty arrays of all that gets a chunk a case; ``lengths`` of the axes t, y and x."""
    group = zarr.open_group(LocalStore(folder), mode="a", zarr_format=3)
    for array in LARGE:
        shape = (n_cases, *(lengths[axis] for axis in array.axes.split()))
        _create(group, array, shape, chunks=(1, *shape[1:]))


def _create(group: zarr.Group, array: Array, shape: tuple[int, ...], chunks: tuple[int, ...]) -> "zarr.Array[Any]":
    size = np.dtype(array.dtype).itemsize
    return group.create_array(
        array.name,
        shape=shape,
        chunks=tuple(max(length, 1) for length in chunks),
        dtype=array.dtype,
        compressors=BloscCodec(typesize=size, cname="zstd", clevel=COMPRESSION, shuffle=array.shuffle or "shuffle"),
        fill_value=array.missing,
        chunk_key_encoding={"name": "default", "separator": "."},  # the chunks of an array lie in one folder
        dimension_names=("case", *array.axes.split()),
        attributes={"meaning": array.meaning, "unit": array.unit},
        overwrite=True,
    )


def array_in(group: zarr.Group, name: str) -> "zarr.Array[Any]":
    """The array called ``name``; raises KeyError where there is none."""
    found = group[name]
    if not isinstance(found, zarr.Array):
        raise KeyError(name)
    return found


def write_case(folder: Path, number: int, case: CohortCase) -> None:
    """Write the chunks of one case, then the mark that it is done; raises OutputError."""
    codes = pack(case)
    group = zarr.open_group(LocalStore(folder), mode="r+", zarr_format=3)
    try:
        for array in LARGE:
            stored = array_in(group, array.name)
            chunk = np.full(stored.shape[1:], array.missing, dtype=array.dtype)
            chunk[tuple(slice(length) for length in codes[array.name].shape)] = codes[array.name]
            stored[number] = chunk
    except OSError as error:
        raise not_written(folder, error) from error
    small = {array.name: codes[array.name].tolist() for array in SMALL}
    write_whole(_mark(folder, number), one_line({"row": row_of(case) | {"sha256": digest(codes)}, "arrays": small}))


def _mark(folder: Path, number: int) -> Path:
    return folder / WAITING / f"{number:06d}.json"


def finished_cases(folder: Path) -> set[int]:
    """Numbers of the cases that are done."""
    return {int(path.stem) for path in (folder / WAITING).glob("*.json")}


def gather(folder: Path, n_cases: int) -> tuple[dict[str, NDArray[Any]], list[dict[str, Any]]]:
    """Write the small arrays of all cases from their marks; gives them (case …) and the rows of the table."""
    marks = [json.loads(_mark(folder, number).read_text(encoding="utf-8")) for number in range(n_cases)]
    group = zarr.open_group(LocalStore(folder), mode="r+", zarr_format=3)
    small = {}
    for array in SMALL:
        cases = [np.array(mark["arrays"][array.name], dtype=array.dtype) for mark in marks]
        small[array.name] = filled(array, cases)
        write_small(group, array, small[array.name])
    return small, [{"case": number, **mark["row"]} for number, mark in enumerate(marks)]


def write_small(group: zarr.Group, array: Array, values: NDArray[Any]) -> None:
    """Write an array of all cases as one chunk."""
    _create(group, array, values.shape, values.shape)[...] = values


def write_table(folder: Path, rows: Sequence[dict[str, Any]]) -> str:
    """Write a line of JSON for each case; gives the text."""
    text = "".join(f"{one_line(row)}\n" for row in rows)
    write_whole(folder / TABLE, text)
    return text


def clear(folder: Path) -> None:
    """Remove what only the making needed: the marks, and what a kill left half written."""
    for path in [*folder.rglob("*.partial"), *(folder / WAITING).glob("*.json")]:
        path.unlink(missing_ok=True)
    if (folder / WAITING).exists():
        (folder / WAITING).rmdir()
