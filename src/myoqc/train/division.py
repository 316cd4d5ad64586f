"""Which subjects a model is trained, validated and tested on; nobody is in two of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.cohort import Cohort
from myoqc.errors import InputError

VALIDATED, TESTED = 0.1, 0.15
"""Shares of the drawn subjects."""
REAL_VALIDATED, REAL_TESTED = 4, 10
"""Numbers of real subjects set aside; where fewer than three times as many are there, shares as of drawn ones."""


@dataclass(frozen=True, slots=True)
class Division:
    """The names of the subjects in each part."""

    trained: frozenset[str]
    validated: frozenset[str]
    tested: frozenset[str]


def division_of(cohort: Cohort, seed: int) -> Division:
    """Who trains, validates and tests; real subjects by themselves."""
    real = real_subjects(cohort)
    return draw_division(np.random.default_rng(seed), frozenset(cohort.subjects.tolist()) - real, real)


def real_subjects(cohort: Cohort) -> frozenset[str]:
    """The subjects whose anatomy was not drawn."""
    return frozenset(row["subject"] for row in cohort.rows if row["drawn"]["plan"]["patient"]["anatomy"] is not None)


def draw_division(rng: np.random.Generator, drawn: frozenset[str], real: frozenset[str]) -> Division:
    """Deal out drawn and real subjects, each kind by itself; raises InputError where a part would be empty."""
    parts: tuple[set[str], set[str], set[str]] = (set(), set(), set())
    n_real = (REAL_VALIDATED, REAL_TESTED)
    few = len(real) < 3 * sum(n_real)
    for names, n_aside in ((drawn, _shares(len(drawn))), (real, _shares(len(real)) if few else n_real)):
        order = rng.permutation(np.array(sorted(names), dtype=object))
        n_validated, n_tested = n_aside
        for part, some in zip(
            parts, np.split(order, [len(order) - n_validated - n_tested, len(order) - n_tested]), strict=True
        ):
            part.update(some)
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


def _shares(n: int) -> tuple[int, int]:
    return round(VALIDATED * n), round(TESTED * n)
