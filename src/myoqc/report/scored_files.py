"""What an evaluation of scores found, as files: everything as JSON, a line a figure as TSV, and the pictures."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from myoqc import __version__
from myoqc.evaluate.scored import Curves, Figure
from myoqc.records.scored_cases import ScoredCases
from myoqc.report.scored_pictures import pictures
from myoqc.report.writing import write_together


def write_evaluation(
    out: Path, cases: ScoredCases, figures: Sequence[Figure], curves: Sequence[Curves], choices: Mapping[str, Any]
) -> None:
    """Write ``results.json``, ``figures.tsv`` and the pictures as PNG and SVG into ``out``, made if absent.

    ``choices`` are told as they are. Raises OutputError.
    """
    contents = {
        out / "results.json": document(cases, figures, curves, choices).encode(),
        out / "figures.tsv": table(figures).encode(),
    }
    contents |= {out / name: content for name, content in pictures(curves).items()}
    write_together(contents)


def document(
    cases: ScoredCases, figures: Sequence[Figure], curves: Sequence[Curves], choices: Mapping[str, Any]
) -> str:
    """Everything as JSON; null stands for what has no value."""
    content = {
        "format": "myoqc-evaluation",
        "version": 1,
        "made_by": f"myoqc {__version__}",
        "choices": dict(choices),
        "slices": len(cases.case),
        "patients": len(set(cases.patient)),
        "simulated_slices": None if cases.simulated is None else int(cases.simulated.sum()),
        "unused_columns": list(cases.unused),
        "figures": [{name: _plain(value) for name, value in asdict(each).items()} for each in figures],
        "curves": [_curve(each) for each in curves],
    }
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def table(figures: Sequence[Figure]) -> str:
    """A line for each figure, with tabs between its columns; empty for what has no value."""
    names = [field.name for field in fields(Figure)]
    rows = [
        ["" if _plain(getattr(each, name)) is None else str(getattr(each, name)) for name in names] for each in figures
    ]
    return "".join("\t".join(row) + "\n" for row in (names, *rows))


def _curve(of: Curves) -> dict[str, Any]:
    roc = None if of.roc is None else _lists(of.roc, "false_alarms", "found")
    band = None if of.band is None else _lists(of.band, "false_alarms", "low", "high")
    return {
        "reference": of.reference,
        "scorer": of.scorer,
        "unit": of.unit,
        "roc": roc,
        "band": band,
        "reliability": _lists(of.reliability, "probability", "share", "n_cases"),
        "decision": _lists(of.decision, "threshold", "net_benefit", "of_all"),
    }


def _lists(curve: object, *names: str) -> dict[str, list[float]]:
    return {name: getattr(curve, name).tolist() for name in names}


def _plain(value: object) -> object:
    return None if isinstance(value, float) and math.isnan(value) else value
