"""What ``myoqc check`` prints: what was found, and what came of it."""

from collections.abc import Sequence
from itertools import groupby

from rich.markup import escape

from myoqc.acquire import Catalogue, Entry, SeriesFound
from myoqc.cli.console import console
from myoqc.cli.exit_codes import ExitCode, code_of_result
from myoqc.cli.slices import tell
from myoqc.cli.studies import RunResult
from myoqc.report.words import Verdict

STYLES = {Verdict.MOTION: "bold dark_orange3", Verdict.CLEAR: "blue", Verdict.UNSCORED: "dim"}


def print_listing(catalogue: Catalogue) -> None:
    """Every series with its role and the reason, the slices that can be checked and those that can't, and why."""
    for study, group in groupby(catalogue.series, key=lambda series: series.study_label):
        console.print(f"\n[bold]{escape(study)}[/bold]")
        for series in group:
            _print_series(series)
    usable = [entry for entry in catalogue.entries if not entry.obstacle]
    _print_slices("Slices that can be checked", usable)
    if len(usable) < len(catalogue.entries):
        _print_slices("Slices that can't be used", [entry for entry in catalogue.entries if entry.obstacle])
    told = {entry.obstacle for entry in catalogue.entries}
    tell(problem for problem in catalogue.problems if problem.message not in told)


def listing_code(catalogue: Catalogue) -> ExitCode:
    """The exit status of a listing: that of a check, as far as it can be told without reading pixels."""
    obstacles = [entry.obstacle for entry in catalogue.entries]
    return code_of_result(any_used=not all(obstacles), any_lost=any(obstacles) or bool(catalogue.lost))


def _print_slices(title: str, entries: Sequence[Entry]) -> None:
    """A count, then each slice with what stands against it."""
    console.print(f"\n[bold]{title}: {len(entries)}[/bold]")
    for entry in entries:
        console.print(f"  {escape(entry.study_label)}: {escape(entry.label)}", soft_wrap=True)
        if entry.obstacle:
            console.print(f"    [yellow]{escape(entry.obstacle)}[/yellow]", soft_wrap=True)


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
    tell(result.problems)
