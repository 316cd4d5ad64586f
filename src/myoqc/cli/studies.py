"""The work of ``myoqc check``: study by study through the pipeline, each written when its slices are done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from myoqc import __version__
from myoqc.acquire import Catalogue, Entry, Problem
from myoqc.cli.console import steps
from myoqc.cli.contours import Outlines, at_level, outlines_in
from myoqc.cli.exit_codes import ExitCode, code_of_result
from myoqc.cli.folders import slice_folder, study_folder
from myoqc.cli.slices import each_slice
from myoqc.cli.written_contours import found_instead, write_outlines
from myoqc.errors import InputError
from myoqc.extras import require
from myoqc.pipeline import check, infer_insertions
from myoqc.records import Assessment
from myoqc.report import summary_lines, write_json, write_slice, write_study_report
from myoqc.report.words import Verdict, verdict
from myoqc.score import Scorer, plain_rule, read_scorer

R2_RULE = "r2-rule"
"""What the plain rule is called on the command line."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose."""

    method: str = "auto"
    readout_correction: float = 1.0
    engine: str = "auto"
    contours: Path | None = None
    fail_on_motion: bool = False
    automatic: bool = True
    scorer: Scorer | None = None


@dataclass(frozen=True, slots=True)
class SliceResult:
    """One slice: where its files are, and its answer."""

    folder: Path
    line: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class StudyResult:
    """One study: its report and its slices."""

    label: str
    report: Path
    slices: tuple[SliceResult, ...]


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run made, what it could not use with notes on what cost nothing, and the exit status that says it."""

    studies: tuple[StudyResult, ...]
    problems: tuple[Problem, ...]
    exit_code: ExitCode


def scorer_called(name: str | None, *, saliency: bool = False) -> Scorer | None:
    """The plain rule, or what was trained in a folder; None for the usual one.

    With ``saliency`` it shows that in place of Grad-CAM. Raises ReadError where there is none, InputError for saliency
    of the rule, which is no network, and MissingExtraError where torch is not installed.
    """
    if saliency:
        if name == R2_RULE:
            raise InputError("the R² rule is no network, so it has no saliency", remedy="Leave out one of the two.")
        require("train")
        from myoqc.train.saliency_scorer import with_saliency

        return with_saliency(None if name is None else Path(name))
    if name is None:
        return None
    return plain_rule() if name == R2_RULE else read_scorer(Path(name))


def check_studies(catalogue: Catalogue, out: Path, settings: Settings) -> RunResult:
    """Check every slice; write its files, one report a study, and ``run.json`` into ``out``.

    What can't be used is listed in the report of its study and never stops the rest.
    """
    entries = sorted(catalogue.entries, key=lambda entry: entry.study_uid)
    outlines = outlines_in(settings.contours, len(entries))
    studies, problems = [], list(catalogue.problems)
    with steps("Checking slices", len(entries)) as advance:
        for _, group in groupby(entries, key=lambda entry: entry.study_uid):
            slices, lost = each_slice(group, lambda entry: _check_slice(entry, settings, outlines), advance)
            checked = _completed(slices, out, settings)
            lost += [each.misfit for each in checked if each.misfit is not None]
            studies += [_report(checked, out, lost)] if checked else []
            problems += [*lost, *found_instead([(each.entry, each.assessment) for each in checked], settings.contours)]
    problems += outlines.unused()
    # A damaged file was named by the scan, and again where its slice was to be loaded.
    found = tuple(dict.fromkeys(problems))
    result = RunResult(tuple(studies), found, _exit_code(studies, found, fail_on_motion=settings.fail_on_motion))
    write_json(_run(result, out), out / "run.json")
    return result


def _exit_code(studies: Sequence[StudyResult], problems: Sequence[Problem], *, fail_on_motion: bool) -> ExitCode:
    if fail_on_motion and any(each.verdict is Verdict.MOTION for study in studies for each in study.slices):
        return ExitCode.MOTION
    return code_of_result(any_used=bool(studies), any_lost=any(problem.lost for problem in problems))


@dataclass(frozen=True, slots=True)
class _Checked:
    """A slice and its answer; ``outlined`` where the user gave contours that were meant for it."""

    entry: Entry
    assessment: Assessment
    outlined: bool


@dataclass(frozen=True, slots=True)
class _Written:
    """A slice whose files are written; ``misfit`` says which contours did not suit it."""

    entry: Entry
    assessment: Assessment
    folder: Path
    misfit: Problem | None


def _check_slice(entry: Entry, settings: Settings, outlines: Outlines) -> _Checked:
    """Contours that were meant for this slice and do not suit it leave it unscored, with the reason.

    Its maps are made all the same, but no other outlines are looked for: a mistake in a file is told, not covered up.
    """
    acquisition, own, reason = entry.load(), None, None
    try:
        own = outlines.of(acquisition)
    except InputError as error:
        reason = str(error)
    if own is not None and own.level is not None:
        acquisition = at_level(acquisition, own.level)
    assessment = check(
        acquisition,
        contours=None if own is None else own.contours,
        automatic=settings.automatic and reason is None,
        method=settings.method,
        readout_correction=settings.readout_correction,
        engine=settings.engine,
        scorer=settings.scorer,
    )
    if reason is not None:
        assessment = replace(assessment, abstained=reason)
    return _Checked(entry, assessment, outlined=own is not None or reason is not None)


def _completed(checked: Sequence[_Checked], out: Path, settings: Settings) -> list[_Written]:
    """The slices of one study once each knows the others: missing insertions are inferred, then all is written."""
    assessments = infer_insertions([each.assessment for each in checked], scorer=settings.scorer)
    written = [
        _write(replace(each, assessment=assessment), out, settings)
        for each, assessment in zip(checked, assessments, strict=True)
    ]
    if written:
        slices = [(before.assessment, each.folder) for before, each in zip(checked, written, strict=True)]
        write_outlines(slices, out / study_folder(written[0].entry), keep=settings.contours)
    return written


def _write(checked: _Checked, out: Path, settings: Settings) -> _Written:
    entry, assessment = checked.entry, checked.assessment
    folder = out / study_folder(entry) / slice_folder(assessment.acquisition)
    write_slice(assessment, folder)
    misfit = None
    if checked.outlined and assessment.segments is None:
        file = str(settings.contours)
        misfit = Problem(file, f"{file}, {entry.label}: {assessment.abstained}")
    return _Written(entry, assessment, folder, misfit)


def _report(checked: Sequence[_Written], out: Path, lost: Sequence[Problem]) -> StudyResult:
    """Write the report of one study, of which at least one slice could be used."""
    entry = checked[0].entry
    assessments = [each.assessment for each in checked]
    report = write_study_report(
        assessments,
        out / study_folder(entry) / "report.html",
        title=entry.study_label,
        unusable=[(problem.file, problem.message) for problem in lost],
    )
    folders = [each.folder for each in checked]
    lines = summary_lines(assessments)
    slices = [SliceResult(*each) for each in zip(folders, lines, map(verdict, assessments), strict=True)]
    return StudyResult(entry.study_label, report, tuple(slices))


def _run(result: RunResult, out: Path) -> dict[str, Any]:
    """What ``run.json`` holds, for programs that read the results of a run; paths are relative to ``out``."""
    return {
        "software": {"name": "myoqc", "version": __version__},
        "exit_code": int(result.exit_code),
        "studies": [
            {
                "label": study.label,
                "report": study.report.relative_to(out).as_posix(),
                "slices": [
                    {
                        "folder": each.folder.relative_to(out).as_posix(),
                        "verdict": each.verdict.value,
                        "headline": each.line,
                    }
                    for each in study.slices
                ],
            }
            for study in result.studies
        ],
        "unusable": [{"file": each.file, "reason": each.message} for each in result.problems if each.lost],
        "notes": [{"file": each.file, "text": each.message} for each in result.problems if not each.lost],
    }
