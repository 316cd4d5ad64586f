"""The same instance may come twice: copies are used once, and of two that differ the first is kept, aloud."""

import hashlib
from collections.abc import Iterable

from myoqc.acquire.dicom.headers import Header
from myoqc.acquire.files import Box, FoundFile
from myoqc.acquire.problems import Problem
from myoqc.errors import InputError, ReadError

CHUNK_BYTES = 2**20


def without_duplicates(box: Box, headers: Iterable[Header]) -> tuple[tuple[Header, ...], tuple[Problem, ...]]:
    """Headers of which no two files claim the same SOP Instance UID, and what was left out for that."""
    kept: list[Header] = []
    first_of: dict[str, FoundFile] = {}
    copies: dict[str, list[FoundFile]] = {}
    problems: dict[str, Problem] = {}
    for header in headers:
        first = first_of.setdefault(header.sop_uid, header.file) if header.sop_uid else header.file
        if first == header.file:
            kept.append(header)
        elif header.frame in (None, 0):
            if first.n_bytes == header.file.n_bytes and _digest(box, first) == _digest(box, header.file):
                copies.setdefault(header.series_uid, []).append(header.file)
            else:
                problems[header.file.name] = _contradiction(header, first)
    return tuple(kept), (*problems.values(), *(_copied(files) for files in copies.values()))


def _digest(box: Box, file: FoundFile) -> bytes:
    digest = hashlib.sha256()
    try:
        with box.open(file) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
    except (InputError, OSError):
        return file.name.encode()  # can't be shown to be the same
    return digest.digest()


def _contradiction(header: Header, first: FoundFile) -> Problem:
    error = ReadError(
        "another file with the same SOP Instance UID holds something else",
        file=header.file.name,
        expected=f"the same bytes as {first.name}, which was kept",
        found="different ones",
        remedy="Find out which of the two is right and remove the other.",
    )
    return Problem.of(error, header.file.name)


def _copied(files: list[FoundFile]) -> Problem:
    others = f" (and {len(files) - 1} more of its series)" if len(files) > 1 else ""
    message = f"a copy of a file that was read already{others}; used once, nothing is lost"
    return Problem.of(ReadError(message, file=files[0].name), files[0].name, lost=False)
