"""Who marks which segments, and how often each of them is right."""

import numpy as np

from myoqc.evaluate.audit.consensus import Rater
from myoqc.evaluate.audit.labels import AuditedLabels, BoolArray

LABEL, SECOND, MACHINE = "label", "second reader", "machine"


def marks_of(labels: AuditedLabels) -> dict[str, BoolArray]:
    """Rater → the segments (n 6) that it marks."""
    return {LABEL: labels.label, SECOND: labels.second, MACHINE: labels.called}


def known_raters(labels: AuditedLabels) -> dict[str, Rater]:
    """Rater → how often it is right, by the truth; NaN where nothing moves, or everything."""
    return {name: _known(name, marks, labels.truth) for name, marks in marks_of(labels).items()}


def _known(name: str, marks: BoolArray, truth: BoolArray) -> Rater:
    return Rater(name, _share(marks[truth]), _share(~marks[~truth]))


def _share(right: BoolArray) -> float:
    return float(np.mean(right)) if right.size else float("nan")
