"""Measures of a score against the truth; arrays are (case 6), one number per segment.

A segment that was not scored is NaN: left out of AUC, Brier score and calibration, and counted as not flagged.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from myoqc.evaluate import draw_resamples, interval, resampled_auc
from myoqc.records import N_SEGMENTS

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Cases = Callable[[FloatArray, BoolArray], tuple[FloatArray, BoolArray]]

N_RESAMPLES = 1000


def with_interval(cases: Cases, value: FloatArray, motion: BoolArray, patient: NDArray[np.intp]) -> list[float]:
    """AUC, and its 95 % interval from drawing patients, not segments, with replacement."""
    score, positive = cases(value, motion)
    owner = patient if len(score) == len(patient) else patient.repeat(N_SEGMENTS)
    resamples = draw_resamples(np.random.default_rng(0), owner, N_RESAMPLES)
    found = interval(resampled_auc(score, positive), resamples)
    return [round(each, 4) for each in (found.value, found.low, found.high)]


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
