"""Variance of an AUC without drawing resamples, and tests of two of them, for independent cases [DeLong1988].

A case that was not scored is NaN and left out. The segments of a map, or the maps of a patient, are not independent:
for them see :func:`~myoqc.evaluate.clustered_delong`. Variances hold for many cases, and are too small for a few.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtr, ndtri

from myoqc.errors import InputError
from myoqc.evaluate.placements import Placements, paired_placements, placements

FloatArray = NDArray[np.float64]

Z_95 = float(ndtri(0.975))
"""Standard errors to either side of the middle that hold 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Area:
    """An AUC with its interval of 95 %.

    The interval is symmetric on the scale of the logit [Pepe2003]: it never leaves 0 to 1, and near 1, where estimates
    scatter more to one side, it holds its level better. Where the variance is 0 it is a point, as that of a bootstrap
    is: cases that are ranked without an error, or all alike, do not tell how surely.
    """

    value: float
    variance: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AreaDifference:
    """By how much one AUC exceeds another, with its interval of 95 %, symmetric, which may leave −1 to 1."""

    value: float
    variance: float
    low: float
    high: float
    p_value: float
    """Two-sided, of no difference. Where the variance is 0, 1 for no difference and NaN, no test, for another."""


def delong(score: ArrayLike, positive: ArrayLike) -> Area:
    """AUC of ``score`` (n), which rises with suspicion, against the truth ``positive`` (n).

    Raises GeometryError for different lengths, and InputError unless two cases or more of each kind were scored.
    """
    placed = placements(score, positive)
    return area(placed.area, _variance(placed))


def delong_difference(first: ArrayLike, second: ArrayLike, positive: ArrayLike) -> AreaDifference:
    """By how much the AUC of the ``first`` score (n) exceeds that of the ``second`` (n), over what both scored.

    The test is paired. Raises what :func:`delong` raises.
    """
    apart = paired_placements(first, second, positive)
    return area_difference(apart.area, _variance(apart))


def unpaired_difference(first: Area, second: Area) -> AreaDifference:
    """By how much the ``first`` AUC exceeds the ``second``, which is of other cases and of other patients."""
    return area_difference(first.value - second.value, first.variance + second.variance)


def area(value: float, variance: float) -> Area:
    """An AUC with the interval that its variance gives."""
    if variance == 0.0:
        return Area(value, 0.0, value, value)
    middle, half = logit(value), Z_95 * np.sqrt(variance) / (value * (1.0 - value))
    return Area(value, variance, float(expit(middle - half)), float(expit(middle + half)))


def area_difference(value: float, variance: float) -> AreaDifference:
    """A difference with the interval and the test that its variance gives."""
    error = float(np.sqrt(variance))
    return AreaDifference(value, variance, value - Z_95 * error, value + Z_95 * error, _p_value(value, error))


def _p_value(value: float, error: float) -> float:
    if error > 0.0:
        return float(2.0 * ndtr(-abs(value) / error))
    return 1.0 if value == 0.0 else float("nan")


def _variance(placed: Placements) -> float:
    return _of_mean(placed.with_it, placed.area) + _of_mean(placed.without, placed.area)


def _of_mean(values: FloatArray, mean: float) -> float:
    n = len(values)
    if n < 2:
        raise InputError("no variance of an AUC from a single case of a kind", expected="2 or more of each", found=n)
    return float(np.sum((values - mean) ** 2) / (n - 1) / n)
