"""Area under the ROC curve: the chance that a case with what is sought scores higher than one without [Hanley1982].

Equal scores count half, as in the Mann–Whitney statistic with mid-ranks. A case that was not scored is NaN and left
out. The areas are exact but for one division: numbers of pairs are counted as whole numbers.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate.bootstrap import Statistic, Times, value_of
from myoqc.records.arrays import frozen

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def auc(score: ArrayLike, positive: ArrayLike) -> float:
    """Area under the curve of ``score`` (n), which rises with suspicion; ``positive`` (n) is the truth.

    Raises GeometryError for different lengths, and InputError unless cases of both kinds were scored.
    """
    return value_of(resampled_auc(score, positive))


def auc_difference(first: ArrayLike, second: ArrayLike, positive: ArrayLike) -> float:
    """By how much the area of the ``first`` score (n) exceeds that of the ``second`` (n), over what both scored.

    Raises what :func:`auc` raises.
    """
    return value_of(resampled_auc_difference(first, second, positive))


def resampled_auc(score: ArrayLike, positive: ArrayLike) -> Statistic:
    """:func:`auc` for :func:`~myoqc.evaluate.interval`; NaN in a resample without cases of both kinds."""
    value, truth = cases(score, positive)
    with_it, without = both_kinds(value, truth)
    without = without[np.argsort(value[without], kind="stable")]
    below, not_above = (np.searchsorted(value[without], value[with_it], side) for side in ("left", "right"))

    def of(times: Times) -> FloatArray:
        n_first = np.zeros((len(times), len(without) + 1), dtype=np.int64)  # how many are among the k lowest without it
        np.cumsum(times[:, without], axis=1, out=n_first[:, 1:])
        n_with_it = times[:, with_it]
        twice_won = (n_with_it * (n_first[:, below] + n_first[:, not_above])).sum(axis=1)
        n_pairs = n_with_it.sum(axis=1) * n_first[:, -1]
        return np.asarray(np.divide(twice_won / 2, n_pairs, out=np.full(len(times), np.nan), where=n_pairs > 0))

    return Statistic(n_cases=len(value), of=of)


def resampled_auc_difference(first: ArrayLike, second: ArrayLike, positive: ArrayLike) -> Statistic:
    """:func:`auc_difference` for :func:`~myoqc.evaluate.interval`; both areas are of the same resample."""
    minuend, subtrahend = (resampled_auc(score, positive) for score in scored_by_both(first, second, positive))
    return Statistic(n_cases=minuend.n_cases, of=lambda times: minuend.of(times) - subtrahend.of(times))


def cases(score: ArrayLike, positive: ArrayLike) -> tuple[FloatArray, BoolArray]:
    """Score (n) and truth (n), one of each a case; raises GeometryError for different lengths."""
    value = frozen(score, np.float64, "n", "the score")
    truth = frozen(positive, bool, "n", "the truth")
    if len(value) != len(truth):
        raise GeometryError("not one score a case", expected=len(truth), found=len(value))
    return value, truth


def both_kinds(value: FloatArray, truth: BoolArray) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which of the scored cases have what is sought (m), and which do not (n); raises InputError where none is left."""
    scored = ~np.isnan(value)
    with_it, without = np.flatnonzero(scored & truth), np.flatnonzero(scored & ~truth)
    if not (len(with_it) and len(without)):
        found = f"{len(with_it)} with what is sought, {len(without)} without"
        raise InputError("no ROC curve without cases of both kinds", expected="one or more scored of each", found=found)
    return with_it, without


def scored_by_both(first: ArrayLike, second: ArrayLike, positive: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Both scores (n), NaN where either is; raises GeometryError for different lengths."""
    one, other = cases(first, positive)[0], cases(second, positive)[0]
    both = ~(np.isnan(one) | np.isnan(other))
    return np.where(both, one, np.nan), np.where(both, other, np.nan)
