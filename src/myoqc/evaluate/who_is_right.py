"""Is the machine nearer to the truth than the operator that it learnt from? [Zhang2020]

The paper says so, by a second reader; where labels are simulated the truth is known, and the claim can be put to the
test. Both are judged on the same maps, and what is compared is paired.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError
from myoqc.evaluate.bootstrap import FloatArray, Resamples, Statistic, Times
from myoqc.evaluate.calls import by_unit, calls_of, estimated
from myoqc.evaluate.mcnemar import McNemarTest, clustered_mcnemar
from myoqc.evaluate.scored.figure import EVERYTHING, Estimate
from myoqc.evaluate.scored.measures import AGREEMENT, SENSITIVITY, SPECIFICITY
from myoqc.evaluate.scored.questions import LEAST_MAPS
from myoqc.evaluate.scored.sample import among
from myoqc.evaluate.shares import resampled_difference, resampled_ratio
from myoqc.evaluate.two_readers import CHANCE_OF_KAPPA, coefficient_values, table

BoolArray = NDArray[np.bool_]

KAPPA = "κ"
MEASURES = (AGREEMENT, KAPPA, SENSITIVITY, SPECIFICITY)
MOVING, STILL = "moving in truth", "still in truth"


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure of machine and operator against the truth, with intervals of 95 % by patient."""

    machine: Estimate
    operator: Estimate
    difference: Estimate
    """Machine − operator, paired."""


@dataclass(frozen=True, slots=True, eq=False)
class Rightness:
    """Machine and operator against the truth, over the maps of one kind; without figures where these are too few."""

    stratum: str
    """'all', 'moving in truth', 'still in truth', or a column and its word: 'level basal'."""
    unit: str
    """'segments' or 'images'."""
    n_maps: int
    n_with: int
    """Units that moved in truth."""
    n_without: int
    measures: Mapping[str, Compared] = field(default_factory=dict)
    """Measure → what it is; NaN where a kind is missing, as sensitivity and κ are of maps that are still."""
    n_disputed: int = 0
    """Units on which operator and machine differ: exactly one of the two is right."""
    disputed: Estimate | None = None
    """Of these, the share in which it is the machine; NaN where there are none."""
    test: McNemarTest | None = None
    """The machine first, the operator second; by patient, so that segments may depend on one another."""


def who_is_right(
    machine: ArrayLike,
    operator: ArrayLike,
    truth: ArrayLike,
    resamples: Resamples,
    strata: Mapping[str, Sequence[str]],
) -> list[Rightness]:
    """Machine against truth beside operator against truth, of calls (n 6), by segments and by images.

    Over all maps, those that move in truth in any segment and those that don't, and those of each word (n) of each
    column of ``strata``. A kind with fewer than ten maps, or of one patient, has no figures. Raises GeometryError for
    what is not of the same maps, and InputError for anything but 0 and 1.
    """
    calls = calls_of({"the machine": machine, "the operator": operator, "the truth": truth})
    if len(resamples.subject) != len(calls[0]):
        raise GeometryError("the resamples are of other maps", expected=len(calls[0]), found=len(resamples.subject))
    found = []
    for stratum, chosen in _kinds(calls[2], strata):
        part = among(resamples, chosen) if chosen.any() else None
        units = [by_unit(each[chosen]) for each in calls]
        found += [_rightness(stratum, unit, [each[unit] for each in units], part) for unit in units[0]]
    return found


def _kinds(truth: BoolArray, strata: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, BoolArray]]:
    moving = np.asarray(truth.any(axis=1))
    yield EVERYTHING, np.ones(len(moving), dtype=bool)
    yield MOVING, moving
    yield STILL, ~moving
    for column, words in strata.items():
        if len(words) != len(moving):
            raise GeometryError(f"{column}: not one word a map", expected=len(moving), found=len(words))
        for word in sorted(set(words)):
            yield f"{column} {word}", np.array([each == word for each in words])


def _rightness(stratum: str, unit: str, calls: Sequence[BoolArray], resamples: Resamples | None) -> Rightness:
    """Of the calls (n u) of machine, operator and truth, with the resamples of their patients."""
    machine, operator, truth = calls
    known = stratum, unit, len(truth), int(truth.sum()), int((~truth).sum())
    if resamples is None or len(truth) < LEAST_MAPS or resamples.times.shape[1] < 2:
        return Rightness(*known)
    statistics = zip(_statistics(machine, truth).items(), _statistics(operator, truth).values(), strict=True)
    apart = machine != operator
    wins = ((machine == truth) & apart).sum(axis=1)
    by_segment = np.repeat(resamples.subject, truth.shape[1])
    return Rightness(
        *known,
        measures={name: _compared(first, second, resamples) for (name, first), second in statistics},
        n_disputed=int(apart.sum()),
        disputed=estimated(resampled_ratio(wins, apart.sum(axis=1)), resamples),
        test=clustered_mcnemar((machine == truth).ravel(), (operator == truth).ravel(), by_segment),
    )


def _compared(machine: Statistic, operator: Statistic, resamples: Resamples) -> Compared:
    asked = machine, operator, resampled_difference(machine, operator)
    return Compared(*(estimated(each, resamples) for each in asked))


def _statistics(called: BoolArray, truth: BoolArray) -> dict[str, Statistic]:
    """In the order of :data:`MEASURES`."""
    right = called == truth
    return {
        AGREEMENT: _share(right, np.ones_like(truth)),
        KAPPA: _kappa(called, truth),
        SENSITIVITY: _share(right, truth),
        SPECIFICITY: _share(right, ~truth),
    }


def _share(right: BoolArray, among: BoolArray) -> Statistic:
    return resampled_ratio((right & among).sum(axis=1), among.sum(axis=1))


def _kappa(called: BoolArray, truth: BoolArray) -> Statistic:
    """Counted by map, since the segments of a map are drawn together; NaN where the truth is the same everywhere.

    κ would be 0 there whoever calls what, and says nothing.
    """
    cells = table(called.ravel(), truth.ravel()).reshape(4, *truth.shape).sum(axis=-1)

    def of(times: Times) -> FloatArray:
        both, only_called, only_true, neither = counts = np.einsum("rn,cn->cr", times, cells)
        differs = (both + only_true > 0) & (only_called + neither > 0)
        return np.where(differs, coefficient_values(counts.T, CHANCE_OF_KAPPA), np.nan)

    return Statistic(n_cases=len(truth), of=of)
