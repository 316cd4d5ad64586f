"""How low R² is in a segment, as one number that rises with suspicion.

R² is the coefficient of determination of the fit, as the scanner defines it. Most statistics are log10(1 − R²): between
0.999 and 0.99 lies as much as between 0.99 and 0.9.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

LEAST_MISFIT = 1e-5
"""1 − R² below this is rounding: the scanner's own maps have steps of 1/4000."""
LOW_R2 = 0.98


def log_misfit(r2: Values | float) -> Values:
    """log10(1 − R²), at least −5."""
    return np.asarray(np.log10(np.maximum(1.0 - np.asarray(r2, dtype=np.float64), LEAST_MISFIT)))


def mean(r2: Values) -> float:
    """log10(1 − mean R²)."""
    return float(log_misfit(r2.mean()))


def mean_log(r2: Values) -> float:
    """Mean of log10(1 − R²): a few bad pixels count for less."""
    return float(log_misfit(r2).mean())


def lowest(r2: Values) -> float:
    """log10(1 − lowest R²)."""
    return float(log_misfit(r2.min()))


def lowest_5_percent(r2: Values) -> float:
    """log10(1 − 5th percentile of R²)."""
    return float(log_misfit(np.percentile(r2, 5.0)))


def share_below_098(r2: Values) -> float:
    """Share of the pixels with R² below 0.98."""
    return float(np.mean(r2 < LOW_R2))


STATISTICS: Mapping[str, Callable[[Values], float]] = MappingProxyType(
    {statistic.__name__: statistic for statistic in (mean, mean_log, lowest, lowest_5_percent, share_below_098)}
)
"""Name → statistic of the R² (n) of a segment's fitted pixels, all numbers, n ≥ 1."""
