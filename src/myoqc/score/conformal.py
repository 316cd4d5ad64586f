"""Answers with a stated error level: still, moved, or not sure; and intervals that are as wide as they must be.

Segments of one patient resemble one another, so it is patients that are taken to be exchangeable, not segments: each
patient counts once, however many segments it has (hierarchical conformal prediction [Lee2023], of which [Dunn2023] is
the forerunner). What is guaranteed holds on average over patients like those of the validation, for a segment drawn
from the patient's own; it does not hold for every patient by itself.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError, InputError, ReadError

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

ERROR = 0.10
ROUNDING = 1e-9
"""By which a sum of shares may miss what it is exactly."""


class Verdict(Enum):
    """What can be said about a segment at the error level."""

    STILL = "still"
    MOVED = "moved"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class ConformalRule:
    """Which answers a probability leaves open; label-conditional, so that the rare kind is protected too [Vovk2005].

    Of the segments without motion at most a share ``error`` is not allowed to be still, of those with motion at most
    the same share is not allowed to have moved. Raises InputError for anything but shares.
    """

    error: float
    still_up_to: float
    """A segment may be still up to this probability."""
    moved_from: float
    """It may have moved from this probability on."""

    def __post_init__(self) -> None:
        if not (0.0 < self.error < 1.0 and 0.0 <= self.still_up_to <= 1.0 and 0.0 <= self.moved_from <= 1.0):
            raise InputError("no rule of conformal sets", expected="numbers from 0 to 1", found=self)

    @classmethod
    def from_card(cls, entry: Mapping[str, Any], file: str) -> "ConformalRule":
        """What the card ``file`` says; raises ReadError for an entry that does not say it."""
        try:
            return cls(*(float(entry[key]) for key in ("error", "still_up_to", "moved_from")))
        except (KeyError, TypeError, ValueError, InputError) as error:
            raise ReadError("the card holds no rule of conformal sets", file=file, found=repr(error)) from error

    def to_card(self) -> dict[str, float]:
        """What a card says about it."""
        return {"error": self.error, "still_up_to": self.still_up_to, "moved_from": self.moved_from}


def fit_conformal(
    probability: FloatArray, motion: BoolArray, patient: ArrayLike, error: float = ERROR
) -> ConformalRule:
    """The rule for probabilities (n 6) of validation patients; ``patient`` (n) names whose map each is.

    Segments that were not scored (NaN) are left out. Raises InputError where too few patients have segments of a kind
    to state the error level, GeometryError for other axes.
    """
    still, moved = ~motion, motion
    up_to = quantile_by_patient(np.where(still, probability, np.nan), patient, error)
    down_to = quantile_by_patient(np.where(moved, -probability, np.nan), patient, error)
    return ConformalRule(error=error, still_up_to=up_to, moved_from=-down_to)


def allowed(rule: ConformalRule, probability: FloatArray) -> BoolArray:
    """(… 2) which of still and moved each probability (…) leaves open; both where it is NaN.

    Both may be out: where still and moved are so well apart that what lies between them is unlike either at this level.
    """
    unknown = np.isnan(probability)
    still, moved = probability <= rule.still_up_to, probability >= rule.moved_from
    return np.stack([still | unknown, moved | unknown], axis=-1)


def verdict(rule: ConformalRule, probability: float) -> Verdict:
    """The only answer that is left open; unsure where there are two, and where there is none.

    A segment with no answer is unlike everything that the rule was fitted on, which is a reason to abstain and not to
    choose. To count it as both answers can only make the rule err less often.
    """
    still, moved = allowed(rule, np.array(probability))
    if still == moved:
        return Verdict.UNSURE
    return Verdict.STILL if still else Verdict.MOVED


def widening(quantiles: FloatArray, true: FloatArray, patient: ArrayLike, error: float = ERROR) -> float:
    """By how much intervals must be widened at both ends to miss a share ``error`` of the true values [Romano2019].

    ``quantiles`` (n 6 3) are low, middle and high, ``true`` (n 6), ``patient`` (n); NaN is left out. Negative where
    intervals were too wide. In units of the values. Raises as :func:`fit_conformal` does.
    """
    return quantile_by_patient(np.maximum(quantiles[..., 0] - true, true - quantiles[..., 2]), patient, error)


def widened(quantiles: FloatArray, by: float) -> FloatArray:
    """Low, middle and high (… 3) with both ends moved outwards, or inwards as far as the middle.

    To stop at the middle keeps an interval from turning inside out, and never loses a value that was covered.
    """
    low, middle, high = np.moveaxis(quantiles, -1, 0)
    return np.stack([np.minimum(low - by, middle), middle, np.maximum(high + by, middle)], axis=-1)


def quantile_by_patient(value: FloatArray, patient: ArrayLike, error: float) -> float:
    """The value that one of a new patient's exceeds with a chance of at most ``error`` [Lee2023].

    ``value`` (n) or (n s), NaN = left out; ``patient`` (n). Each patient has the same share, divided among its values,
    and one share more stands for the new patient, of whom nothing is known. Raises InputError for too few patients,
    GeometryError unless there is one patient for each row.
    """
    names = np.asarray(patient)
    if names.shape != value.shape[:1]:
        raise GeometryError("not one patient a row", expected=value.shape[:1], found=names.shape)
    present = ~np.isnan(value)
    rows = np.nonzero(present)[0]
    different, number, n_each = np.unique(names[rows], return_inverse=True, return_counts=True)
    n_needed = math.ceil(1.0 / error - 1.0 - ROUNDING)
    if len(different) < n_needed:
        raise InputError(
            f"too few patients to state an error level of {error:.0%}",
            expected=f"{n_needed} or more with values",
            found=len(different),
        )
    order = np.argsort(value[present], kind="stable")
    share = 1.0 / ((len(different) + 1) * n_each[number[order]])
    reached = np.searchsorted(np.cumsum(share), 1.0 - error - ROUNDING)
    return float(value[present][order[reached]])
