"""What a scoring network learns from where nobody has drawn outlines: slices by the segments that were found."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from myoqc.cohort import Cohort
from myoqc.cohort.workers import in_processes
from myoqc.errors import InputError
from myoqc.locate import shipped_segmenter
from myoqc.train.automatic_segments import look_at_patient
from myoqc.train.crossval_material import Material
from myoqc.train.fitting import Watch
from myoqc.train.scorer_examples import ScorerExamples, examples_of, joined

AT_ONCE = 12
"""Patients that a process reads before it hands them on."""


class AutomaticExamples(NamedTuple):
    """Slices in the order of the cohort; labels and truth are those of the true segments by number."""

    examples: ScorerExamples
    not_found: tuple[int, ...]
    """Numbers of the examples in which no segments were found: they are as by true outlines, and not to be used."""


def read_automatic(material: Material, watch: Watch, text: str, workers: int | None = None) -> AutomaticExamples:
    """The slices by automatic outlines, read by ``workers``; one a processor if not given.

    Raises what reading raises.
    """
    _check_order(material)
    patients = material.patients
    tasks = [
        (material.cohort.folder, place, patients[start : start + AT_ONCE])
        for place, start in enumerate(range(0, len(patients), AT_ONCE))
    ]
    read = in_processes(_part, tasks, workers or os.cpu_count() or 1)
    parts = dict(part for _, part in zip(watch(list(range(len(tasks))), text), read, strict=True))
    found = [flag for place in range(len(tasks)) for flag in parts[place][1]]
    every = joined(parts[place][0] for place in range(len(tasks)))
    return AutomaticExamples(every, tuple(number for number, flag in enumerate(found) if not flag))


def _check_order(material: Material) -> None:
    """Examples are known by their place: slices of a patient have to lie side by side."""
    in_order = tuple(number for numbers in material.patients for number in numbers)
    if in_order != material.number:
        raise InputError("slices of a patient lie apart", file=material.cohort.folder, expected="one after the other")


def _part(folder: Path, place: int, patients: Sequence[Sequence[int]]) -> tuple[int, tuple[ScorerExamples, list[bool]]]:
    cohort, segmenter = Cohort.open(folder), shipped_segmenter()
    marked = cohort.operator
    looked = [each for numbers in patients for each in look_at_patient(cohort, numbers, segmenter)]
    seen = ((each.case, each.segments or each.case.segments, marked[each.number]) for each in looked)
    return place, (examples_of(seen), [each.segments is not None for each in looked])
