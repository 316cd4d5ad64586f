"""Shares of cases, such as agreement and sensitivity, means and differences, as statistics of resamples."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError
from myoqc.evaluate.bootstrap import Statistic, Times, of_counts, values_of
from myoqc.records.arrays import frozen

FloatArray = NDArray[np.float64]


def resampled_share(right: ArrayLike, among: ArrayLike) -> Statistic:
    """Share of the cases ``among`` (n) that are ``right`` (n); NaN in a resample that has none of them.

    Raises GeometryError for different lengths, and InputError for anything but 0 and 1.
    """
    counted = frozen(among, bool, "n", "the cases to count")
    hit = frozen(right, bool, "n", "the cases that are right")
    if len(hit) != len(counted):
        raise GeometryError("not the same cases", expected=len(counted), found=len(hit))

    def share(counts: Times) -> FloatArray:
        n_right, n_all = counts.T
        return np.asarray(np.divide(n_right, n_all, out=np.full(len(counts), np.nan), where=n_all > 0))

    return of_counts([hit & counted, counted], share)


def resampled_mean(values: FloatArray) -> Statistic:
    """Mean of ``values`` (n) for :func:`~myoqc.evaluate.interval`; NaN in a resample without a case."""

    def of(times: Times) -> FloatArray:
        total, n_all = np.einsum("rn,n->r", times, values), times.sum(axis=1)
        return np.asarray(np.divide(total, n_all, out=np.full(len(times), np.nan), where=n_all > 0))

    return Statistic(n_cases=len(values), of=of)


def resampled_ratio(above: ArrayLike, below: ArrayLike) -> Statistic:
    """Sum of ``above`` over sum of ``below`` (n): a share of what cases hold several of, such as a map its segments.

    NaN in a resample in which the sum below is 0. Raises GeometryError for different lengths.
    """
    over = frozen(above, np.float64, "n", "what is above the line")
    under = frozen(below, np.float64, "n", "what is below the line")
    if len(over) != len(under):
        raise GeometryError("not the same cases", expected=len(under), found=len(over))

    def of(times: Times) -> FloatArray:
        top, bottom = (np.einsum("rn,n->r", times, each) for each in (over, under))
        return np.asarray(np.divide(top, bottom, out=np.full(len(times), np.nan), where=bottom > 0))

    return Statistic(n_cases=len(over), of=of)


def resampled_difference(first: Statistic, second: Statistic) -> Statistic:
    """By how much the ``first`` exceeds the ``second``, both of the same resample.

    Raises GeometryError for statistics of different numbers of cases.
    """
    if first.n_cases != second.n_cases:
        raise GeometryError("statistics of other cases", expected=first.n_cases, found=second.n_cases)
    return Statistic(
        n_cases=first.n_cases,
        of=lambda times: first.of(times) - second.of(times),
        by_subject=lambda resamples: values_of(first, resamples) - values_of(second, resamples),
    )
