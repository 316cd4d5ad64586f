"""From a statistic of a segment to a probability, and the probability from which a segment counts as moved.

Arrays have any axes; a segment that was not scored is NaN and left out.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SPECIFICITY = 0.90
"""Share of the segments without motion that lie below the threshold."""


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


def threshold_at(probability: FloatArray, motion: BoolArray, specificity: float = SPECIFICITY) -> float:
    """The lowest probability of a segment without motion that a share ``specificity`` of these do not exceed."""
    return float(np.nanquantile(probability[~motion], specificity, method="higher"))
