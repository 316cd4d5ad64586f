"""Errors learn here which file they are about, and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from myoqc.errors import InputError, OutputError


@contextmanager
def naming(file: str | Path, part: str = "", *, remedy: str | None = None) -> Iterator[None]:
    """Let an InputError from inside name ``file`` and, before what went wrong, the ``part`` of it ("slice 3").

    An error that brings no remedy gets ``remedy``.
    """
    try:
        yield
    except InputError as error:
        if error.file is None:
            error.file = str(file)
            error.problem = f"{part}: {error.problem}" if part else error.problem
        error.remedy = error.remedy or remedy
        raise


def not_written(path: str | Path, error: OSError) -> OutputError:
    """The error of a file that the system would not write."""
    return OutputError(
        "can't be written",
        file=path,
        found=error.strerror or error,
        remedy="Choose another folder, or make room and get the permission to write.",
    )
