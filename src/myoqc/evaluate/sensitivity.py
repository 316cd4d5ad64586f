"""Sensitivity at a fixed specificity: how much is found when false alarms are held at a rate that one can live with.

A case is called where its score lies above the threshold, so that what ties with the threshold is not: the specificity
among the cases that gave the threshold is the wanted one or more, never less. A case that was not scored is NaN and
left out.
"""

import numpy as np
from numpy.typing import ArrayLike

from myoqc.errors import InputError
from myoqc.evaluate.auc import both_kinds, cases
from myoqc.evaluate.bootstrap import FloatArray, Statistic, Times, value_of
from myoqc.records.arrays import frozen


def threshold_at_specificity(negatives: ArrayLike, specificity: float) -> float:
    """The lowest of the scores ``negatives`` (n) that at least the share ``specificity`` of them do not lie above.

    Give it cases of a part of the data that is not judged, such as the validation fold; the sensitivity of others at it
    is a :func:`~myoqc.evaluate.resampled_share`. Raises InputError where none is scored, and for a specificity that is
    not above 0 and up to 1.
    """
    score = frozen(negatives, np.float64, "n", "the scores without what is sought")
    rising = np.sort(score[~np.isnan(score)])
    if not len(rising):
        raise InputError("no threshold without a scored case", expected="one or more", found=0)
    return float(rising[_first_enough(np.ones((1, len(rising)), dtype=np.int64), specificity)[0]])


def sensitivity_at_specificity(score: ArrayLike, positive: ArrayLike, specificity: float) -> float:
    """Share of the cases with what is sought that score above the threshold which those without it give.

    ``score`` (n) rises with suspicion; ``positive`` (n) is the truth. The point of the ROC curve at this specificity: a
    threshold chosen on the cases that it is judged on flatters, the more the fewer there are. Raises GeometryError for
    different lengths, and InputError unless cases of both kinds were scored, or as :func:`threshold_at_specificity`.
    """
    return value_of(resampled_sensitivity_at_specificity(score, positive, specificity))


def resampled_sensitivity_at_specificity(score: ArrayLike, positive: ArrayLike, specificity: float) -> Statistic:
    """:func:`sensitivity_at_specificity` for :func:`~myoqc.evaluate.interval`; NaN in a resample of one kind alone.

    Each resample gives its own threshold. Raises what :func:`sensitivity_at_specificity` raises.
    """
    value, truth = cases(score, positive)
    with_it, without = (kind[np.argsort(value[kind], kind="stable")] for kind in both_kinds(value, truth))
    _refuse_other(specificity)
    n_not_above = np.searchsorted(value[with_it], value[without], "right")

    def of(times: Times) -> FloatArray:
        n_first = np.zeros((len(times), len(with_it) + 1), dtype=np.int64)
        np.cumsum(times[:, with_it], axis=1, out=n_first[:, 1:])
        n_all = n_first[:, -1]
        at = n_not_above[_first_enough(times[:, without], specificity)]
        n_found = n_all - n_first[np.arange(len(times)), at]
        defined = (n_all > 0) & times[:, without].any(axis=1)
        return np.asarray(np.divide(n_found, n_all, out=np.full(len(times), np.nan), where=defined))

    return Statistic(n_cases=len(value), of=of)


def _first_enough(times: Times, specificity: float) -> Times:
    """(r) place of the first of rising scores, drawn so many times (r n), that enough of them do not lie above."""
    _refuse_other(specificity)
    n_so_far = np.cumsum(times, axis=1)
    # Divided, not multiplied: 55 of 100 are 0.55 to the bit, while 0.55 · 100 is more than 55.
    share = n_so_far / np.maximum(n_so_far[:, -1:], 1)
    return np.asarray(np.argmax(share >= specificity, axis=1))


def _refuse_other(specificity: float) -> None:
    if not 0.0 < specificity <= 1.0:
        raise InputError("not a specificity to keep to", expected="above 0 and up to 1", found=specificity)
