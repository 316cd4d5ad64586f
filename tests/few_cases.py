"""A few simulated slices that stand for a cohort, so that a test of the training need not store one."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from myoqc.cohort import CohortCase, make_case
from myoqc.simulate.enrolment import draw_plan
from myoqc.simulate.presets import preset_named


@cache
def simulated() -> tuple[CohortCase, ...]:
    """Basal, mid and apical of one patient, and an apical one of another, on other pixels."""
    return tuple(make_case(plan) for plan in draw_plan(preset_named("levels"), seed=5, patients=1))


@dataclass(frozen=True)
class FewCases:
    """As a cohort, to those who read cases by number; case ``i`` is of subject ``i``."""

    cases: tuple[CohortCase, ...]
    n_real: int = 0
    seed: int = 0

    def case(self, number: int) -> CohortCase:
        return self.cases[number]

    def __len__(self) -> int:
        return len(self.cases)

    @property
    def about(self):
        return {"sha256": {"arrays": f"{self.seed:064d}", "table": f"{len(self):064d}"}}

    @property
    def rows(self):
        names = self.subjects.tolist()
        anatomies = [name if number < self.n_real else None for number, name in enumerate(names)]
        levels = [case and case.acquisition.key.level.value for case in self.cases]
        return tuple(
            {"subject": name, "level": level, "drawn": {"plan": {"patient": {"anatomy": anatomy}}}}
            for name, level, anatomy in zip(names, levels, anatomies, strict=True)
        )

    @property
    def folder(self):
        return Path("few-cases")

    @property
    def operator(self):
        """(n 6) one segment each, whatever is true."""
        return np.eye(6, dtype=bool)[np.arange(len(self)) % 6]

    @property
    def subjects(self):
        return np.array([f"S{number:02d}" for number in range(len(self))])


def cohort_of(n_cases: int, **more) -> FewCases:
    """So many subjects, who share the simulated slices."""
    few = simulated()
    return FewCases(tuple(few[number % len(few)] for number in range(n_cases)), **more)
