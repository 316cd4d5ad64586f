"""How well the attention of each arm lies on the scored segment, out of fold: intervals by subject, paired by case."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.evaluate import Interval, Statistic, draw_resamples, interval, resampled_difference
from myoqc.evaluate.bootstrap import N_RESAMPLES, Times
from myoqc.simulate.labels import Distractor
from myoqc.train.attention_measures import LookedAt, looked_at
from myoqc.train.out_of_fold import OutOfFoldAttention
from myoqc.train.scorer_examples import ScorerExamples

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Numbers = NDArray[np.int64]

CLEAN, DISTURBED = "no other artefact", "other artefact"
OF_MOVED = {
    "inside": "share inside the segment",
    "relative": "the same over its ceiling",
    "peak": "peak in the segment",
}
"""Measures of the maps of segments that truly moved; higher is better."""
OF_ALL = {"beyond": "share beyond the left ventricle"}
"""Of every map that looks anywhere; lower is better."""


@dataclass(frozen=True, slots=True)
class AttentionFigure:
    """A measure of the attention of one arm on one set of cases."""

    cases: str
    """Name of the set."""
    n_cases: int
    measure: str
    arm: str
    n_maps: int
    """That the measure is a mean of."""
    n_silent: int
    """That look nowhere, and are left out: arms differ in these too."""
    found: Interval
    against_first: Interval | None
    """By how much it exceeds that of the first arm, on the same resamples; None for the first."""


@dataclass(frozen=True, slots=True, eq=False)
class _Cases:
    """A set of cases, and where each arm looked on them."""

    name: str
    motion: BoolArray
    subject: NDArray[np.str_]
    looked: Mapping[str, LookedAt]


def attention_figures(
    examples: ScorerExamples,
    attention: Mapping[str, OutOfFoldAttention],
    rng: np.random.Generator,
    n_resamples: int = N_RESAMPLES,
) -> list[AttentionFigure]:
    """Every measure of every arm, by name, on the clean cases, those of them with each distractor, and the disturbed.

    The arms are of the same cross-validation. Sets of fewer than two subjects are left out, and so is a measure that
    some arm has no value of.
    """
    clean = {arm: looked_at(each.maps, examples.segment[each.number]) for arm, each in attention.items()}
    disturbed = {
        arm: looked_at(each.disturbed_maps, examples.segment[each.disturbed]) for arm, each in attention.items()
    }
    first = next(iter(attention.values()))
    sets = [
        *_with_distractors(examples, first.number, clean),
        _cases(DISTURBED, examples, first.disturbed, disturbed, np.ones(len(first.disturbed), dtype=bool)),
    ]
    return [
        figure
        for cases in sets
        if len(np.unique(cases.subject)) >= 2
        for figure in _figures(cases, np.random.default_rng(rng.integers(2**63)), n_resamples)
    ]


def _with_distractors(examples: ScorerExamples, number: Numbers, looked: Mapping[str, LookedAt]) -> Iterator[_Cases]:
    distractor = examples.distractor[number]
    yield _cases(CLEAN, examples, number, looked, np.ones(len(number), dtype=bool))
    for kind in Distractor:
        name = f"{CLEAN}, no distractor" if kind is Distractor.NONE else f"{CLEAN}, {kind.value}"
        yield _cases(name, examples, number, looked, distractor == kind.value)


def _cases(
    name: str, examples: ScorerExamples, number: Numbers, looked: Mapping[str, LookedAt], chosen: BoolArray
) -> _Cases:
    these = number[chosen]
    of_these = {
        arm: LookedAt(each.inside[chosen], each.relative[chosen], each.peak[chosen], each.beyond[chosen])
        for arm, each in looked.items()
    }
    return _Cases(name, examples.motion[these], examples.subject[these], of_these)


def _figures(cases: _Cases, rng: np.random.Generator, n_resamples: int) -> Iterator[AttentionFigure]:
    resamples = draw_resamples(rng, cases.subject, n_resamples)
    for field, measure in (OF_MOVED | OF_ALL).items():
        counted = cases.motion if field in OF_MOVED else np.ones_like(cases.motion)
        values = {arm: np.where(counted, getattr(each, field), np.nan) for arm, each in cases.looked.items()}
        if not all(np.isfinite(each).any() for each in values.values()):
            continue
        means = {arm: _mean_of_maps(each) for arm, each in values.items()}
        first, *_ = means.values()
        for arm, mean in means.items():
            apart = None if mean is first else interval(resampled_difference(mean, first), resamples)
            n_maps = int(np.isfinite(values[arm]).sum())
            yield AttentionFigure(
                cases=cases.name,
                n_cases=len(cases.motion),
                measure=measure,
                arm=arm,
                n_maps=n_maps,
                n_silent=int(counted.sum()) - n_maps,
                found=interval(mean, resamples),
                against_first=apart,
            )


def _mean_of_maps(values: FloatArray) -> Statistic:
    """Mean over all maps (n 6) that have a value, whatever their case."""
    total, n_maps = np.nansum(values, axis=1), np.isfinite(values).sum(axis=1)

    def of(times: Times) -> FloatArray:
        drawn = times @ n_maps
        total_drawn = np.einsum("rn,n->r", times, total)
        return np.asarray(np.divide(total_drawn, drawn, out=np.full(len(times), np.nan), where=drawn > 0))

    return Statistic(n_cases=len(values), of=of)
