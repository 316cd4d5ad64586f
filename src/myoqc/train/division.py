"""Which subjects a model is trained, validated and tested on; nobody is in two of them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.cohort import Cohort
from myoqc.errors import InputError

VALIDATED, TESTED = 0.1, 0.15
"""Shares of the subjects."""
REAL_TESTED = frozenset(
    {
        "biv-me/subject-1",
        "sunnybrook/SC-HF-I-08",
        "sunnybrook/SC-HF-I-10",
        "sunnybrook/SC-HF-NI-11",
        "sunnybrook/SC-HF-NI-34",
        "sunnybrook/SC-HYP-08",
        "sunnybrook/SC-HYP-37",
        "sunnybrook/SC-N-03",
        "sunnybrook/SC-N-07",
        "sunnybrook/SC-N-09",
    }
)
"""Real subjects that every model is tested on and none ever learns from, so that one model may use another's answers.

They were drawn by chance, once. Where a cohort has real subjects and none of these, shares are drawn as of the others.
"""


@dataclass(frozen=True, slots=True)
class Division:
    """The names of the subjects in each part."""

    trained: frozenset[str]
    validated: frozenset[str]
    tested: frozenset[str]


PARTS = tuple(field.name for field in fields(Division))


def division_of(cohort: Cohort, seed: int) -> Division:
    """Who trains, validates and tests; real subjects by themselves."""
    real = real_subjects(cohort)
    return draw_division(np.random.default_rng(seed), frozenset(cohort.subjects.tolist()) - real, real)


def divisions_of(cohorts: Sequence[Cohort], seed: int) -> list[Division]:
    """One division a cohort; a real subject that is in several stays in the part that the first of them gave it.

    Drawn subjects of two cohorts are others even where their names are the same.
    """
    decided: dict[str, str] = {}
    divisions = []
    for cohort in cohorts:
        dealt, real = division_of(cohort, seed), real_subjects(cohort)
        parts: dict[str, set[str]] = {name: set() for name in PARTS}
        for part in PARTS:
            for subject in getattr(dealt, part):
                parts[decided.setdefault(subject, part) if subject in real else part].add(subject)
        divisions.append(Division(**{name: frozenset(subjects) for name, subjects in parts.items()}))
    return divisions


def real_subjects(cohort: Cohort) -> frozenset[str]:
    """The subjects whose anatomy was not drawn."""
    return frozenset(row["subject"] for row in cohort.rows if row["drawn"]["plan"]["patient"]["anatomy"] is not None)


def draw_division(rng: np.random.Generator, drawn: frozenset[str], real: frozenset[str]) -> Division:
    """Deal out drawn and real subjects, each kind by itself; raises InputError where a part would be empty."""
    parts: tuple[set[str], set[str], set[str]] = (set(), set(), set())
    for names in (drawn, real):
        aside = names & REAL_TESTED
        n_validated, n_tested = _shares(len(names))
        order = rng.permutation(np.array(sorted(names - aside), dtype=object))
        n_validated = min(n_validated, len(order))
        n_learnt = len(order) - n_validated - (0 if aside else n_tested)
        for part, some in zip(parts, np.split(order, [n_learnt, n_learnt + n_validated]), strict=True):
            part.update(some)
        parts[2].update(aside)
    if not all(parts):
        raise InputError(
            "too few subjects to train, validate and test on",
            expected="10 or more of one kind",
            found=f"{len(drawn)} drawn and {len(real)} real",
        )
    return Division(*map(frozenset, parts))


def numbers_of(subjects: NDArray[np.str_], part: frozenset[str]) -> list[int]:
    """Numbers of the cases whose subject (n) is in a part."""
    return [int(number) for number in np.flatnonzero(np.isin(subjects, sorted(part)))]


def trained_on(cohort: Cohort, division: Division) -> dict[str, Any]:
    """What a card says of the cohort and of who was learnt from."""
    real = real_subjects(cohort)
    parts = {"trained": division.trained, "validated": division.validated, "tested": division.tested}
    return {
        "simulated": True,
        "made_of": cohort.about["made_of"],
        "sha256": cohort.about["sha256"],
        "slices": {name: len(numbers_of(cohort.subjects, part)) for name, part in parts.items()},
        "subjects": {name: len(part) for name, part in parts.items()},
        "real_subjects": {name: sorted(part & real) for name, part in parts.items()},
    }


def _shares(n: int) -> tuple[int, int]:
    return round(VALIDATED * n), round(TESTED * n)
