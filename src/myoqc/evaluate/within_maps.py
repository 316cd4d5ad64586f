"""Whether a score finds the segments that moved within one map, and not only the maps in which something moved.

Arrays are (n 6): map, segment. The AUC over all segments is good already when a score tells bad maps from good ones;
this one compares a segment with its neighbours alone, so whatever is the same in a whole map cancels. The score of the
image as a whole is the highest of the six: :func:`~myoqc.evaluate.by_image`.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate.bootstrap import Statistic, Times, value_of
from myoqc.records.arrays import frozen

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def auc_within_maps(score: ArrayLike, motion: ArrayLike) -> float:
    """Mean of :func:`auc_of_each_map` over the maps that have one; raises what :func:`resampled_within_maps` does."""
    return value_of(resampled_within_maps(score, motion))


def auc_of_each_map(score: ArrayLike, motion: ArrayLike) -> FloatArray:
    """Share (n) of the pairs of a moved and a still segment of a map in which the moved one scores higher.

    Equal scores count half. NaN for a map without scored segments of both kinds. Raises GeometryError for other axes.
    """
    value = frozen(score, np.float64, "n s", "the scores")
    truth = frozen(motion, bool, "n s", "the truth")
    if value.shape != truth.shape:
        raise GeometryError("not one score a segment", expected=truth.shape, found=value.shape)
    scored = ~np.isnan(value)
    moved, still = scored & truth, scored & ~truth
    pairs = moved[:, :, None] & still[:, None, :]
    twice_won = 2 * (value[:, :, None] > value[:, None, :]) + (value[:, :, None] == value[:, None, :])
    n_pairs = pairs.sum(axis=(1, 2))
    won = (twice_won * pairs).sum(axis=(1, 2)) / 2.0
    return np.asarray(np.divide(won, n_pairs, out=np.full(len(value), np.nan), where=n_pairs > 0))


def resampled_within_maps(score: ArrayLike, motion: ArrayLike) -> Statistic:
    """:func:`auc_within_maps` for :func:`~myoqc.evaluate.interval`: a case is a map; NaN in a resample without one.

    Raises GeometryError for other axes, InputError where no map has scored segments of both kinds.
    """
    of_map = auc_of_each_map(score, motion)
    judged = np.flatnonzero(~np.isnan(of_map))
    if not len(judged):
        raise InputError("no map has scored segments of both kinds", expected="one or more", found=0)

    def of(times: Times) -> FloatArray:
        drawn = times[:, judged]
        total, n_maps = (drawn * of_map[judged]).sum(axis=1), drawn.sum(axis=1)
        return np.asarray(np.divide(total, n_maps, out=np.full(len(times), np.nan), where=n_maps > 0))

    return Statistic(n_cases=len(of_map), of=of)
