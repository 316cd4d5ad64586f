"""What is drawn of a scorer against a reference."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import InputError
from myoqc.evaluate.bootstrap import Resamples
from myoqc.evaluate.calibration import ReliabilityCurve, reliability_curve
from myoqc.evaluate.decision_curve import DecisionCurve, decision_curve
from myoqc.evaluate.roc import RocCurve, roc_curve
from myoqc.evaluate.roc_band import RocBand, roc_band
from myoqc.evaluate.scored.sample import Maps, Sample, images_of, segments_of
from myoqc.records.scored_cases import ScoredCases

THRESHOLDS: NDArray[np.float64] = np.arange(1, 100) / 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Of one scorer, one reference and one unit."""

    reference: str
    scorer: str
    unit: str
    """'segments' or 'images'."""
    roc: RocCurve | None
    """None where all units are of one class."""
    band: RocBand | None
    """Of the ROC curve, by patient; None where there is no such curve, or no resample has one."""
    reliability: ReliabilityCurve
    decision: DecisionCurve


def curves(cases: ScoredCases, drawn: Resamples) -> list[Curves]:
    """The curves of every scorer against every reference, over segments and over images."""
    return [
        _curves(reference, scorer, of(Maps(motion, drawn), scores))
        for reference, motion in cases.labels.items()
        for of in (segments_of, images_of)
        for scorer, scores in cases.scores.items()
    ]


def _curves(reference: str, scorer: str, sample: Sample) -> Curves:
    score, positive = sample.score, sample.positive
    return Curves(
        reference,
        scorer,
        sample.unit,
        roc=roc_curve(score, positive) if sample.n_with and sample.n_without else None,
        band=_band(sample),
        reliability=reliability_curve(score, positive),
        decision=decision_curve(score, positive, THRESHOLDS),
    )


def _band(sample: Sample) -> RocBand | None:
    try:
        return roc_band(sample.score, sample.positive, sample.resamples)
    except InputError:
        return None
