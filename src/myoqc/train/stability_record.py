"""What was measured so far, a line of JSON a patient, so that a long run goes on where it was stopped."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc import __version__
from myoqc.aha import Level
from myoqc.cohort import Cohort
from myoqc.cohort.drawn import plain
from myoqc.cohort.files import not_written, one_line, write_whole
from myoqc.cohort.workers import in_processes
from myoqc.errors import OutputError, ReadError
from myoqc.locate import Segmenter, read_segmenter, shipped_segmenter
from myoqc.simulate.labels import Artefact
from myoqc.train.segmenter_figures import NAN, Judged
from myoqc.train.stability_measuring import Measured, Outlines, measure_patient

RECORD = "measured.jsonl"
FORMAT, VERSION = "myoqc-stability", 1

Progress = Callable[[int, int], None]
"""Told the number of patients that are done, and of all."""


def measure(
    cohort: Cohort, cases: Sequence[int], folder: Path, weights: Path | None, *, workers: int, progress: Progress
) -> list[Measured]:
    """The basal and mid slices among ``cases``, in order, measured in ``folder`` or what is lacking of it.

    ``weights`` is the folder of a segmenter, None = the shipped one. Raises OutputError where the folder holds other
    measurements or can't be written, and ReadError for a record that is damaged before its last line.
    """
    patients = _by_patient(cohort, cases)
    record = folder / RECORD
    measured = _begun(record, _about(cohort, segmenter_in(weights)))
    lacking = [(cohort.folder, weights, name, patients[name]) for name in patients if name not in measured]
    progress(len(patients) - len(lacking), len(patients))
    for line in in_processes(_measure_one, lacking, workers) if lacking else ():
        _append(record, line)
        measured |= _patient(line)
        progress(len(measured.keys() & patients), len(patients))
    slices = (each for name in patients for each in measured[name])
    return sorted(slices, key=lambda each: each.case)


@cache
def segmenter_in(weights: Path | None) -> Segmenter:
    """The segmenter in a folder, read once a process; None = the shipped one."""
    return shipped_segmenter() if weights is None else read_segmenter(weights)


def _by_patient(cohort: Cohort, cases: Iterable[int]) -> dict[str, list[int]]:
    patients: dict[str, list[int]] = {}
    for number in cases:
        patients.setdefault(cohort.rows[number]["patient"], []).append(number)
    return patients


def _measure_one(folder: Path, weights: Path | None, patient: str, numbers: Sequence[int]) -> str:
    """The line of one patient."""
    measured = measure_patient(_opened(folder), numbers, segmenter_in(weights))
    return one_line({"patient": patient, "slices": [plain(each) for each in measured]})


@cache
def _opened(folder: Path) -> Cohort:
    return Cohort.open(folder)


def _about(cohort: Cohort, segmenter: Segmenter) -> dict[str, Any]:
    """Everything that decides what is measured."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "myoqc": __version__,
        "cohort": cohort.about["sha256"],
        "segmenter": segmenter.digest,
    }


def _begun(record: Path, about: Mapping[str, Any]) -> dict[str, list[Measured]]:
    """Patient → slices of what is there; begins the record where there is none."""
    if not record.exists():
        write_whole(record, one_line(about) + "\n")
        return {}
    text = record.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:  # a run was stopped while it wrote its last line
        write_whole(record, whole)
    first, *lines = whole.splitlines() or ["{}"]
    try:
        _check(record, json.loads(first), about)
        return {name: slices for line in lines for name, slices in _patient(line).items()}
    except (ValueError, KeyError, TypeError) as error:
        raise ReadError("this record is damaged", file=record, found=error, remedy="Remove it.") from error


def _check(record: Path, begun: Any, about: Mapping[str, Any]) -> None:
    if begun != about:
        raise OutputError(
            "this folder holds measurements of something else",
            file=record,
            expected=one_line(about),
            found=one_line(begun),
            remedy="Choose another folder.",
        )


def _append(record: Path, line: str) -> None:
    try:
        with record.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
    except OSError as error:
        raise not_written(record, error) from error


def _patient(line: str) -> dict[str, list[Measured]]:
    content = json.loads(line)
    return {content["patient"]: [_measured(each) for each in content["slices"]]}


def _measured(content: Mapping[str, Any]) -> Measured:
    statistics = {
        outlines: {name: _numbers(values) for name, values in content["statistics"][outlines].items()}
        for outlines in Outlines
    }
    return Measured(
        case=content["case"],
        judged=_judged(content["judged"]),
        why_not=content["why_not"],
        inferred=content["inferred"],
        statistics=statistics,
    )


def _judged(content: Mapping[str, Any]) -> Judged:
    known = {field.name: content[field.name] for field in fields(Judged)}
    known = {name: NAN if value is None else value for name, value in known.items()}
    return Judged(**known | {"level": Level(known["level"]), "artefact": Artefact(known["artefact"])})


def _numbers(values: Iterable[float | None]) -> NDArray[np.float64]:
    return np.array([NAN if value is None else value for value in values], dtype=np.float64)
