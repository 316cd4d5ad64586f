"""Trains the R² rule: which statistic of R², how it becomes a probability, and the threshold."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from myoqc.evaluate import auc, by_segment
from myoqc.score.calibration import calibrate, threshold_at

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Statistics = Mapping[str, FloatArray]
"""Name in :data:`~myoqc.score.statistics.STATISTICS` → (n 6), NaN where a segment has too few fitted pixels."""


@dataclass(frozen=True, slots=True)
class TrainedRule:
    """The rule for one scheme: probability = 1 / (1 + exp(−(intercept + slope · statistic)))."""

    statistic: str
    slope: float
    intercept: float
    threshold: float
    """Motion from this probability on."""

    def probability(self, statistics: Statistics) -> FloatArray:
        """(n 6) of motion, NaN where the statistic is."""
        return np.asarray(expit(self.intercept + self.slope * statistics[self.statistic]))


def train_rule(statistics: Statistics, motion: BoolArray) -> TrainedRule:
    """The rule with the statistic of the largest AUC over segments, calibrated on ``motion`` (n 6).

    Raises InputError unless segments with and without motion were scored.
    """
    chosen = max(statistics, key=lambda name: auc(*by_segment(statistics[name], motion)))
    slope, intercept = calibrate(statistics[chosen], motion)
    uncut = TrainedRule(chosen, slope, intercept, threshold=0.5)
    threshold = threshold_at(uncut.probability(statistics), motion)
    return TrainedRule(chosen, slope, intercept, threshold)
