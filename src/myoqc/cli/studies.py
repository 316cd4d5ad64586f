"""The work of ``myoqc check``: study by study through the pipeline, results written as they come."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from myoqc import __version__
from myoqc.acquire import Catalogue, Entry, SliceContours, contours_for, read_contours, scan
from myoqc.cli.console import progress
from myoqc.cli.exit_codes import ExitCode
from myoqc.cli.folders import slice_folder, study_folder
from myoqc.errors import InputError
from myoqc.pipeline import APICAL, NO_CONTOURS, check
from myoqc.records import Acquisition, Assessment
from myoqc.report import summary_lines, write_json, write_slice, write_study_report
from myoqc.report.words import Verdict, verdict


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose."""

    method: str = "auto"
    readout_correction: float = 1.0
    engine: str = "auto"
    contours: Path | None = None


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
    """What a run made, what it could not use, and notes on what cost nothing: (file, reason)."""

    studies: tuple[StudyResult, ...]
    unusable: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...] = ()

    def exit_code(self, *, fail_on_motion: bool = False) -> ExitCode:
        """The exit status that says it."""
        verdicts = {each.verdict for study in self.studies for each in study.slices}
        if not verdicts:
            return ExitCode.NOTHING_USABLE
        if fail_on_motion and Verdict.MOTION in verdicts:
            return ExitCode.MOTION
        return ExitCode.SOME_UNUSABLE if self.unusable else ExitCode.SUCCESS


def scan_with_progress(source: Path) -> Catalogue:
    """What ``source`` holds, with a progress bar over its files."""
    with progress() as bars:
        task = bars.add_task("Reading headers", total=None)
        return scan(source, lambda done, total: bars.update(task, completed=done, total=total))


def check_studies(catalogue: Catalogue, out: Path, settings: Settings) -> RunResult:
    """Check every slice; write its files, one report a study, and ``run.json`` into ``out``.

    What can't be used is listed in the report of its study and never stops the rest.
    """
    if settings.contours is not None:
        read_contours(settings.contours)
    unusable = [(problem.file, problem.message) for problem in catalogue.lost]
    notes = [(problem.file, problem.message) for problem in catalogue.notes]
    studies = []
    entries = sorted(catalogue.entries, key=lambda entry: entry.study_uid)
    with progress() as bars:
        task = bars.add_task("Checking slices", total=len(entries))
        for _, group in groupby(entries, key=lambda entry: entry.study_uid):
            study, failed = _check_study(list(group), out, settings, advance=lambda: bars.advance(task))
            unusable += failed
            studies += [] if study is None else [study]
    # A damaged file was named by the scan, and again where its slice was to be loaded.
    result = RunResult(tuple(studies), tuple(dict.fromkeys(unusable)), tuple(notes))
    write_json(_run(result, out), out / "run.json")
    return result


def _check_study(
    entries: list[Entry], out: Path, settings: Settings, advance: Callable[[], None]
) -> tuple[StudyResult | None, list[tuple[str, str]]]:
    """Check the slices of one study and write its report; None where no slice could be used."""
    folder = out / study_folder(entries[0])
    assessments, folders, unusable = [], [], []
    for entry in entries:
        try:
            assessment = _check_slice(entry.load(), settings)
        except InputError as error:
            unusable.append((error.file or entry.label, str(error)))
        else:
            assessments.append(assessment)
            folders.append(folder / slice_folder(assessment.acquisition))
            write_slice(assessment, folders[-1])
            if assessment.abstained not in (None, NO_CONTOURS, APICAL):
                unusable.append((str(settings.contours), f"{settings.contours}, {entry.label}: {assessment.abstained}"))
        advance()
    if not assessments:
        return None, unusable
    title = entries[0].study_label
    report = write_study_report(assessments, folder / "report.html", title=title, unusable=unusable)
    lines = summary_lines(assessments)
    slices = [SliceResult(*each) for each in zip(folders, lines, map(verdict, assessments), strict=True)]
    return StudyResult(title, report, tuple(slices)), unusable


def _check_slice(acquisition: Acquisition, settings: Settings) -> Assessment:
    """Contours that do not suit this slice leave it unscored, with the reason; its maps are made all the same."""
    reason = None
    outlines = None
    try:
        outlines = _outlines(acquisition, settings.contours)
    except InputError as error:
        reason = str(error)
    if outlines is not None and outlines.level is not None:
        acquisition = replace(acquisition, key=replace(acquisition.key, level=outlines.level))
    assessment = check(
        acquisition,
        contours=None if outlines is None else outlines.contours,
        method=settings.method,
        readout_correction=settings.readout_correction,
        engine=settings.engine,
    )
    return assessment if reason is None else replace(assessment, abstained=reason)


def _outlines(acquisition: Acquisition, path: Path | None) -> SliceContours | None:
    if path is None:
        return None
    return contours_for(acquisition, read_contours(path, acquisition.grid))


def _run(result: RunResult, out: Path) -> dict[str, Any]:
    """What ``run.json`` holds, for programs that read the results of a run; paths are relative to ``out``."""
    return {
        "software": {"name": "myoqc", "version": __version__},
        "exit_code": int(result.exit_code()),
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
        "unusable": [{"file": file, "reason": reason} for file, reason in result.unusable],
        "notes": [{"file": file, "text": text} for file, text in result.notes],
    }
