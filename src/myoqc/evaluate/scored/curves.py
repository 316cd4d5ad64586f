"""What is drawn of a scorer against a reference."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.evaluate.calibration import ReliabilityCurve, reliability_curve
from myoqc.evaluate.decision_curve import DecisionCurve, decision_curve
from myoqc.evaluate.roc import RocCurve, roc_curve
from myoqc.evaluate.scored.sample import IMAGES, SEGMENTS
from myoqc.evaluate.segments import by_image, by_segment
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
    reliability: ReliabilityCurve
    decision: DecisionCurve


def curves(cases: ScoredCases) -> list[Curves]:
    """The curves of every scorer against every reference, over segments and over images."""
    found = []
    for reference, motion in cases.references.items():
        for unit, of in ((SEGMENTS, by_segment), (IMAGES, by_image)):
            for scorer, scores in cases.scorers.items():
                score, positive = of(scores, motion)
                roc = roc_curve(score, positive) if 0 < positive.sum() < len(positive) else None
                reliability = reliability_curve(score, positive)
                found.append(
                    Curves(reference, scorer, unit, roc, reliability, decision_curve(score, positive, THRESHOLDS))
                )
    return found
