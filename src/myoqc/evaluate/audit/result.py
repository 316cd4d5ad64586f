"""Everything that one audit found."""

from collections.abc import Mapping
from dataclasses import dataclass

from myoqc.evaluate.audit.consensus import Rater
from myoqc.evaluate.audit.error_kinds import ErrorKind
from myoqc.evaluate.audit.finding import AuditFigure, FoundCurve
from myoqc.evaluate.audit.labels import AuditedLabels
from myoqc.evaluate.audit.rereading import Rereading
from myoqc.evaluate.audit.suspicion import Suspicion


@dataclass(frozen=True, slots=True, eq=False)
class AuditResult:
    """The list, and what the truth says of it."""

    labels: AuditedLabels
    ranking: Suspicion
    """What orders the list."""
    figures: tuple[AuditFigure, ...]
    curves: tuple[FoundCurve, ...]
    kinds: tuple[ErrorKind, ...]
    rereading: Rereading
    raters: tuple[Rater, ...]
    """How often each rater is right, by their agreement alone; empty where there is one reader."""
    known: Mapping[str, Rater]
    """Rater → how often it is right in truth."""
