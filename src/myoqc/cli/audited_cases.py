"""A table of scores beside the cohort that it is of."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from myoqc.acquire.score_table import read_scores
from myoqc.cohort import Cohort
from myoqc.errors import InputError
from myoqc.evaluate.audit import AuditedLabels
from myoqc.records.scored_cases import ScoredCases


@dataclass(frozen=True, slots=True, eq=False)
class AuditedCases:
    """The labels of a table, and where their maps are in the cohort."""

    labels: AuditedLabels
    number: tuple[int, ...]
    """(n) of each map in the cohort."""
    n_left_out: int
    """Maps of the cohort that the table lacks."""
    n_other_labels: int
    """Labels of the table that are not those of the cohort's operator."""


def audited_cases(cohort: Cohort, table: Path) -> AuditedCases:
    """Read the table and find its cases in the cohort by their ``slice_uid``.

    Raises what reading a table raises, and InputError, naming the table, for cases that the cohort does not have, and
    where it says something else of what is true.
    """
    cases = read_scores(table)
    place = {row["slice_uid"]: number for number, row in enumerate(cohort.rows)}
    _check_known(cases, place, cohort, table)
    number = [place[case] for case in cases.case]
    score, label, truth = _arrays(cases)
    _check_truth(truth, cohort.motion[number], cases, table)
    labels = AuditedLabels(
        case=cases.case,
        patient=cases.patient,
        label=label,
        score=score,
        second=cohort.second_reader[number],
        truth=cohort.motion[number],
    )
    n_other = int((label != cohort.operator[number]).sum())
    return AuditedCases(labels, tuple(number), len(cohort) - len(number), n_other)


def what_was_audited(cases: AuditedCases) -> list[str]:
    """How much of what, and what a person should know of it."""
    labels = cases.labels
    lines = [
        f"SIMULATED: {len(labels.case)} maps with {labels.label.size} labels, of {len(set(labels.patient))} patients; "
        f"{int(labels.label.sum())} labels are marks."
    ]
    if cases.n_left_out:
        lines.append(f"Not audited: {cases.n_left_out} maps of the cohort that are not in the table.")
    if cases.n_other_labels:
        lines.append(f"The table's labels are audited; {cases.n_other_labels} are not those of the cohort's operator.")
    return lines


def _arrays(
    cases: ScoredCases,
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_] | None]:
    """Score, label and truth (n 6); None where the table tells no truth."""
    return cases.scores["score"], cases.labels["label"], cases.labels.get("truth")


def _check_known(cases: ScoredCases, place: dict[str, int], cohort: Cohort, table: Path) -> None:
    unknown = [case for case in cases.case if case not in place]
    if unknown:
        raise InputError(
            f"{len(unknown)} of {len(cases.case)} cases are not in the cohort {cohort.folder}",
            file=table,
            expected=f"its slice_uid, such as {next(iter(place))!r}",
            found=repr(unknown[0]),
            remedy="Give the cohort that was scored.",
        )


def _check_truth(truth: NDArray[np.bool_] | None, known: NDArray[np.bool_], cases: ScoredCases, table: Path) -> None:
    other = [] if truth is None else np.flatnonzero((truth != known).any(axis=1)).tolist()
    if other:
        raise InputError(
            f"{len(other)} cases have another truth than the cohort",
            file=table,
            expected="the same",
            found=f"another of case {cases.case[other[0]]!r}",
            remedy="Give the cohort that was scored.",
        )
