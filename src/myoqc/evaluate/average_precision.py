"""Average precision: of the cases called at each threshold, the share that has what is sought, averaged over what is
found as the threshold falls.

Where few cases have it, this says more than the AUC of how many false alarms a finding costs [Saito2015]; a score
without any skill has the share of cases with what is sought, not one half. Cases of equal scores are called together. A
case that was not scored is NaN and left out.
"""

import numpy as np
from numpy.typing import ArrayLike

from myoqc.evaluate.auc import both_kinds, cases
from myoqc.evaluate.bootstrap import FloatArray, Statistic, Times, value_of


def average_precision(score: ArrayLike, positive: ArrayLike) -> float:
    """Average precision of ``score`` (n), which rises with suspicion; ``positive`` (n) is the truth.

    Raises GeometryError for different lengths, and InputError unless cases of both kinds were scored.
    """
    return value_of(resampled_average_precision(score, positive))


def resampled_average_precision(score: ArrayLike, positive: ArrayLike) -> Statistic:
    """:func:`average_precision` for :func:`~myoqc.evaluate.interval`; NaN in a resample with nothing to find.

    Raises what :func:`average_precision` raises.
    """
    value, truth = cases(score, positive)
    scored = np.sort(np.concatenate(both_kinds(value, truth)))
    falling = scored[np.argsort(-value[scored], kind="stable")]
    is_last = np.append(value[falling][1:] != value[falling][:-1], True)  # of those with an equal score
    hit = truth[falling]

    def of(times: Times) -> FloatArray:
        drawn = times[:, falling]
        n_called = np.cumsum(drawn, axis=1)[:, is_last]
        n_found = np.cumsum(drawn * hit, axis=1)[:, is_last]
        precision = np.divide(n_found, n_called, out=np.zeros(n_found.shape), where=n_called > 0)
        total = (np.diff(n_found, axis=1, prepend=0) * precision).sum(axis=1)
        return np.asarray(np.divide(total, n_found[:, -1], out=np.full(len(times), np.nan), where=n_found[:, -1] > 0))

    return Statistic(n_cases=len(value), of=of)
