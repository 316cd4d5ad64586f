"""Which samples of a recovery were negative before the magnitude was taken."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def leading_negative(n_samples: int, fewest: int = 0) -> FloatArray:
    """(k n) every polarity of a recovery: its first ``fewest`` to n − 1 samples negative, by rising inversion time.

    The last sample counts as positive: the longest inversion time of every scheme in use exceeds the null.
    """
    counts = np.arange(fewest, n_samples)
    return np.where(np.arange(n_samples) < counts[:, None], -1.0, 1.0)


def from_phase(phase_rad: FloatArray) -> NDArray[np.bool_]:
    """(n p) which samples are negative: those whose phase is turned against that of the last, the longest time."""
    return np.asarray(np.cos(phase_rad - phase_rad[-1]) < 0)
