"""Plain scorers on the folds of a cross-validation: what a network must beat before its structure explains anything.

Each learns from the same cases as the networks of its fold and from the same labels, and scores the same cases.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import InputError
from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS
from myoqc.score.calibration import OPERATING_POINTS, fit_isotonic, threshold_at
from myoqc.train.boosted_trees import ALL_STATISTICS, WITHOUT_MOTION, grown_trees
from myoqc.train.crossval import Parts, parts_of
from myoqc.train.crossval_training import calibrated
from myoqc.train.out_of_fold import OutOfFold, joined_folds
from myoqc.train.scorer_examples import ScorerExamples
from myoqc.train.scorer_figures import LOWEST_R2
from myoqc.train.stability import N_FOLDS

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Labels = Literal["operator", "truth"]


class Baseline(Enum):
    """A scorer without a network; its value is its name for people."""

    LOWEST_R2 = "lowest R²"
    """The plain rule: how low R² is in the segment."""
    TREES = "boosted trees"
    """On statistics of R² and T1."""
    TREES_WITH_MOTION = "boosted trees with motion"
    """On all statistics, those of apparent motion among them: the hard rival."""


@dataclass(frozen=True, slots=True, eq=False)
class BaselineScores:
    """Of n cases: those of the tested fold, and those with another artefact."""

    number: NDArray[np.int64]
    """(n) of the example."""
    probability: FloatArray
    """(n 6)"""
    threshold: FloatArray
    """(2) probability that 90 and 95 % of the segments without motion stay below; NaN where it learnt nothing."""

    def __post_init__(self) -> None:
        for name, dtype, axes in (
            ("number", np.int64, "n"),
            ("probability", np.float64, f"n {N_SEGMENTS}"),
            ("threshold", np.float64, "2"),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), dtype, axes, name))


def baselines_out_of_fold(examples: ScorerExamples, seed: int, labels: Labels) -> dict[Baseline, OutOfFold]:
    """What every baseline says of the cases; ``seed`` is that of the folds, ``labels`` are those to learn from.

    Raises InputError for too few subjects.
    """
    parts = [parts_of(examples, fold, seed) for fold in range(N_FOLDS)]
    return {
        baseline: joined_folds([baseline_scores(baseline, examples, each, labels) for each in parts], examples.artefact)
        for baseline in Baseline
    }


def baseline_scores(baseline: Baseline, examples: ScorerExamples, parts: Parts, labels: Labels) -> BaselineScores:
    """What one baseline, trained for one fold, says of its cases."""
    marked = examples.motion if labels == "truth" else examples.operator
    number = np.concatenate([parts.tested, parts.disturbed])
    if baseline is Baseline.LOWEST_R2:
        return BaselineScores(number, *_of_lowest_r2(examples, parts, marked, number))
    chosen = ALL_STATISTICS if baseline is Baseline.TREES_WITH_MOTION else WITHOUT_MOTION
    return BaselineScores(number, *_of_trees(examples.statistics[..., chosen], parts, marked, number))


def _of_lowest_r2(
    examples: ScorerExamples, parts: Parts, marked: BoolArray, number: NDArray[np.intp]
) -> tuple[FloatArray, FloatArray]:
    """By the rising steps that fit the trained cases best: a logistic curve of so weak a statistic never reaches 0.5.

    It learns one curve and nothing else, so no case has to be held back to calibrate it. Everywhere the share of
    segments with motion where R² does not rise with them.
    """
    value = examples.statistics[..., LOWEST_R2].astype(np.float64)
    learnt = marked[parts.trained]
    try:
        curve = fit_isotonic(value[parts.trained], learnt)
    except InputError:
        return np.full((len(number), N_SEGMENTS), learnt.mean()), np.full(len(OPERATING_POINTS), np.nan)
    known = curve.probability(value[parts.trained])
    return curve.probability(value[number]), np.array([threshold_at(known, learnt, at) for at in OPERATING_POINTS])


def _of_trees(
    statistics: NDArray[np.float32], parts: Parts, marked: BoolArray, number: NDArray[np.intp]
) -> tuple[FloatArray, FloatArray]:
    """Calibrated on the validated cases, as the networks are."""
    logits = grown_trees(statistics[parts.trained], marked[parts.trained])
    curve, threshold = calibrated(logits(statistics[parts.validated]), marked[parts.validated])
    return curve.probability(logits(statistics[number])), threshold
