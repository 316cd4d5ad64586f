"""A reader's first look as a scorer: a segment is suspect where its R² is low [Zhang2020].

It is the baseline for every other scorer. What it says is on its card, ``r2_rule.json``: which statistic of R², how the
statistic becomes a probability, the threshold, and on which simulated hearts all that was found.
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

from myoqc.errors import ContourError, ReadError
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
class R2Rule:
    """Probability = 1 / (1 + exp(−(intercept + slope · statistic)))."""

    statistic: str
    """A name in :data:`~myoqc.score.statistics.STATISTICS`."""
    slope: float
    intercept: float
    threshold: float
    """Motion from this probability on."""
    digest: str
    name: str = "R² rule"

    @classmethod
    def from_card(cls, card: Mapping[str, Any]) -> "R2Rule":
        """The rule that ``card`` describes; raises ReadError for a card that describes none."""
        try:
            rule = cls(
                statistic=card["statistic"],
                slope=float(card["slope"]),
                intercept=float(card["intercept"]),
                threshold=float(card["threshold"]),
                digest=digest_of(card),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ReadError("this is no card of an R² rule", file=CARD_FILE, found=repr(error)) from error
        if rule.statistic not in STATISTICS:
            raise ReadError(
                "the card names an unknown statistic",
                file=CARD_FILE,
                expected=", ".join(STATISTICS),
                found=rule.statistic,
            )
        return rule

    def score(self, crop: Crop) -> Scores:
        """Probabilities (6); NaN where fewer than half of a segment's pixels were fitted.

        Raises ContourError for a crop without segments.
        """
        logit = self.intercept + self.slope * segment_statistics(crop, self.statistic)
        return Scores(1.0 / (1.0 + np.exp(-logit)), self.threshold, self.name, self.digest)


def digest_of(card: Mapping[str, Any]) -> str:
    """SHA-256 of a card: of its JSON with sorted keys and without spaces, so that layout does not matter."""
    canonical = json.dumps(card, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def read_card() -> dict[str, Any]:
    """The card that comes with the package."""
    card: dict[str, Any] = json.loads(files(__package__).joinpath(CARD_FILE).read_text(encoding="utf-8"))
    return card


@cache
def default_scorer() -> R2Rule:
    """The scorer that is used where no other is named."""
    return R2Rule.from_card(read_card())
