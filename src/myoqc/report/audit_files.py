"""What an audit of labels leaves on disk: the list, the corrected labels, the figures, the curve and the page."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from myoqc import __version__
from myoqc.aha import Segment
from myoqc.evaluate.audit import AuditResult, FoundCurve
from myoqc.report.audit_list import ListedMap
from myoqc.report.audit_page import AuditedSlice, audit_page
from myoqc.report.audit_picture import pictures
from myoqc.report.writing import write_together

COLUMNS = ("rank", "case", "patient", "segments", "label", "score", "suspicion", "why", "simulated")
PAGE, LIST, CORRECTED, RESULTS = "index.html", "audit.tsv", "corrected.tsv", "results.json"


def write_audit(
    out: Path,
    result: AuditResult,
    listed: Sequence[ListedMap],
    slices: Sequence[AuditedSlice],
    told: Sequence[str],
    choices: Mapping[str, Any],
) -> None:
    """Write everything into ``out``, made if absent; ``told`` stands on the page, ``choices`` in the results.

    Raises OutputError.
    """
    drawn = pictures(result.curves)
    contents = {
        PAGE: audit_page(slices, result, told, drawn["found.png"]).encode("utf-8", errors="backslashreplace"),
        LIST: list_text(listed).encode(),
        CORRECTED: corrected_text(result).encode(),
        RESULTS: document(result, choices).encode(),
    }
    write_together({out / name: content for name, content in (contents | drawn).items()})


def list_text(listed: Sequence[ListedMap]) -> str:
    """A line a map, the most suspicious one first; scores are those of the segments in question."""
    return _lines([COLUMNS, *map(_cells, listed)])


def corrected_text(result: AuditResult) -> str:
    """A line a segment: the labels after re-reading, 0 or 1."""
    rows = [
        (case, segment.word, str(int(labels[segment])))
        for case, labels in zip(result.labels.case, result.rereading.label, strict=True)
        for segment in Segment
    ]
    return _lines([("case", "segment", "label"), *rows])


def document(result: AuditResult, choices: Mapping[str, Any]) -> str:
    """Everything as JSON; null stands for what has no value."""
    again = result.rereading
    content = {
        "format": "myoqc-audit",
        "version": 1,
        "made_by": f"myoqc {__version__}",
        "simulated": True,
        "choices": dict(choices),
        "maps": len(result.labels.case),
        "patients": len(set(result.labels.patient)),
        "ranked_by": result.ranking.by,
        "figures": [asdict(each) for each in result.figures],
        "curves": [_curve(each) for each in result.curves],
        "kinds": [asdict(each) for each in result.kinds],
        "rereading": {
            "share": again.share,
            "maps": int(again.reread.sum()),
            "labels_changed": again.n_changed,
            "maps_changed": again.n_maps_changed,
            "before": asdict(again.before),
            "after": asdict(again.after),
        },
        "raters": {
            "truth": [asdict(each) for each in result.known.values()],
            "dawid_skene": [asdict(each) for each in result.raters],
        },
    }
    return json.dumps(_plain(content), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _cells(of: ListedMap) -> tuple[str, ...]:
    return (
        str(of.rank),
        of.case,
        of.patient,
        ", ".join(segment.word for segment in of.in_question),
        of.marked,
        ", ".join(f"{score:.4f}" for score in of.score),
        f"{of.suspicion:.6f}",
        of.why,
        "1",
    )


def _curve(of: FoundCurve) -> dict[str, Any]:
    return {"by": of.by, "unit": of.unit, "reread": of.reread.tolist(), "found": of.found.tolist()}


def _lines(rows: Sequence[Sequence[str]]) -> str:
    return "".join("\t".join(row) + "\n" for row in rows)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value
