"""Which slices of a cohort a cross-validation is of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.cohort import Cohort
from myoqc.simulate.labels import Artefact
from myoqc.train.scorer_examples import scorable_numbers

FEW_SUBJECTS = 12
"""With motion, as many without, and as many with another artefact, for a trial run."""


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Basal and mid slices of a cohort, n of them, in its order."""

    cohort: Cohort
    number: tuple[int, ...]
    """(n) of each in the cohort; its place here is the number of the example."""
    made_of: Mapping[str, str]
    """Digests that tell these slices from all others."""

    @property
    def rows(self) -> list[Mapping[str, Any]]:
        """(n) what the cohort's table says of each."""
        return [self.cohort.rows[number] for number in self.number]

    @property
    def second_reader(self) -> NDArray[np.bool_]:
        """(n 6) which segments the simulated second reader marks."""
        return self.cohort.second_reader[list(self.number)]

    @property
    def patients(self) -> list[list[int]]:
        """Numbers in the cohort of the slices of each patient, which lie side by side there."""
        found: dict[str, list[int]] = {}
        for number, row in zip(self.number, self.rows, strict=True):
            found.setdefault(row["patient"], []).append(number)
        return list(found.values())


def all_slices(cohort: Cohort) -> Material:
    """Every basal and mid slice; raises InputError where there is none."""
    numbers = scorable_numbers(cohort, frozenset(cohort.subjects.tolist()))
    return Material(cohort, tuple(numbers), cohort.about["sha256"])


def few_slices(cohort: Cohort, n_subjects: int = FEW_SUBJECTS) -> Material:
    """Slices of the first subjects of each kind, for a trial run: another artefact, motion by the operator, neither.

    Raises InputError where there is no slice.
    """
    every = all_slices(cohort)
    kinds: dict[str, str] = {}
    for number, row in zip(every.number, every.rows, strict=True):
        kind = "disturbed" if row["artefact"] != Artefact.NONE.value else "moving" if any(row["operator"]) else "still"
        name = str(cohort.subjects[number])
        kinds[name] = min(kind, kinds.get(name, kind))  # by the alphabet, which goes from the rarest to the commonest
    chosen = [[name for name in kinds if kinds[name] == kind][:n_subjects] for kind in ("disturbed", "moving", "still")]
    return _of(every, [name for names in chosen for name in names])


def _of(every: Material, subjects: Iterable[str]) -> Material:
    wanted = set(subjects)
    numbers = tuple(number for number in every.number if str(every.cohort.subjects[number]) in wanted)
    chosen = sha256(",".join(map(str, numbers)).encode()).hexdigest()
    return Material(every.cohort, numbers, dict(every.made_of) | {"cases": chosen})
