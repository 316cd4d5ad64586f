"""From a statistic of a segment to a probability, and the probability from which a segment counts as moved.

Arrays have any axes; a segment that was not scored is NaN and left out. One curve serves all six segments. Curves are
fitted on patients that the model was not trained on, and every curve rises, so that it never changes an order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from myoqc.errors import GeometryError, InputError, ReadError
from myoqc.records.arrays import frozen

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SPECIFICITY = 0.90
"""Share of the segments without motion that lie below the threshold."""
OPERATING_POINTS = (SPECIFICITY, 0.95)
"""Specificities for which a card holds a threshold."""


@dataclass(frozen=True, slots=True)
class TemperatureCurve:
    """Probability = 1 / (1 + exp(−(logit / temperature + intercept))) [Guo2017].

    Raises InputError for a temperature that is not positive, and for anything but numbers.
    """

    temperature: float
    """Above 1 for a model that is too sure of itself."""
    intercept: float
    """Corrects for motion being more or less frequent than in training."""

    def __post_init__(self) -> None:
        if not (np.isfinite([self.temperature, self.intercept]).all() and self.temperature > 0.0):
            raise InputError("no curve of probability", expected="a temperature above 0", found=self)

    def probability(self, logit: FloatArray) -> FloatArray:
        """(…) of motion, NaN where the logit is."""
        return np.asarray(expit(logit / self.temperature + self.intercept))

    def to_card(self) -> dict[str, Any]:
        """What a card says about it."""
        return {"kind": "temperature", "temperature": self.temperature, "intercept": self.intercept}


@dataclass(frozen=True, slots=True, eq=False)
class IsotonicCurve:
    """Probability between knots on a straight line, and constant beyond the first and the last [Zadrozny2002].

    Raises GeometryError for knots of different numbers, InputError for fewer than two, for knots that do not rise, and
    for values that are no probability.
    """

    logit: FloatArray
    """(k) rising"""
    at_knots: FloatArray
    """(k) probability, rising"""

    def __post_init__(self) -> None:
        for name in ("logit", "at_knots"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, "k", f"the knots' {name}"))
        if self.logit.shape != self.at_knots.shape:
            raise GeometryError("not one probability a knot", expected=len(self.logit), found=len(self.at_knots))
        rising = all((np.diff(knots) > 0.0).all() and np.isfinite(knots).all() for knots in (self.logit, self.at_knots))
        if not (rising and len(self.logit) >= 2 and self.at_knots[0] >= 0.0 and self.at_knots[-1] <= 1.0):
            raise InputError(
                "no curve of probability", expected="two or more rising knots, 0 to 1", found=self.at_knots
            )

    def probability(self, logit: FloatArray) -> FloatArray:
        """(…) of motion, NaN where the logit is."""
        return np.asarray(np.interp(logit, self.logit, self.at_knots))

    def to_card(self) -> dict[str, Any]:
        """What a card says about it."""
        return {"kind": "isotonic", "logit": self.logit.tolist(), "probability": self.at_knots.tolist()}


Curve = TemperatureCurve | IsotonicCurve


def curve_from_card(entry: Mapping[str, Any], file: str) -> Curve:
    """The curve that an entry of the card ``file`` describes; raises ReadError for an entry that describes none."""
    try:
        if entry["kind"] == "temperature":
            return TemperatureCurve(float(entry["temperature"]), float(entry["intercept"]))
        if entry["kind"] == "isotonic":
            return IsotonicCurve(entry["logit"], entry["probability"])
    except (KeyError, TypeError, ValueError, InputError) as error:
        raise ReadError("the card holds no curve of probability", file=file, found=repr(error)) from error
    raise ReadError(
        "the card names an unknown curve of probability",
        file=file,
        expected="temperature, isotonic",
        found=entry["kind"],
    )


def calibrate(value: FloatArray, motion: BoolArray | FloatArray) -> tuple[float, float]:
    """Slope and intercept of the logistic curve of greatest likelihood [Platt1999].

    ``motion`` is the truth, or the probability of it that the curve should come near.
    """
    # For those who train: a check should not wait for it to load.
    from scipy.optimize import minimize

    scored = np.isfinite(value)
    value, motion = value[scored], motion[scored]
    centre, spread = value.mean(), value.std()

    def loss(weights: FloatArray) -> float:
        logit = weights[0] * (value - centre) / spread + weights[1]
        return float(np.mean(np.logaddexp(0.0, logit) - motion * logit))

    slope, intercept = minimize(loss, np.zeros(2)).x
    return float(slope / spread), float(intercept - slope * centre / spread)


def fit_temperature(logit: FloatArray, motion: BoolArray) -> TemperatureCurve:
    """The curve of greatest likelihood for targets a little inside of 0 and 1 [Platt1999].

    With these it is finite even where the logits part still from moved without an error. Raises InputError unless
    segments of both kinds were scored and moved ones score higher.
    """
    logit, motion = _scored(logit, motion)
    n_moved, n_still = motion.sum(), (~motion).sum()
    slope, intercept = calibrate(logit, np.where(motion, (n_moved + 1) / (n_moved + 2), 1 / (n_still + 2)))
    if slope <= 0.0:
        raise InputError("the logits do not rise with motion", expected="a slope above 0", found=f"{slope:.3g}")
    return TemperatureCurve(temperature=1.0 / slope, intercept=intercept)


def fit_isotonic(logit: FloatArray, motion: BoolArray) -> IsotonicCurve:
    """The rising steps nearest to the truth, each made one knot at its mean logit [Zadrozny2002].

    Straight lines between the knots, in place of the steps themselves, leave no two different logits between the first
    and the last with one probability: a threshold can be set anywhere there. No knot is nearer to 0 or 1 than
    1 / (n + 2), since n segments can't show that something never happens. Raises InputError unless segments of both
    kinds were scored and moved ones score higher.
    """
    from scipy.optimize import isotonic_regression

    logit, motion = _scored(logit, motion)
    different, number, n_each = np.unique(logit, return_inverse=True, return_counts=True)
    steps = isotonic_regression(np.bincount(number, weights=motion) / n_each, weights=n_each)
    starts = steps.blocks[:-1]
    if len(starts) < 2:
        raise InputError("the logits do not rise with motion", expected="two or more steps", found=len(starts))
    mean_logit = np.add.reduceat(different * n_each, starts) / np.add.reduceat(n_each, starts)
    nearest = 1.0 / (len(logit) + 2)
    return IsotonicCurve(mean_logit, np.clip(steps.x[starts], nearest, 1.0 - nearest))


def threshold_at(probability: FloatArray, motion: BoolArray, specificity: float = SPECIFICITY) -> float:
    """The lowest probability of a segment without motion that a share ``specificity`` of these do not exceed."""
    return float(np.nanquantile(probability[~motion], specificity, method="higher"))


def _scored(logit: FloatArray, motion: BoolArray) -> tuple[FloatArray, BoolArray]:
    """The segments that have a logit, as (n)."""
    scored = np.isfinite(logit)
    logit, motion = logit[scored], motion[scored]
    if motion.all() or not motion.any():
        found = f"{motion.sum()} moved, {(~motion).sum()} still"
        raise InputError("no curve of probability without segments of both kinds", expected="both", found=found)
    return logit, motion
