"""Where each case is placed among those of the other kind: what the variance of an AUC is made of [DeLong1988].

The placement of a case is the share of the other kind that it is ranked rightly against; equal scores count half. It is
counted by binary search in sorted scores, which gives what the midranks of [Sun2014] give, also in O(n log n).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.evaluate.auc import both_kinds, cases, scored_by_both

FloatArray = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Placements:
    """Of a score; or of two on the same cases, the first less the second."""

    area: float
    """AUC, the mean of either kind; or by how much the first exceeds the second."""
    with_it: FloatArray
    """(m) of the cases with what is sought: V10 in the reference."""
    without: FloatArray
    """(n) of those without: V01."""
    case_with_it: Indices
    """(m) place of these cases in the arrays that were given."""
    case_without: Indices
    """(n)"""


def placements(score: ArrayLike, positive: ArrayLike) -> Placements:
    """Placements by ``score`` (c), NaN where not scored, against the truth ``positive`` (c).

    Raises GeometryError for different lengths, and InputError unless cases of both kinds were scored.
    """
    value, truth = cases(score, positive)
    case_with_it, case_without = both_kinds(value, truth)
    m, n = len(case_with_it), len(case_without)
    twice_below = _twice_below(value[case_with_it], value[case_without])
    twice_above = 2 * m - _twice_below(value[case_without], value[case_with_it])
    return Placements(
        area=float(twice_below.sum() / 2 / (m * n)),
        with_it=twice_below / 2 / n,
        without=twice_above / 2 / m,
        case_with_it=case_with_it,
        case_without=case_without,
    )


def paired_placements(first: ArrayLike, second: ArrayLike, positive: ArrayLike) -> Placements:
    """Placements by the ``first`` score (c) less those by the ``second`` (c), of the cases that both scored.

    Raises what :func:`placements` raises.
    """
    one, other = (placements(score, positive) for score in scored_by_both(first, second, positive))
    return Placements(
        area=one.area - other.area,
        with_it=one.with_it - other.with_it,
        without=one.without - other.without,
        case_with_it=one.case_with_it,
        case_without=one.case_without,
    )


def _twice_below(values: FloatArray, others: FloatArray) -> NDArray[np.int64]:
    """How many of the others lie below each value and how many not above it, together."""
    others = np.sort(others)
    return np.asarray(np.searchsorted(others, values, "left") + np.searchsorted(others, values, "right"))
