"""Reading a scorer's examples on all processors: as many slices take minutes on one."""

import os
from collections.abc import Sequence
from pathlib import Path

from myoqc.cohort import Cohort
from myoqc.cohort.workers import in_processes
from myoqc.train.fitting import Watch
from myoqc.train.scorer_examples import ScorerExamples, joined, scorer_examples

AT_ONCE = 25
"""Slices that a process reads before it hands them on."""
FEW = 100
"""So many are read here before processes have started."""


def read_slices(
    cohort: Cohort, numbers: Sequence[int], watch: Watch, text: str, workers: int | None = None
) -> ScorerExamples:
    """The cases ``numbers`` of a cohort in this order, read by ``workers``; one a processor if not given.

    Raises what reading raises, and OutputError where the system stopped a process.
    """
    workers = (os.cpu_count() or 1) if workers is None else workers
    if workers == 1 or len(numbers) <= FEW:
        return scorer_examples(cohort, watch(list(numbers), text))
    tasks = [
        (cohort.folder, place, list(numbers[start : start + AT_ONCE]))
        for place, start in enumerate(range(0, len(numbers), AT_ONCE))
    ]
    read = in_processes(_part, tasks, workers)
    parts = dict(part for _, part in zip(watch(list(range(len(tasks))), text), read, strict=True))
    return joined([parts[place] for place in range(len(tasks))])


def _part(folder: Path, place: int, numbers: list[int]) -> tuple[int, ScorerExamples]:
    return place, scorer_examples(Cohort.open(folder), numbers)
