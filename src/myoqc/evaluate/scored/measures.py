"""What is measured of a sample: how scores rank it, what they decide at a threshold, and if they are probabilities."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import InputError
from myoqc.evaluate.agreement import resampled_ac1, resampled_agreement, resampled_kappa
from myoqc.evaluate.auc import auc
from myoqc.evaluate.average_precision import resampled_average_precision
from myoqc.evaluate.bootstrap import Statistic
from myoqc.evaluate.calibration import chance_calibration_error, expected_calibration_error
from myoqc.evaluate.clustered_delong import clustered_delong, clustered_delong_difference
from myoqc.evaluate.decision_curve import resampled_net_benefit
from myoqc.evaluate.scored.figure import Estimate, by_resampling
from myoqc.evaluate.scored.sample import Sample
from myoqc.evaluate.sensitivity import resampled_sensitivity_at_specificity
from myoqc.evaluate.shares import resampled_difference, resampled_mean, resampled_share
from myoqc.evaluate.within_maps import resampled_within_maps

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Measure = Callable[[Sample], Estimate]
Comparison = Callable[[Sample, Sample], Estimate]
MadeOf = Callable[[FloatArray, BoolArray], Statistic]
"""Score and truth → the statistic."""

AUC, PRECISION, AGREEMENT = "AUC", "average precision", "agreement"
SENSITIVITY, SPECIFICITY = "sensitivity", "specificity"
SPECIFICITIES = (0.90, 0.95)


def area(sample: Sample) -> Estimate:
    """AUC with its interval by patient [Obuchowski1997]; without, where a single patient holds all cases of a kind."""
    try:
        found = clustered_delong(sample.score, sample.positive, sample.resamples.subject)
    except InputError:
        return Estimate(auc(sample.score, sample.positive))
    return Estimate(found.value, found.low, found.high, "clustered DeLong")


def area_difference(first: Sample, second: Sample) -> Estimate:
    """Paired difference of two AUCs, and the test of none [Obuchowski1997]."""
    found = clustered_delong_difference(first.score, second.score, first.positive, first.resamples.subject)
    return Estimate(found.value, found.low, found.high, "clustered DeLong", found.p_value)


def ranking() -> Mapping[str, Measure]:
    """How well scores tell cases apart, whatever the threshold."""
    found = {AUC: area, PRECISION: _resampled(resampled_average_precision)}
    for specificity in SPECIFICITIES:
        at = partial(resampled_sensitivity_at_specificity, specificity=specificity)
        found[f"sensitivity at {specificity:.0%} specificity"] = _resampled(at)
    return found


def within_maps() -> Mapping[str, Measure]:
    """Which segment of a map it is."""
    return {AUC: _resampled(resampled_within_maps)}


def decisions(threshold: float) -> Mapping[str, Measure]:
    """What is right if a case is called from ``threshold`` on."""
    return {
        AGREEMENT: _resampled(partial(_agreement, threshold=threshold)),
        "κ": _resampled(lambda score, motion: resampled_kappa(score >= threshold, motion)),
        "AC1": _resampled(lambda score, motion: resampled_ac1(score >= threshold, motion)),
        SENSITIVITY: _resampled(lambda score, motion: resampled_share(score >= threshold, motion)),
        SPECIFICITY: _resampled(lambda score, motion: resampled_share(score < threshold, ~motion)),
    }


def probabilities(threshold: float) -> Mapping[str, Measure]:
    """Whether scores, taken for probabilities, mean what they say, and what acting on them would do."""
    return {
        "calibration error": lambda sample: Estimate(expected_calibration_error(sample.score, sample.positive)),
        "calibration error by chance": lambda sample: Estimate(chance_calibration_error(sample.score)),
        "Brier score": _resampled(lambda score, motion: resampled_mean((score - motion) ** 2)),
        "net benefit": _resampled(partial(resampled_net_benefit, threshold=threshold)),
    }


def comparisons(threshold: float) -> Mapping[str, Comparison]:
    """By how much one score exceeds another over the same cases."""
    return {
        AUC: area_difference,
        PRECISION: _difference(resampled_average_precision),
        AGREEMENT: _difference(partial(_agreement, threshold=threshold)),
    }


def comparisons_within_maps() -> Mapping[str, Comparison]:
    """The same of which segment of a map it is."""
    return {AUC: _difference(resampled_within_maps)}


def _agreement(score: FloatArray, motion: BoolArray, threshold: float) -> Statistic:
    return resampled_agreement(score >= threshold, motion)


def _resampled(made_of: MadeOf) -> Measure:
    return lambda sample: by_resampling(made_of(sample.score, sample.positive), sample.resamples)


def _difference(made_of: MadeOf) -> Comparison:
    def compared(first: Sample, second: Sample) -> Estimate:
        apart = resampled_difference(*(made_of(each.score, each.positive) for each in (first, second)))
        return by_resampling(apart, first.resamples)

    return compared
