"""What ``myoqc check`` prints: what was found, and what came of it."""

from rich.markup import escape
from rich.table import Table

from myoqc.acquire import Catalogue
from myoqc.cli.console import console, warn
from myoqc.cli.studies import RunResult
from myoqc.report.words import Verdict

STYLES = {Verdict.MOTION: "bold dark_orange3", Verdict.CLEAR: "blue", Verdict.UNSCORED: "dim"}


def print_listing(catalogue: Catalogue) -> None:
    """Every series with its role and the reason, the slices that can be checked, and what can't be used."""
    table = Table(title="Series", title_justify="left", show_lines=False)
    for heading in ("study", "no.", "description", "images", "understood as", "inversion times from", "why"):
        table.add_column(heading, justify="right" if heading in {"no.", "images"} else "left", overflow="fold")
    for series in catalogue.series:
        number = "" if series.number is None else str(series.number)
        row = (series.study_label, number, series.description, str(series.n_images), series.role.value)
        table.add_row(*map(escape, (*row, series.ti_source or "–", series.why)))
    console.print(table)
    console.print(f"\n{len(catalogue.entries)} slice(s) that can be checked:")
    for entry in catalogue.entries:
        console.print(f"  {escape(entry.study_label)}: {escape(entry.label)} ({len(entry.files)} files)")
    for problem in catalogue.problems:
        warn(problem.message)


def print_result(result: RunResult) -> None:
    """One line a slice, where the reports are, and what could not be used."""
    for study in result.studies:
        console.print(f"\n[bold]{escape(study.label)}[/bold]")
        for each in study.slices:
            console.print(f"  [{STYLES[each.verdict]}]{escape(each.line)}[/]", soft_wrap=True)
        console.print(f"  Report: {escape(str(study.report))}", soft_wrap=True)
    for _, reason in result.unusable:
        warn(reason)
    if not result.studies:
        warn("Nothing could be checked. 'myoqc check INPUT --list' shows how each series was understood.")
