"""Variance of an AUC, and the test of two, where cases come in clusters: segments of a map, maps of a patient.

Patients are independent; cases of one patient may depend on one another in any way [Obuchowski1997]. A cluster may hold
cases of one kind alone. Where each holds one case, this is DeLong's variance [DeLong1988]. It rests on many clusters;
with fewer than some thirty that hold cases of either kind, prefer :func:`~myoqc.evaluate.bca_interval`.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate.delong import Area, AreaDifference, area, area_difference
from myoqc.evaluate.placements import Indices, Placements, paired_placements, placements

FloatArray = NDArray[np.float64]


def clustered_delong(score: ArrayLike, positive: ArrayLike, cluster: ArrayLike) -> Area:
    """AUC of ``score`` (n) against the truth ``positive`` (n), where ``cluster`` (n) names the patient of each case.

    Raises GeometryError for different lengths, and InputError unless two clusters or more hold scored cases of each
    kind.
    """
    placed = placements(score, positive)
    return area(placed.area, _variance(placed, _numbers(cluster, np.size(score))))


def clustered_delong_difference(
    first: ArrayLike, second: ArrayLike, positive: ArrayLike, cluster: ArrayLike
) -> AreaDifference:
    """By how much the AUC of the ``first`` score (n) exceeds that of the ``second`` (n), over what both scored.

    The test is paired. Raises what :func:`clustered_delong` raises.
    """
    apart = paired_placements(first, second, positive)
    return area_difference(apart.area, _variance(apart, _numbers(cluster, np.size(first))))


def _numbers(cluster: ArrayLike, n_cases: int) -> Indices:
    names = np.asarray(cluster)
    if names.shape != (n_cases,):
        raise GeometryError("not one cluster a case", expected=(n_cases,), found=names.shape)
    return np.unique(names, return_inverse=True)[1]


def _variance(placed: Placements, cluster: Indices) -> float:
    """S10 / M + S01 / N + 2 S11 / (M N) of the reference."""
    of_with_it, of_without = cluster[placed.case_with_it], cluster[placed.case_without]
    n_clusters = len(np.union1d(of_with_it, of_without))
    with_it = _pull(placed.with_it - placed.area, of_with_it, len(cluster))
    without = _pull(placed.without - placed.area, of_without, len(cluster))
    return float(
        _inflation(_n_holding(of_with_it)) * np.sum(with_it**2)
        + _inflation(_n_holding(of_without)) * np.sum(without**2)
        + 2.0 * _inflation(n_clusters) * np.sum(with_it * without)
    )


def _pull(deviation: FloatArray, cluster: Indices, length: int) -> FloatArray:
    """How far each cluster alone pulls the AUC."""
    return np.bincount(cluster, weights=deviation, minlength=length) / len(deviation)


def _n_holding(cluster: Indices) -> int:
    return len(np.unique(cluster))


def _inflation(n_clusters: int) -> float:
    if n_clusters < 2:
        raise InputError(
            "no variance of an AUC from a single cluster with cases of a kind", expected="2 or more", found=n_clusters
        )
    return n_clusters / (n_clusters - 1)
