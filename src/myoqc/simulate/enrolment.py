"""Draws the plan of a cohort from its preset: exact shares, dealt out by chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import Level
from myoqc.errors import InputError
from myoqc.simulate.labels import Artefact, Motion
from myoqc.simulate.plan import CasePlan, PatientPlan, Subset, seed_of
from myoqc.simulate.presets import Preset

KindT = TypeVar("KindT")


@dataclass(frozen=True, slots=True, eq=False)
class _Composition:
    """What one of the two sets is made of."""

    subset: Subset
    patients: int
    one_level: int
    moving: float
    artefacts: Mapping[Artefact, float]


def draw_plan(
    preset: Preset, *, seed: int, patients: int | None = None, subjects: Sequence[str] = (), real_share: float = 0.0
) -> tuple[CasePlan, ...]:
    """All cases of a cohort: the ordinary set, then the one with other artefacts, patient by patient.

    ``patients`` is the number of the ordinary set, None = the preset's; everything else follows in proportion. A share
    ``real_share`` of the patients gets the anatomy of one of ``subjects``, each subject serving about equally many.
    A patient's and a slice's seeds depend on ``seed`` and their own number alone. Raises InputError for a number of
    patients, a seed or a share that can't be, and for a share without subjects.
    """
    n_patients = preset.patients if patients is None else patients
    _check(n_patients, seed, subjects, real_share)
    cases: list[CasePlan] = []
    first = 1
    for composition in _compositions(preset, n_patients):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_number(composition.subset),)))
        anatomies = _draw_anatomies(rng, composition.patients, subjects, real_share)
        group = _draw_patients(rng, preset, composition.subset, anatomies, seed, first)
        cases.extend(_draw_cases(rng, preset, composition, group, seed))
        first += composition.patients
    return tuple(cases)


def _check(n_patients: int, seed: int, subjects: Sequence[str], real_share: float) -> None:
    if n_patients < 1:
        raise InputError("a cohort without patients", expected="1 or more", found=n_patients)
    if seed < 0:
        raise InputError("the seed is negative", expected="0 or more", found=seed)
    if not 0.0 <= real_share <= 1.0:
        raise InputError("the share of real anatomies is no share", expected="0 to 1", found=real_share)
    if real_share > 0.0 and not subjects:
        raise InputError(
            "no subjects to take real anatomies from",
            expected="at least one",
            remedy="Name the folder that holds them, or leave out the share of real anatomies.",
        )


def _compositions(preset: Preset, n_patients: int) -> tuple[_Composition, _Composition]:
    """The two sets in the size that ``n_patients`` ordinary patients ask for.

    Patients with one of three levels can't make up every number of maps: the artefact set may get one more.
    """
    scale, n_levels = n_patients / preset.patients, len(preset.levels)
    artefact_maps = max(round(preset.artefact_maps * scale), 1)
    artefact_patients = -(-artefact_maps // n_levels)
    return (
        _Composition(Subset.ORDINARY, n_patients, round(preset.one_level * scale), preset.moving, {Artefact.NONE: 1.0}),
        _Composition(
            Subset.ARTEFACT,
            artefact_patients,
            (n_levels * artefact_patients - artefact_maps) // max(n_levels - 1, 1),
            preset.moving_with_artefact,
            preset.artefacts,
        ),
    )


def _draw_patients(
    rng: np.random.Generator, preset: Preset, subset: Subset, anatomies: Sequence[str | None], seed: int, first: int
) -> list[PatientPlan]:
    """One patient for each of ``anatomies``, counted on from ``first``."""
    n = len(anatomies)
    field_t, schedule = _dealt(rng, n, preset.field_t), _dealt(rng, n, preset.schedules)
    habit, phenotype = _dealt(rng, n, preset.habits), _dealt(rng, n, preset.phenotypes)
    given = _dealt(rng, n, {0.0: 1.0 - preset.post_contrast, 1.0: preset.post_contrast})
    mmol_l = rng.uniform(*preset.contrast_mmol_l, n)
    return [
        PatientPlan(
            name=f"P{first + k:04d}",
            subject=anatomy or f"P{first + k:04d}",
            subset=subset,
            field_t=field_t[k],
            schedule=schedule[k],
            habit=habit[k],
            contrast_mmol_l=float(given[k] * mmol_l[k]),
            phenotype=phenotype[k] if anatomy is None else None,
            anatomy=anatomy,
            seed=seed_of(seed, _number(subset), k),
        )
        for k, anatomy in enumerate(anatomies)
    ]


def _draw_cases(
    rng: np.random.Generator, preset: Preset, composition: _Composition, patients: Sequence[PatientPlan], seed: int
) -> list[CasePlan]:
    """The slices of a set, patient by patient."""
    shown = _draw_levels(rng, preset.levels, len(patients), composition.one_level)
    slices = [(k, level) for k, levels in enumerate(shown) for level in levels]
    n = len(slices)
    motion = _draw_motions(rng, preset, composition.moving, np.array([k for k, _ in slices]))
    distractor, artefact = _dealt(rng, n, preset.distractors), _dealt(rng, n, composition.artefacts)
    return [
        CasePlan(
            patient=patients[k],
            level=level,
            motion=motion[i],
            distractor=distractor[i],
            artefact=artefact[i],
            seed=seed_of(seed, _number(composition.subset), k, list(Level).index(level)),
        )
        for i, (k, level) in enumerate(slices)
    ]


def _draw_levels(
    rng: np.random.Generator, levels: tuple[Level, ...], n_patients: int, n_one_level: int
) -> list[tuple[Level, ...]]:
    """The levels of each patient: all, but for ``n_one_level`` of them, who have any one."""
    shown: list[tuple[Level, ...]] = [levels] * n_patients
    for k in rng.choice(n_patients, n_one_level, replace=False):
        shown[k] = (levels[rng.integers(len(levels))],)
    return shown


def _draw_motions(rng: np.random.Generator, preset: Preset, moving: float, patient: NDArray[np.int64]) -> list[Motion]:
    """Motion of each slice, for slices of ``patient`` (n); of two or more, at least one moves."""
    n = len(patient)
    n_moving = max(round(moving * n), 1 if n > 1 else 0)
    odds = np.exp(preset.restlessness * rng.standard_normal(patient.max() + 1))[patient]
    motions = [Motion.STILL] * n
    who = rng.choice(n, n_moving, replace=False, p=odds / odds.sum())
    for i, motion in zip(who, _dealt(rng, n_moving, preset.motions), strict=True):
        motions[i] = motion
    return motions


def _draw_anatomies(
    rng: np.random.Generator, n_patients: int, subjects: Sequence[str], real_share: float
) -> list[str | None]:
    """The real anatomy of each patient, or None; subjects take turns."""
    lent: list[str | None] = [None] * n_patients
    known = sorted(set(subjects))
    turns = rng.permutation(len(known))
    for i, k in enumerate(rng.permutation(n_patients)[: round(real_share * n_patients)]):
        lent[k] = known[turns[i % len(known)]]
    return lent


def _dealt(rng: np.random.Generator, n: int, shares: Mapping[KindT, float]) -> list[KindT]:
    """``n`` values in random order, each kind as often as its share says, rounded up or down."""
    kinds, bounds = list(shares), np.cumsum(list(shares.values()))
    marks = (np.arange(n) + rng.random()) / n * bounds[-1]
    return [kinds[number] for number in rng.permutation(np.searchsorted(bounds, marks, side="right"))]


def _number(subset: Subset) -> int:
    return list(Subset).index(subset)
