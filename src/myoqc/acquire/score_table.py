"""A table of scores and labels, one row a segment, as the slices and patients that it is of."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from myoqc.acquire.naming import naming
from myoqc.acquire.score_rows import Row, Rows, read_rows
from myoqc.aha import Segment
from myoqc.errors import ReadError
from myoqc.records.scored_cases import ScoredCases

Cases = Mapping[str, Mapping[Segment, Row]]


def read_scores(path: Path) -> ScoredCases:
    """The slices of a CSV or TSV file with the columns of :mod:`myoqc.acquire.score_rows`, as they come in it.

    Raises ReadError, naming file and line, for rows that can't be used, and for what contradicts itself: a segment of a
    slice missing or there twice, a slice of two patients or of two kinds, a patient in two folds, labels of one class.
    """
    rows = read_rows(path)
    with naming(path):
        cases = _by_case(rows.rows)
        _check_folds(rows.rows)
        found = _scored(cases, rows)
        for name, labels in found.labels.items():
            _check_classes(name, labels)
    return found


def _by_case(rows: Sequence[Row]) -> Cases:
    cases: dict[str, dict[Segment, Row]] = {}
    for row in rows:
        segments = cases.setdefault(row.case, {})
        for other in list(segments.values())[:1]:
            _check_one_slice(other, row)
        if row.segment in segments:
            raise ReadError(
                f"line {row.line}: segment {row.segment.word} of case {row.case!r} is there twice",
                expected="each of the six once",
                found=f"another in line {segments[row.segment].line}",
                remedy="Give each slice a case of its own.",
            )
        segments[row.segment] = row
    for name, segments in cases.items():
        _check_complete(name, segments)
    return cases


def _check_one_slice(first: Row, row: Row) -> None:
    said = [("patient", first.patient, row.patient)]
    said += [(name, first.strata[name], row.strata[name]) for name in row.strata]
    said += [("simulated", str(first.simulated), str(row.simulated))]
    for name, before, now in said:
        if now != before:
            raise ReadError(
                f"line {row.line}: case {row.case!r} has two values of {name}",
                expected=f"{before!r}, as in line {first.line}",
                found=repr(now),
                remedy="A case is one slice of one patient: give each a name of its own.",
            )


def _check_complete(case: str, segments: Mapping[Segment, Row]) -> None:
    missing = [segment.word for segment in Segment if segment not in segments]
    if missing:
        line = max(row.line for row in segments.values())
        raise ReadError(
            f"line {line}: case {case!r} ends without {', '.join(missing)}",
            expected=f"{len(Segment)} segments",
            found=len(segments),
            remedy="Add the rows, or leave the case out and say so beside the results.",
        )


def _check_folds(rows: Iterable[Row]) -> None:
    first: dict[str, Row] = {}
    for row in rows:
        other = first.setdefault(row.patient, row)
        if row.strata.get("fold") != other.strata.get("fold"):
            raise ReadError(
                f"line {row.line}: patient {row.patient!r} is in two folds",
                expected=f"fold {other.strata['fold']!r}, as in line {other.line}",
                found=repr(row.strata["fold"]),
                remedy="What was learnt from a patient tells nothing of how others are scored: divide by patient.",
            )


def _check_classes(name: str, labels: NDArray[np.bool_]) -> None:
    if labels.all() or not labels.any():
        raise ReadError(f"the column {name!r} has one class only", expected="both 0 and 1", found=int(labels[0, 0]))


def _scored(cases: Cases, rows: Rows) -> ScoredCases:
    ordered = [[segments[segment] for segment in Segment] for segments in cases.values()]
    of_slice = [segments[0] for segments in ordered]
    first = of_slice[0]
    return ScoredCases(
        case=tuple(cases),
        patient=tuple(row.patient for row in of_slice),
        scores=_columns(ordered, ("score", "second"), float),
        labels=_columns(ordered, ("label", "truth"), bool),
        compared=() if first.second is None else (("score", "second"),),
        strata={name: tuple(row.strata[name] for row in of_slice) for name in first.strata},
        simulated=None if first.simulated is None else np.array([row.simulated for row in of_slice], bool),
        unused=rows.unused,
    )


def _columns(ordered: Sequence[Sequence[Row]], names: Sequence[str], dtype: DTypeLike) -> dict[str, NDArray[Any]]:
    """Those of the columns that are there, each (n 6)."""
    there = [name for name in names if getattr(ordered[0][0], name) is not None]
    return {name: np.array([[getattr(row, name) for row in segments] for segments in ordered], dtype) for name in there}
