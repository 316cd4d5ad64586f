"""A reader's first look as a scorer: a segment is suspect where its R² is low [Zhang2020].

It is the baseline for every other scorer. What it says is on its card, ``r2_rule.json``. R² is distributed differently
with every scheme, so the card holds for each schedule by itself which statistic of R² is taken, how it becomes a
probability, the threshold, and how well that did on simulated hearts. A schedule that is not on it is not scored.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import ContourError, NotScorableError, ReadError
from myoqc.records import Crop, Scores
from myoqc.score.statistics import STATISTICS

FloatArray = NDArray[np.float64]

CARD_FILE = "r2_rule.json"
LEAST_FITTED = 0.5
"""A segment with a smaller share of fitted pixels is not scored."""


def segment_statistics(crop: Crop, statistic: str) -> FloatArray:
    """One number (6) per segment, the higher the more suspect; NaN where fewer than half of the pixels were fitted.

    Raises ContourError for a crop without segments.
    """
    if crop.masks is None:
        raise ContourError(
            "the segments of this slice are not known, so it can't be scored",
            remedy="Give contours, or segment masks, of the left ventricle.",
        )
    values = [crop.r2[mask].astype(np.float64) for mask in crop.masks]
    return np.array([_statistic_of(r2, statistic) for r2 in values])


def _statistic_of(r2: FloatArray, statistic: str) -> float:
    fitted = r2[np.isfinite(r2)]
    if len(fitted) == 0 or len(fitted) < LEAST_FITTED * len(r2):
        return float("nan")
    return STATISTICS[statistic](fitted)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The rule for one schedule: probability = 1 / (1 + exp(−(intercept + slope · statistic)))."""

    method: str
    """The fit whose R² it is for."""
    statistic: str
    """A name in :data:`~myoqc.score.statistics.STATISTICS`."""
    slope: float
    intercept: float
    threshold: float
    """Motion from this probability on."""
    sensitivity: float
    """Share of the segments with motion that reach the threshold, on simulated hearts held out from calibration."""
    specificity: float
    """Share of those without motion that do not."""

    @classmethod
    def from_card(cls, entry: Mapping[str, Any]) -> "Calibration":
        """What the card says about one schedule; raises ReadError for an entry that does not say it."""
        try:
            statistic, held_out = entry["statistic"], entry["held_out"]
            numbers = [float(entry[key]) for key in ("slope", "intercept", "threshold")]
            figures = [float(held_out[key]) for key in ("sensitivity", "specificity")]
            calibration = cls(entry["method"], statistic, *numbers, *figures)
        except (KeyError, TypeError, ValueError) as error:
            raise ReadError("this is no card of an R² rule", file=CARD_FILE, found=repr(error)) from error
        if statistic not in STATISTICS:
            raise ReadError(
                "the card names an unknown statistic", file=CARD_FILE, expected=", ".join(STATISTICS), found=statistic
            )
        return calibration

    def probability(self, crop: Crop) -> FloatArray:
        """(6), NaN where fewer than half of a segment's pixels were fitted."""
        logit = self.intercept + self.slope * segment_statistics(crop, self.statistic)
        return np.asarray(1.0 / (1.0 + np.exp(-logit)))

    def performance(self, name: str) -> str:
        """One sentence for people: what the rule called ``name`` finds, and what it calls wrongly."""
        return (
            f"On simulated hearts without contrast agent the {name} finds {100 * self.sensitivity:.0f} % of the "
            f"segments with motion, and calls {100 * (1 - self.specificity):.0f} % of those without motion moved."
        )


@dataclass(frozen=True, slots=True, eq=False)
class R2Rule:
    """The rule for every schedule that it was calibrated for."""

    calibrations: Mapping[str, Calibration]
    """By the name of the schedule."""
    digest: str
    name: str = "R² rule"
    turned: bool = False

    @classmethod
    def from_card(cls, card: Mapping[str, Any]) -> "R2Rule":
        """The rule that ``card`` describes; raises ReadError for a card that describes none."""
        schedules = card.get("schedules")
        if not isinstance(schedules, Mapping) or not schedules:
            raise ReadError("this is no card of an R² rule", file=CARD_FILE, expected="schedules", found=list(card))
        return cls({name: Calibration.from_card(entry) for name, entry in schedules.items()}, digest_of(card))

    def score(self, crop: Crop) -> Scores:
        """Probabilities (6) by the calibration of the crop's schedule.

        Raises NotScorableError for a schedule, or a fit, that the rule was not calibrated for, and ContourError for a
        crop without segments.
        """
        chosen = self._calibration(crop)
        performance = chosen.performance(self.name)
        return Scores(chosen.probability(crop), chosen.threshold, self.name, self.digest, performance)

    def _calibration(self, crop: Crop) -> Calibration:
        chosen = self.calibrations.get(crop.schedule)
        if chosen is None:
            known = ", ".join(self.calibrations)
            raise NotScorableError(
                f"the {self.name} was calibrated for {known}; this is {crop.schedule or 'of an unknown schedule'}"
            )
        if chosen.method != crop.method:
            raise NotScorableError(
                f"the {self.name} was calibrated for {crop.schedule} with the fit '{chosen.method}'; "
                f"this is fitted by '{crop.method or 'unknown'}'"
            )
        return chosen


def digest_of(card: Mapping[str, Any]) -> str:
    """SHA-256 of a card: of its JSON with sorted keys and without spaces, so that layout does not matter."""
    canonical = json.dumps(card, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def read_card() -> dict[str, Any]:
    """The card that comes with the package."""
    card: dict[str, Any] = json.loads(files(__package__).joinpath(CARD_FILE).read_text(encoding="utf-8"))
    return card


@cache
def plain_rule() -> R2Rule:
    """The rule of the card that comes with the package."""
    return R2Rule.from_card(read_card())
