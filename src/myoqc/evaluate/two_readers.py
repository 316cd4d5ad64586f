"""Coefficients of agreement of two readers' labels, from how often they gave which.

Labels (n) are 0 or 1; a case without one is NaN, and left out where either is missing. All coefficients have the form
(observed − chance) / (1 − chance), and differ in what they call chance. Times n² they are quotients of two quadratic
forms of the four counts: both said 1, the first alone, the second alone, neither. So value and variance follow from one
matrix, and whole numbers keep them exact.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate.delong import Z_95
from myoqc.records.arrays import frozen

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Counts = NDArray[np.int64]


def _product(one: Counts, other: Counts) -> Counts:
    """(4 4) of the form that is four times the product of two sums of counts."""
    return 2 * (np.outer(one, other) + np.outer(other, one))


_BOTH, _FIRST, _SECOND, _NEITHER = np.eye(4, dtype=np.int64)
_ALL = np.ones(4, dtype=np.int64)
_OBSERVED = _product(_ALL, _BOTH + _NEITHER)
_CERTAIN = _product(_ALL, _ALL)

NO_CHANCE = np.zeros((4, 4), dtype=np.int64)
"""Of the plain share of agreement."""
CHANCE_OF_KAPPA = _product(_BOTH + _FIRST, _BOTH + _SECOND) + _product(_SECOND + _NEITHER, _FIRST + _NEITHER)
"""Two readers who each keep their own rate of labels, and toss them [Cohen1960]."""
CHANCE_OF_AC1 = _product(2 * _BOTH + _FIRST + _SECOND, 2 * _NEITHER + _FIRST + _SECOND) // 2
"""2 π (1 − π), where π is the mean rate of both: 4 π (1 − π) of the cases are guessed, and half of the guesses agree
[Gwet2008]."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient of agreement with its interval of 95 %; NaN where chance alone would agree in every case."""

    value: float
    variance: float
    """Where cases are independent; 0 where readers agree in every case, so that the interval is a point."""
    low: float
    high: float


def table(first: ArrayLike, second: ArrayLike) -> BoolArray:
    """Which cases (4 n) both readers call 1, the first alone, the second alone, and neither.

    Raises GeometryError for different lengths, and InputError for anything but 0, 1 and NaN.
    """
    one, other = _labels(first, "the first labels"), _labels(second, "the second labels")
    if len(one) != len(other):
        raise GeometryError("labels of other cases", expected=len(one), found=len(other))
    cells = [(one == a) & (other == b) for a, b in ((1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0))]
    return np.array(cells)


def coefficient_values(counts: Counts, chance: Counts) -> FloatArray:
    """The coefficient (…) of tables (… 4); NaN where chance alone would agree in every case, or there is none."""
    above, below = (_form(counts, matrix - chance) for matrix in (_OBSERVED, _CERTAIN))
    return np.asarray(np.divide(above, below, out=np.full(below.shape, np.nan), where=below > 0))


def coefficient(counts: Counts, chance: Counts) -> Coefficient:
    """The coefficient of one table (4), with its variance by the delta method for multinomial counts."""
    value = float(coefficient_values(counts, chance))
    if np.isnan(value):
        return Coefficient(value, value, value, value)
    variance = float(np.sum(counts * _influence(counts, chance, value) ** 2))
    half = Z_95 * float(np.sqrt(variance))
    return Coefficient(value, variance, max(-1.0, value - half), min(1.0, value + half))


def _influence(counts: Counts, chance: Counts, value: float) -> FloatArray:
    """(4) by how much a case more of each cell moves the coefficient."""
    slope = (_OBSERVED - chance - value * (_CERTAIN - chance)) * counts
    return np.asarray(2.0 * slope.sum(axis=1) / _form(counts, _CERTAIN - chance))


def _form(counts: Counts, matrix: Counts) -> Counts:
    return np.asarray(np.einsum("...i,ij,...j->...", counts, matrix, counts))


def _labels(labels: ArrayLike, name: str) -> FloatArray:
    values: FloatArray = frozen(labels, np.float64, "n", name)
    strange = ~np.isin(values, (0.0, 1.0)) & ~np.isnan(values)
    if strange.any():
        raise InputError(f"{name}: not labels", expected="0, 1, or NaN where not judged", found=values[strange][0])
    return values
