"""What ``myoqc check`` prints: what was found, and what came of it."""

from itertools import groupby

from rich.markup import escape

from myoqc.acquire import Catalogue, SeriesFound
from myoqc.cli.console import console, note, warn
from myoqc.cli.studies import RunResult
from myoqc.report.words import Verdict

STYLES = {Verdict.MOTION: "bold dark_orange3", Verdict.CLEAR: "blue", Verdict.UNSCORED: "dim"}


def print_listing(catalogue: Catalogue) -> None:
    """Every series with its role and the reason, the slices that can be checked, and what can't be used."""
    for study, group in groupby(catalogue.series, key=lambda series: series.study_label):
        console.print(f"\n[bold]{escape(study)}[/bold]")
        for series in group:
            _print_series(series)
    console.print(f"\n[bold]Slices that can be checked: {len(catalogue.entries)}[/bold]")
    for entry in catalogue.entries:
        console.print(f"  {escape(entry.study_label)}: {escape(entry.label)}", soft_wrap=True)
    for problem in catalogue.lost:
        warn(problem.message)
    for problem in catalogue.notes:
        note(problem.message)


def _print_series(series: SeriesFound) -> None:
    number = "" if series.number is None else str(series.number)
    images = "1 image" if series.n_images == 1 else f"{series.n_images} images"
    console.print(
        f"{number:>5}  {escape(series.description or 'no description')}: {series.role.value} ({images})", soft_wrap=True
    )
    source = f"; inversion times from {series.ti_source}" if series.ti_source else ""
    console.print(f"       [dim]{escape(series.why + source)}[/dim]", soft_wrap=True)


def print_result(result: RunResult) -> None:
    """One line a slice, where the reports are, and what could not be used."""
    for study in result.studies:
        console.print(f"\n[bold]{escape(study.label)}[/bold]")
        for each in study.slices:
            console.print(f"  [{STYLES[each.verdict]}]{escape(each.line)}[/]", soft_wrap=True)
        console.print(f"  Report: {escape(str(study.report))}", soft_wrap=True)
    for _, reason in result.unusable:
        warn(reason)
    for _, text in result.notes:
        note(text)
    if not result.studies:
        warn("Nothing could be checked. 'myoqc check INPUT --list' shows how each series was understood.")
