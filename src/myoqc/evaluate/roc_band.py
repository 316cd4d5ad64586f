"""How surely an ROC curve is known: an interval of its sensitivity at each rate of false alarms, by drawing patients.

The band is pointwise: each rate by itself lies within it in 95 % of samples, the whole curve in fewer [Macskassy2005].
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate.auc import both_kinds, cases
from myoqc.evaluate.bootstrap import PERCENTILES, Resamples, Times, blocks
from myoqc.records.arrays import frozen

FloatArray = NDArray[np.float64]

RATES: FloatArray = np.linspace(0.0, 1.0, 101)
"""Of false alarms, at which a band is asked."""


@dataclass(frozen=True, slots=True, eq=False)
class RocBand:
    """Where 95 % of the resampled curves lie, rate by rate."""

    false_alarms: FloatArray
    """(k) 1 − specificity, rising."""
    low: FloatArray
    """(k) of sensitivity."""
    high: FloatArray
    """(k)"""

    def __post_init__(self) -> None:
        for name in ("false_alarms", "low", "high"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, "k", f"the band's {name}"))


def roc_band(score: ArrayLike, positive: ArrayLike, resamples: Resamples, false_alarms: ArrayLike = RATES) -> RocBand:
    """Percentile band of the curve of ``score`` (n), which rises with suspicion, against ``positive`` (n).

    Every resample is a curve as :func:`~myoqc.evaluate.roc.roc_curve` draws it; where that rises straight up, its upper
    end counts, and resamples of one kind alone are left out. Raises GeometryError for different lengths, and InputError
    unless cases of both kinds were scored, for rates outside 0–1, and where no resample holds both kinds.
    """
    value, truth = cases(score, positive)
    scored = np.sort(np.concatenate(both_kinds(value, truth)))
    rates = _rates(false_alarms)
    if len(resamples.subject) != len(value):
        raise GeometryError("the resamples are of other cases", expected=len(value), found=len(resamples.subject))
    falling = scored[np.argsort(-value[scored], kind="stable")]
    is_last = np.append(value[falling][1:] != value[falling][:-1], True)  # of those with an equal score
    found = [_sensitivities(times[:, falling], truth[falling], is_last, rates) for times in blocks(resamples)]
    again = np.concatenate(found)
    if not len(again):
        raise InputError("no resample holds cases of both kinds", expected="one or more", found=0)
    low, high = np.percentile(again, PERCENTILES, axis=0)
    return RocBand(rates, low, high)


def _rates(false_alarms: ArrayLike) -> FloatArray:
    rates: FloatArray = frozen(false_alarms, np.float64, "k", "the rates of false alarms")
    if not ((rates >= 0.0) & (rates <= 1.0)).all():
        raise InputError("not rates of false alarms", expected="0 to 1", found=[rates.min(), rates.max()])
    return rates


def _sensitivities(times: Times, hit: NDArray[np.bool_], is_last: NDArray[np.bool_], rates: FloatArray) -> FloatArray:
    """(r k) of those resamples that hold both kinds; ``times`` (r n) of cases by falling score."""
    n_called = np.cumsum(times, axis=1)[:, is_last]
    n_found = np.cumsum(times * hit, axis=1)[:, is_last]
    n_false = n_called - n_found
    both = (n_found[:, -1] > 0) & (n_false[:, -1] > 0)
    curves = (_from_nothing(each[both]) for each in (n_false, n_found))
    return np.array([_at(rates, *curve) for curve in zip(*curves, strict=True)]).reshape(-1, len(rates))


def _from_nothing(counts: Times) -> FloatArray:
    """Shares (r u + 1) of all, with the 0 before anything is called."""
    return np.pad(counts / counts[:, -1:], ((0, 0), (1, 0)))


def _at(rates: FloatArray, false_alarms: FloatArray, found: FloatArray) -> FloatArray:
    """Sensitivity (k) of one curve at the rates, on straight pieces between its points (u)."""
    before = np.searchsorted(false_alarms, rates, "right") - 1
    after = np.minimum(before + 1, len(found) - 1)
    across = false_alarms[after] - false_alarms[before]
    part = np.divide(rates - false_alarms[before], across, out=np.zeros(len(rates)), where=across > 0)
    return np.asarray(found[before] + part * (found[after] - found[before]))
