"""Measures of a score against the truth, and its calibration; arrays are (case 6), one number per segment.

A segment that was not scored is NaN: left out of AUC, Brier score and calibration, and counted as not flagged.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import rankdata

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Measure = Callable[[FloatArray, BoolArray], float]

N_BOOTSTRAPS = 1000


def auc(value: FloatArray, positive: BoolArray) -> float:
    """Area under the ROC curve: chance that a positive has the higher value; NaN without both kinds [Hanley1982]."""
    scored = np.isfinite(value)
    value, positive = value[scored], positive[scored]
    n_positive = int(positive.sum())
    n_negative = len(positive) - n_positive
    if n_positive == 0 or n_negative == 0:
        return float("nan")
    ranks = rankdata(value)[positive].sum()
    return float((ranks - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def by_segment(value: FloatArray, motion: BoolArray) -> float:
    return auc(value.ravel(), motion.ravel())


def by_image(value: FloatArray, motion: BoolArray) -> float:
    highest = np.where(np.isfinite(value), value, -np.inf).max(axis=1)
    return auc(highest, np.asarray(motion.any(axis=1)))


def with_interval(measure: Measure, value: FloatArray, motion: BoolArray, patient: NDArray[np.intp]) -> list[float]:
    """The measure, and its 95 % interval from drawing patients, not segments, with replacement."""
    chance = np.random.default_rng(0)
    rows = [np.flatnonzero(patient == one) for one in np.unique(patient)]
    again = []
    for _ in range(N_BOOTSTRAPS):
        drawn = np.concatenate([rows[number] for number in chance.integers(len(rows), size=len(rows))])
        again.append(measure(value[drawn], motion[drawn]))
    return [round(float(x), 4) for x in (measure(value, motion), *np.nanpercentile(again, [2.5, 97.5]))]


def calibrate(value: FloatArray, motion: BoolArray) -> tuple[float, float]:
    """Slope and intercept of the logistic curve of greatest likelihood [Platt1999]."""
    scored = np.isfinite(value)
    value, motion = value[scored], motion[scored]
    centre, spread = value.mean(), value.std()

    def loss(weights: FloatArray) -> float:
        logit = weights[0] * (value - centre) / spread + weights[1]
        return float(np.mean(np.logaddexp(0.0, logit) - motion * logit))

    slope, intercept = minimize(loss, np.zeros(2)).x
    return float(slope / spread), float(intercept - slope * centre / spread)


def calibration_error(probability: FloatArray, motion: BoolArray, n_bins: int = 10) -> float:
    """Expected calibration error over bins of equal width."""
    scored = np.isfinite(probability)
    probability, motion = probability[scored], motion[scored]
    bins = np.minimum((probability * n_bins).astype(int), n_bins - 1)
    gaps = [abs(probability[bins == b].mean() - motion[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return float(sum(gaps))


def judge(probability: FloatArray, threshold: float, motion: BoolArray) -> dict[str, float]:
    flagged = probability >= threshold
    whole, whole_flagged = np.asarray(motion.any(axis=1)), np.asarray(flagged.any(axis=1))
    measures = {
        "sensitivity": flagged[motion].mean(),
        "specificity": 1.0 - flagged[~motion].mean(),
        "image_sensitivity": whole_flagged[whole].mean(),
        "image_specificity": 1.0 - whole_flagged[~whole].mean(),
        "brier": np.nanmean((probability - motion) ** 2),
        "expected_calibration_error": calibration_error(probability.ravel(), motion.ravel()),
    }
    return {name: round(float(value), 4) for name, value in measures.items()}
