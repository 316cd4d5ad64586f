"""The ROC curve: what is found against the false alarms that it costs, as the threshold falls [Hanley1982]."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.evaluate.auc import both_kinds, cases
from myoqc.records.arrays import frozen

FloatArray = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class RocCurve:
    """From (0, 0), where nothing is called, to (1, 1): its corners, with straight pieces between them."""

    false_alarms: FloatArray
    """(k) share of the cases without what is sought that are called; 1 − specificity."""
    found: FloatArray
    """(k) share of those with it; sensitivity."""

    def __post_init__(self) -> None:
        for name in ("false_alarms", "found"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, "k", f"the curve's {name}"))


def roc_curve(score: ArrayLike, positive: ArrayLike) -> RocCurve:
    """Curve of ``score`` (n), which rises with suspicion, against the truth ``positive`` (n); NaN is left out.

    Cases of equal scores are called together. The area below the straight pieces is :func:`~myoqc.evaluate.auc`. Raises
    GeometryError for different lengths, and InputError unless cases of both kinds were scored.
    """
    value, truth = cases(score, positive)
    with_it, without = both_kinds(value, truth)
    falling = np.unique(np.concatenate([value[with_it], value[without]]))[::-1]
    n_false, n_found = (_n_from(value[kind], falling) for kind in (without, with_it))
    corner = _corners(n_false, n_found)
    return RocCurve(n_false[corner] / len(without), n_found[corner] / len(with_it))


def _n_from(values: FloatArray, thresholds: FloatArray) -> Counts:
    """How many of the values are at or above each threshold, with 0 before the first."""
    n_from = len(values) - np.searchsorted(np.sort(values), thresholds, "left")
    return np.concatenate([[0], n_from])


def _corners(across: Counts, up: Counts) -> NDArray[np.bool_]:
    """Which points are needed to draw the line: both ends, and those at which it turns."""
    step_across, step_up = np.diff(across), np.diff(up)
    turns = step_across[:-1] * step_up[1:] != step_across[1:] * step_up[:-1]
    return np.concatenate([[True], turns, [True]])
