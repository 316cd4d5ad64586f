"""Whether acting on probabilities does more good than harm, and more than acting always or never [Vickers2006].

Who acts where a probability is ``threshold`` or more says that one case found is worth (1 − threshold) / threshold
false alarms. The net benefit counts true findings per case, less false alarms at that price. To act never has 0. A case
that was not scored is NaN and left out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from myoqc.errors import InputError
from myoqc.evaluate.bootstrap import FloatArray, Statistic, Times, of_counts, value_of
from myoqc.evaluate.calibration import scored_probabilities
from myoqc.records.arrays import frozen


@dataclass(frozen=True, slots=True, eq=False)
class DecisionCurve:
    """Net benefit against the threshold; higher is better, and useful above both 0 and ``of_all``."""

    threshold: FloatArray
    """(t)"""
    net_benefit: FloatArray
    """(t) per case, at most the share of cases that have what is sought."""
    of_all: FloatArray
    """(t) of acting in every case."""

    def __post_init__(self) -> None:
        for name in ("threshold", "net_benefit", "of_all"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, "t", f"the curve's {name}"))


def decision_curve(probability: ArrayLike, happened: ArrayLike, thresholds: ArrayLike) -> DecisionCurve:
    """Net benefit of ``probability`` (n), where ``happened`` (n) is the truth, at ``thresholds`` (t) within 0 and 1.

    Raises GeometryError for different lengths, and InputError where no case was scored, for what is no probability, and
    for thresholds that are not above 0 and below 1.
    """
    said = frozen(probability, np.float64, "n", "the probabilities")
    always = np.where(np.isnan(said), np.nan, 1.0)
    at = frozen(thresholds, np.float64, "t", "the thresholds")
    of_model, of_all = (
        [value_of(resampled_net_benefit(each, happened, threshold)) for threshold in at.tolist()]
        for each in (said, always)
    )
    return DecisionCurve(threshold=at, net_benefit=np.array(of_model), of_all=np.array(of_all))


def resampled_net_benefit(probability: ArrayLike, happened: ArrayLike, threshold: float) -> Statistic:
    """Net benefit at one threshold for :func:`~myoqc.evaluate.interval`; NaN in a resample without a scored case.

    Raises what :func:`decision_curve` raises.
    """
    scored_probabilities(probability, happened)
    if not 0.0 < threshold < 1.0:
        raise InputError("not a threshold to act at", expected="above 0 and below 1", found=threshold)
    said, truth = np.asarray(probability, dtype=np.float64), np.asarray(happened, dtype=bool)
    scored, called = ~np.isnan(said), said >= threshold
    price = threshold / (1.0 - threshold)

    def benefit(counts: Times) -> FloatArray:
        n_true, n_false, n_all = counts.T
        total = n_true - price * n_false
        return np.asarray(np.divide(total, n_all, out=np.full(len(counts), np.nan), where=n_all > 0))

    return of_counts([called & truth, called & ~truth, scored], benefit)
