"""In which ways labels are wrong, by the map: errors of attention take a whole map, errors of judgement a segment."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from myoqc.evaluate.audit.finding import SHARES
from myoqc.evaluate.audit.labels import AuditedLabels, BoolArray
from myoqc.evaluate.audit.suspicion import Suspicion, most_suspicious


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """Maps that are wrong in one way."""

    name: str
    n_maps: int
    n_labels: int
    """That are wrong in them."""
    found: tuple[float, ...]
    """Share of the maps that is among the most suspicious, for each of the shares re-read; NaN where there is none."""


def error_kinds(labels: AuditedLabels, suspicion: Suspicion) -> list[ErrorKind]:
    """Each map with a wrong label is of one kind."""
    reread = [most_suspicious(suspicion, share) for share in SHARES]
    return [_kind(name, of_kind, labels.wrong, reread) for name, of_kind in _parted(labels).items()]


def _parted(labels: AuditedLabels) -> dict[str, BoolArray]:
    """Name → (n) maps of that kind."""
    moves, marked = labels.truth.any(axis=1), labels.label.any(axis=1)
    missed, added = (labels.wrong & labels.truth).any(axis=1), (labels.wrong & labels.label).any(axis=1)
    both = moves & marked
    parts = {
        "moving map, nothing marked": moves & ~marked,
        "still map, something marked": ~moves & marked,
        "moving map, segments missed": both & missed & ~added,
        "moving map, segments added": both & added & ~missed,
        "moving map, segments missed and added": both & missed & added,
    }
    return {name: np.asarray(part) for name, part in parts.items()}


def _kind(name: str, of_kind: BoolArray, wrong: BoolArray, reread: Sequence[BoolArray]) -> ErrorKind:
    found = tuple(float(seen[of_kind].mean()) if of_kind.any() else float("nan") for seen in reread)
    return ErrorKind(name, int(of_kind.sum()), int(np.sum(wrong[of_kind])), found)
