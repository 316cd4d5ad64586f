"""Examples that were read once, kept as files, so that folds side by side and a run that goes on share them."""

import json
from dataclasses import fields
from pathlib import Path
from shutil import rmtree
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from myoqc.cohort.files import not_written, one_line
from myoqc.errors import ReadError
from myoqc.train.scorer_examples import ScorerExamples

WHAT = "examples.json"


def keep_examples(examples: ScorerExamples, folder: Path, what: object) -> None:
    """Write ``examples`` into ``folder``, which appears when it is whole; ``what`` says what they were read from.

    Raises OutputError where that can't be done.
    """
    aside = folder.with_name(f"{folder.name}.{uuid4().hex[:8]}.partial")
    try:
        aside.mkdir(parents=True)
        for field in fields(ScorerExamples):
            np.save(aside / f"{field.name}.npy", getattr(examples, field.name))
        (aside / WHAT).write_text(one_line(what), encoding="utf-8")
        if folder.exists():
            rmtree(folder)
        aside.replace(folder)
    except OSError as error:
        raise not_written(folder, error) from error


def kept_examples(folder: Path, what: object) -> ScorerExamples | None:
    """The examples in ``folder``, left on the disk until they are used; None where there are none of ``what``.

    Raises ReadError where files are damaged.
    """
    try:
        found = json.loads((folder / WHAT).read_text(encoding="utf-8"))
        if found != json.loads(one_line(what)):
            return None
        return ScorerExamples(*(_mapped(folder / f"{field.name}.npy") for field in fields(ScorerExamples)))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise ReadError("these examples are damaged", file=folder, found=error, remedy="Remove them.") from error


def kept_before(folder: Path, what: object) -> ScorerExamples:
    """The examples that were kept in ``folder`` by the same command; raises ReadError where they are gone."""
    found = kept_examples(folder, what)
    if found is None:
        raise ReadError("the examples are not there any more", file=folder, remedy="Give the command again.")
    return found


def some_examples(examples: ScorerExamples, numbers: NDArray[np.intp]) -> ScorerExamples:
    """The examples with these numbers, in this order, in memory."""
    return ScorerExamples(*(_taken(getattr(examples, field.name), numbers) for field in fields(ScorerExamples)))


def _mapped(path: Path) -> NDArray[Any]:
    return np.asarray(np.load(path, mmap_mode="r"))


def _taken(values: NDArray[Any], numbers: NDArray[np.intp]) -> NDArray[Any]:
    taken = values[numbers]
    taken.flags.writeable = False
    return taken
