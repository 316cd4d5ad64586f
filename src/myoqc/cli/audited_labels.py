"""The work of ``myoqc audit``, with its progress bars, what it writes and what it prints."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.markup import escape

from myoqc.acquire.naming import naming
from myoqc.cli.audited_cases import AuditedCases, audited_cases, what_was_audited
from myoqc.cli.console import console, progress
from myoqc.cli.sheets import print_sheets
from myoqc.cohort import Cohort
from myoqc.evaluate import draw_resamples
from myoqc.evaluate.audit import (
    DAWID_SKENE,
    UNITS,
    AuditedLabels,
    AuditResult,
    Rater,
    Suspicion,
    asked,
    by_cleanlab,
    by_difference,
    consensus,
    error_kinds,
    found_curve,
    known_raters,
    marks_of,
    reread_labels,
    told_apart,
)
from myoqc.records import Assessment
from myoqc.report.audit_files import PAGE, write_audit
from myoqc.report.audit_list import ListedMap, listed_maps
from myoqc.report.audit_page import AuditedSlice, audited_slice
from myoqc.report.audit_tables import LEGEND, sheets


def audit_with_progress(
    folder: Path, table: Path, out: Path, *, readers: bool, top: int, reread: float, resamples: int, seed: int
) -> None:
    """Rank the labels of the table, measure the list, draw its first maps, write and print."""
    cohort = Cohort.open(folder)
    cases = audited_cases(cohort, table)
    with naming(table):
        result = _audited(cases.labels, readers, reread, resamples, seed)
    listed = listed_maps(cases.labels, result.ranking)
    slices = _drawn(cohort, cases, listed[:top], result)
    told = [*what_was_audited(cases), f"Ranked by {result.ranking.by}."]
    choices = {"readers": readers, "top": top, "reread": reread, "resamples": resamples, "seed": seed}
    write_audit(out, result, listed, slices, told, choices)
    for line in told:
        console.print(escape(line), soft_wrap=True)
    print_sheets(sheets(result))
    console.print()
    console.print(escape(LEGEND))
    console.print(f"Begin with {escape(str(out / PAGE))}", soft_wrap=True)


def _audited(labels: AuditedLabels, readers: bool, reread: float, resamples: int, seed: int) -> AuditResult:
    suspicions, raters = _suspicions(labels, readers)
    drawn = draw_resamples(np.random.default_rng(seed), labels.patient, resamples)
    with progress() as bars:
        calls = asked(suspicions, labels.wrong, drawn)
        figures = tuple(call() for call in bars.track(calls, description="Measuring"))
    ranking = suspicions[0]
    return AuditResult(
        labels=labels,
        ranking=ranking,
        figures=figures,
        curves=tuple(found_curve(each, labels.wrong, unit) for unit in UNITS for each in suspicions),
        kinds=tuple(error_kinds(labels, ranking)),
        rereading=reread_labels(labels, ranking, reread),
        raters=raters,
        known=known_raters(labels),
    )


def _suspicions(labels: AuditedLabels, readers: bool) -> tuple[Sequence[Suspicion], tuple[Rater, ...]]:
    """By every method, that of the list first; and what is thought of the raters."""
    by_scores = [by_cleanlab(labels.label, labels.score), by_difference(labels.label, labels.score)]
    if not readers:
        return by_scores, ()
    with console.status("Asking the raters"):
        together = consensus(marks_of(labels))
    probability = told_apart(together.probability, labels.score)
    return [by_cleanlab(labels.label, probability, DAWID_SKENE), *by_scores], together.raters


def _drawn(cohort: Cohort, cases: AuditedCases, listed: Sequence[ListedMap], result: AuditResult) -> list[AuditedSlice]:
    slices = []
    with progress() as bars:
        for each in bars.track(listed, description="Drawing slices"):
            case = cohort.case(cases.number[each.place])
            slice_ = Assessment(case.acquisition, case.maps, case.contours, case.segments)
            slices.append(audited_slice(each, result, slice_))
    return slices
