"""p-values of several tests of one question, such as one a segment, so that the chance of any false alarm is kept."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import InputError
from myoqc.records.arrays import frozen

FloatArray = NDArray[np.float64]


def holm(p_values: ArrayLike) -> FloatArray:
    """p-values (n), adjusted by the step-down method of [Holm1979], which holds however the tests depend on each other.

    A test that could not be made is NaN, stays so, and does not count. Raises GeometryError for other axes, and
    InputError for what is not a p-value.
    """
    given = frozen(p_values, np.float64, "n", "the p-values")
    if ((given < 0.0) | (given > 1.0)).any():
        raise InputError("not p-values", expected="0 to 1, or NaN", found=[np.nanmin(given), np.nanmax(given)])
    made = np.flatnonzero(~np.isnan(given))
    rising = made[np.argsort(given[made], kind="stable")]
    n_left = np.arange(len(rising), 0, -1)
    adjusted = np.full(len(given), np.nan)
    adjusted[rising] = np.minimum(1.0, np.maximum.accumulate(n_left * given[rising]))
    return adjusted
