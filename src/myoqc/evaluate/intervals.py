"""How good intervals are: how often they hold the true value, how wide they are, and whether doubt is where errors are.

Quantiles are (… 3): low, middle, high, in the unit of the true values (…); a value that is NaN in either is left out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError, InputError
from myoqc.records.arrays import frozen, numbers

FloatArray = NDArray[np.float64]

LEVELS = (0.05, 0.50, 0.95)
"""Of the three quantiles: an interval of 90 %."""


@dataclass(frozen=True, slots=True)
class IntervalFigures:
    """Of all values together, in their unit."""

    n_values: int
    coverage: float
    """Share of the true values within low and high, both included; right where it is the stated one."""
    mean_width: float
    """Lower is better at the same coverage."""
    mean_absolute_error: float
    """Of the middle; lower is better."""
    pinball_loss: float
    """Mean over the three quantiles; lower is better."""


def interval_figures(
    quantiles: ArrayLike, true: ArrayLike, levels: tuple[float, float, float] = LEVELS
) -> IntervalFigures:
    """Figures of quantiles (… 3) for ``levels`` against the true values (…).

    Raises GeometryError for other axes, InputError where there is nothing to compare.
    """
    estimate = numbers(quantiles, np.float64, "the quantiles")
    truth = numbers(true, np.float64, "the true values")
    if estimate.shape != (*truth.shape, len(levels)):
        raise GeometryError("not three quantiles a value", expected=(*truth.shape, len(levels)), found=estimate.shape)
    known = ~(np.isnan(estimate).any(axis=-1) | np.isnan(truth))
    if not known.any():
        raise InputError("no value to compare with an interval", expected="one or more")
    (low, middle, high), truth = estimate[known].T, truth[known]
    losses = [pinball_loss(each, truth, level) for each, level in zip((low, middle, high), levels, strict=True)]
    return IntervalFigures(
        n_values=len(truth),
        coverage=float(np.mean((low <= truth) & (truth <= high))),
        mean_width=float(np.mean(high - low)),
        mean_absolute_error=float(np.mean(np.abs(middle - truth))),
        pinball_loss=float(np.mean(losses)),
    )


def pinball_loss(estimate: FloatArray, true: FloatArray, level: float) -> float:
    """Mean loss that the quantile at ``level`` makes smallest [Koenker1978]; at 0.5 half the mean absolute error.

    What lies above the estimate costs ``level`` per unit, what lies below it 1 − ``level``.
    """
    above = true - estimate
    return float(np.mean(np.maximum(level * above, (level - 1.0) * above)))


def errors_cut_by_abstaining(certainty: ArrayLike, wrong: ArrayLike, share: float) -> float:
    """By what part the rate of errors falls when the ``share`` that is least certain is set aside [ElYaniv2010].

    ``certainty`` (n) rises with how sure an answer is, ``wrong`` (n) says which answers were errors. The rate is of
    the answers that are kept, so that setting aside at random gives 0, and 1 means that no error is left. Of equally
    certain answers that are set aside only in part, the mean over all choices is taken. NaN where nothing is wrong.
    Raises GeometryError for different lengths, InputError for a share that is not from 0 to below 1, and where a
    certainty is NaN.
    """
    sure = frozen(certainty, np.float64, "n", "the certainty")
    error = frozen(wrong, bool, "n", "the errors")
    if len(sure) != len(error):
        raise GeometryError("not one certainty an answer", expected=len(error), found=len(sure))
    if not 0.0 <= share < 1.0:
        raise InputError("not a share that can be set aside", expected="from 0 to below 1", found=share)
    if np.isnan(sure).any():
        raise InputError("an answer without a certainty", expected="a number for each", found="NaN")
    if not error.any():
        return float("nan")
    _, number, n_each = np.unique(sure, return_inverse=True, return_counts=True)
    n_aside = np.append(0, np.cumsum(n_each))
    wrong_aside = np.append(0.0, np.cumsum(np.bincount(number, weights=error)))
    left = error.sum() - np.interp(share * len(sure), n_aside, wrong_aside)
    return float(1.0 - left / error.sum() / (1.0 - share))
