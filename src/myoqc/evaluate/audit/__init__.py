"""Which of a reader's labels are suspicious, and how well a list of them finds those that are wrong."""

from myoqc.evaluate.audit.consensus import Consensus, Rater, consensus, told_apart
from myoqc.evaluate.audit.error_kinds import ErrorKind, error_kinds
from myoqc.evaluate.audit.finding import (
    AUC,
    BEST,
    CHANCE,
    MAPS,
    SEGMENTS,
    SHARES,
    UNITS,
    AuditFigure,
    FoundCurve,
    asked,
    found_at,
    found_curve,
)
from myoqc.evaluate.audit.labels import CALLED_FROM, AuditedLabels
from myoqc.evaluate.audit.raters import known_raters, marks_of
from myoqc.evaluate.audit.rereading import Errors, Rereading, reread_labels
from myoqc.evaluate.audit.result import AuditResult
from myoqc.evaluate.audit.suspicion import (
    CLEANLAB,
    DAWID_SKENE,
    DIFFERENCE,
    Suspicion,
    by_cleanlab,
    by_difference,
    most_suspicious,
)

__all__ = [
    "AUC",
    "BEST",
    "CALLED_FROM",
    "CHANCE",
    "CLEANLAB",
    "DAWID_SKENE",
    "DIFFERENCE",
    "MAPS",
    "SEGMENTS",
    "SHARES",
    "UNITS",
    "AuditFigure",
    "AuditResult",
    "AuditedLabels",
    "Consensus",
    "ErrorKind",
    "Errors",
    "FoundCurve",
    "Rater",
    "Rereading",
    "Suspicion",
    "asked",
    "by_cleanlab",
    "by_difference",
    "consensus",
    "error_kinds",
    "found_at",
    "found_curve",
    "known_raters",
    "marks_of",
    "most_suspicious",
    "reread_labels",
    "told_apart",
]
