"""Errors of the records learn here which file they came from."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from myoqc.errors import InputError


@contextmanager
def naming(file: str | Path, part: str = "") -> Iterator[None]:
    """Let an InputError from inside name ``file`` and, before what went wrong, the ``part`` of it ("slice 3")."""
    try:
        yield
    except InputError as error:
        if error.file is None:
            error.file = str(file)
            error.problem = f"{part}: {error.problem}" if part else error.problem
        raise
