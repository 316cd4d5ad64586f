"""What a plan of a cohort says: who each case is, what happens to it, and the seeds that it is made from.

A plan is drawn as a whole (:mod:`myoqc.simulate.enrolment`), because its shares are exact. The cases are then made one
by one, in any order and by any number of workers, each from its own seeds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import numpy as np

from myoqc.aha import Level
from myoqc.schedules import SHMOLLI, Schedule
from myoqc.simulate.drawn.phenotype import Phenotype
from myoqc.simulate.imaging import habits
from myoqc.simulate.labels import Artefact, Distractor, Motion


class Subset(Enum):
    """The two sets of a cohort; no patient is in both."""

    ORDINARY = "ordinary"
    ARTEFACT = "artefact"
    """Every map has another artefact than motion."""


@dataclass(frozen=True, slots=True)
class PatientPlan:
    """What the slices of one patient have in common."""

    name: str
    """``P0001`` and so on."""
    subject: str
    """Whose anatomy it is: the unit of folds, as one real anatomy may be lent to several patients."""
    subset: Subset
    field_t: float
    schedule: Schedule
    habit: str
    """Name of the scanner's habit."""
    contrast_mmol_l: float
    """Concentration of a contrast agent in plasma; 0 = native."""
    phenotype: Phenotype | None
    """None for a real anatomy, which has its own."""
    anatomy: str | None
    """The subject, where the anatomy is real; None = drawn."""
    seed: int
    """For what the slices have in common; at least 0 and below 2⁶³."""


@dataclass(frozen=True, slots=True)
class CasePlan:
    """One slice to be made."""

    patient: PatientPlan
    level: Level
    motion: Motion
    distractor: Distractor
    artefact: Artefact
    seed: int
    """For what is this slice's own; at least 0 and below 2⁶³."""


def patient_plan(
    name: str,
    seed: int,
    slices: Iterable[tuple[Level, Motion]],
    *,
    schedule: Schedule = SHMOLLI,
    field_t: float = 1.5,
    habit: str = habits.HCMR.name,
    phenotype: Phenotype = Phenotype.SEPTAL,
    distractor: Distractor = Distractor.NONE,
    artefact: Artefact = Artefact.NONE,
) -> tuple[CasePlan, ...]:
    """The slices of one native, drawn patient; the same heart at every level and with every motion."""
    patient = PatientPlan(
        name=name,
        subject=name,
        subset=Subset.ORDINARY if artefact is Artefact.NONE else Subset.ARTEFACT,
        field_t=field_t,
        schedule=schedule,
        habit=habit,
        contrast_mmol_l=0.0,
        phenotype=phenotype,
        anatomy=None,
        seed=seed_of(seed),
    )
    return tuple(
        CasePlan(patient, level, motion, distractor, artefact, seed_of(seed, number))
        for number, (level, motion) in enumerate(slices)
    )


def seed_of(seed: int, *key: int) -> int:
    """A seed of its own for every key, at least 0 and below 2⁶³, whatever else is drawn from ``seed``."""
    state = np.random.SeedSequence(seed, spawn_key=key).generate_state(1, np.uint64)
    return int(state[0] >> np.uint64(1))


def patient_rng(case: CasePlan) -> np.random.Generator:
    """Chance for what the slices of a patient have in common: equal at every level."""
    return np.random.default_rng(case.patient.seed)


def case_rng(case: CasePlan) -> np.random.Generator:
    """Chance for what is this slice's own."""
    return np.random.default_rng(case.seed)
