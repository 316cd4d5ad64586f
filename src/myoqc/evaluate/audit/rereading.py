"""What becomes of labels when the most suspicious maps are read anew by somebody else."""

from dataclasses import dataclass

import numpy as np

from myoqc.evaluate.audit.labels import AuditedLabels, BoolArray
from myoqc.evaluate.audit.suspicion import Suspicion, most_suspicious


@dataclass(frozen=True, slots=True)
class Errors:
    """Labels that are wrong, and maps with one or more."""

    segments: int
    maps: int


@dataclass(frozen=True, slots=True, eq=False)
class Rereading:
    """The labels of the most suspicious maps are those of the second reader; all others stay."""

    share: float
    reread: BoolArray
    """(n) maps."""
    label: BoolArray
    """(n 6) afterwards."""
    n_changed: int
    """Labels."""
    n_maps_changed: int
    before: Errors
    after: Errors


def reread_labels(labels: AuditedLabels, suspicion: Suspicion, share: float) -> Rereading:
    """Replace the labels of the most suspicious ``share`` of the maps, 0 to 1 (0 = none)."""
    reread = most_suspicious(suspicion, share) if share > 0.0 else np.zeros(len(labels.case), dtype=bool)
    corrected = np.where(reread[:, None], labels.second, labels.label)
    changed = corrected != labels.label
    return Rereading(
        share=share,
        reread=reread,
        label=corrected,
        n_changed=int(changed.sum()),
        n_maps_changed=int(changed.any(axis=1).sum()),
        before=_errors(labels.wrong),
        after=_errors(corrected != labels.truth),
    )


def _errors(wrong: BoolArray) -> Errors:
    return Errors(int(wrong.sum()), int(wrong.any(axis=1).sum()))
