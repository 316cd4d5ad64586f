"""The slices of the stability experiment: which of a cohort may be used, and what is known of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.cohort import Cohort
from myoqc.errors import InputError
from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS
from myoqc.train.division import division_of
from myoqc.train.stability_measuring import Measured, Outlines

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

JUDGES = ("truth", "operator")
"""Whose labels scores are held against, never mixed."""


@dataclass(frozen=True, slots=True, eq=False)
class Slices:
    """The basal and mid slices, n of them."""

    measured: tuple[Measured, ...]
    subject: NDArray[np.str_]
    """(n) whose anatomy it is."""
    schedule: NDArray[np.str_]
    """(n) name of the scheme."""
    labels: Mapping[str, BoolArray]
    """Name in :data:`JUDGES` → (n 6) which of the true segments move."""
    statistics: Mapping[Outlines, Mapping[str, FloatArray]]
    """Outlines → statistic of R² → (n 6); NaN where a segment is not scored."""

    def __post_init__(self) -> None:
        axes = f"n {N_SEGMENTS}"
        labels = {name: frozen(each, bool, axes, f"the labels by {name}") for name, each in self.labels.items()}
        object.__setattr__(self, "labels", labels)

    @property
    def found(self) -> BoolArray:
        """(n) whether there are automatic segments."""
        return np.array([not each.why_not for each in self.measured])


def slices_of(cohort: Cohort, measured: Sequence[Measured]) -> Slices:
    """What was measured, with the labels that the cohort holds of it.

    Raises InputError where the labels of all slices with automatic segments are the same, as those of a cohort without
    motion or readings, or of one in which nothing was found.
    """
    numbers = [each.case for each in measured]
    slices = Slices(
        measured=tuple(measured),
        subject=np.array([each.judged.subject for each in measured]),
        schedule=np.array([each.judged.schedule for each in measured]),
        labels={"truth": cohort.motion[numbers], "operator": cohort.operator[numbers]},
        statistics={outlines: _stacked(each.statistics[outlines] for each in measured) for outlines in Outlines},
    )
    for name in JUDGES:
        _check_labels(name, slices.labels[name][slices.found], cohort)
    return slices


def _check_labels(judge: str, motion: BoolArray, cohort: Cohort) -> None:
    if motion.all() or not motion.any():
        raise InputError(
            f"nothing to tell apart by the labels of the {judge}",
            file=cohort.folder,
            expected="segments with motion and segments without, in slices in which the heart is found",
            found=f"{int(motion.sum())} of {motion.size} with motion, in {len(motion)} slices",
            remedy="Make a larger cohort with: myoqc simulate cohort FOLDER",
        )


def _stacked(statistics: Iterable[Mapping[str, FloatArray]]) -> dict[str, FloatArray]:
    every = list(statistics)
    return {name: np.stack([each[name] for each in every]) for name in every[0]}


def unseen_cases(cohort: Cohort, card: Mapping[str, Any]) -> list[int]:
    """Numbers of the cases whose hearts the segmenter with this ``card`` has not learnt from.

    Of the cohort that it was made with these are the ones it was tested on; of others, all but those with a real heart
    that it has learnt from. What a card does not say is not held against its segmenter. Raises InputError for another
    cohort from the same seed, whose drawn hearts are the same.
    """
    learnt = card.get("trained_on", {})
    if learnt.get("sha256") == cohort.about["sha256"]:
        subjects = set(division_of(cohort, card["recipe"]["seed"]).tested)
    else:
        _check_seed(cohort, learnt.get("made_of", {}).get("seed"))
        real = learnt.get("real_subjects", {})
        subjects = set(cohort.subjects) - {name for part in ("trained", "validated") for name in real.get(part, ())}
    return [number for number, subject in enumerate(cohort.subjects) if subject in subjects]


def _check_seed(cohort: Cohort, learnt: int | None) -> None:
    if cohort.about["made_of"]["seed"] == learnt:
        raise InputError(
            "the segmenter has learnt from the same drawn hearts",
            file=cohort.folder,
            expected=f"another seed than {learnt}",
            remedy="Make another with: myoqc simulate cohort FOLDER --seed N",
        )
