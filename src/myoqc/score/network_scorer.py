"""A trained network as a scorer: calibrated, unsure where it is, and silent about slices unlike those it knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import ContourError, ReadError
from myoqc.records import AttentionMaps, Crop, Scores
from myoqc.score.calibration import Curve, curve_from_card
from myoqc.score.conformal import ConformalRule, allowed, widened
from myoqc.score.crop_features import features_of
from myoqc.score.familiarity import Familiarity, check_familiar
from myoqc.score.inputs import inputs_of
from myoqc.score.network import ARTEFACTS, KIND, Network, read_network
from myoqc.score.r2_rule import LEAST_FITTED

FloatArray = NDArray[np.float64]

WEIGHTS = "weights"
"""Folder of the scorer that comes with the package."""


@dataclass(frozen=True, slots=True, eq=False)
class NetworkScorer:
    """The network, and how its card says that its answers are to be read."""

    network: Network
    curve: Curve
    threshold: float
    """Probability from which a segment counts as moved."""
    rule: ConformalRule
    familiar: Familiarity
    widening: float
    """By which share of the wall's T1 intervals of its error must be widened to hold it as often as they say."""
    turned: bool = True

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.network.card["name"])

    @property
    def digest(self) -> str:
        """SHA-256 of the weights."""
        return self.network.digest

    def score(self, crop: Crop) -> Scores:
        """Probabilities (6), NaN where fewer than half of a segment's pixels were fitted, and what else it says.

        Raises NotScorableError for a slice unlike those that the network was made with, ContourError for a crop without
        segments.
        """
        if crop.masks is None:
            raise ContourError(
                "the segments of this slice are not known, so it can't be scored",
                remedy="Give contours, or segment masks, of the left ventricle.",
            )
        features = features_of(crop)
        check_familiar(self.familiar, crop.schedule, crop.method, features)
        answers = self.network.answers([inputs_of(crop)])
        probability = self.curve.probability(answers.logits[0].astype(np.float64))
        probability[~_fitted(crop, crop.masks)] = np.nan
        possible = allowed(self.rule, probability)
        return Scores(
            probability=probability,
            threshold=self.threshold,
            model_name=self.name,
            model_digest=self.digest,
            performance=str(self.network.card["performance"]),
            unsure=possible[:, 0] == possible[:, 1],
            t1_error_ms=features["wall_t1_ms"] * widened(answers.error[0].astype(np.float64), self.widening),
            artefacts={name: float(share) for name, share in zip(ARTEFACTS, answers.artefacts[0], strict=True)},
            attention=AttentionMaps(answers.attention[0], "grad-cam", crop.placement),
        )


def read_scorer(folder: Traversable) -> NetworkScorer:
    """The scorer in a folder, as ``myoqc train`` makes it; raises ReadError where there is none that can be run."""
    network = read_network(folder)
    return from_card(network, network.card)


@cache
def default_scorer() -> NetworkScorer:
    """The scorer that comes with the package; raises ReadError where its files were changed."""
    return read_scorer(shipped_folder())


def shipped_folder() -> Traversable:
    """Where the scorer that comes with the package lies."""
    return files(__package__).joinpath(WEIGHTS)


def from_card(network: Network, card: Mapping[str, Any]) -> NetworkScorer:
    """``network`` read as ``card`` says; raises ReadError for a card that does not say it."""
    file = KIND.card_file
    try:
        return NetworkScorer(
            network=network,
            curve=curve_from_card(card["probability"], file),
            threshold=float(card["thresholds"]["0.90"]),
            rule=ConformalRule.from_card(card["conformal"], file),
            familiar=Familiarity.from_card(card["familiar"], file),
            widening=float(card["error_widening"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ReadError(
            "this card does not say how its weights are to be used", file=file, found=repr(error), remedy=KIND.remedy
        ) from error


def _fitted(crop: Crop, masks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(6) whether half or more of a segment's pixels were fitted."""
    fitted = np.isfinite(crop.r2)
    return np.array([bool(mask.any()) and fitted[mask].mean() >= LEAST_FITTED for mask in masks])
