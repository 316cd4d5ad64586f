"""The work of ``myoqc evaluate contours``, with its progress bar, what it writes and what it prints."""

import os
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from myoqc.cli.console import console, progress
from myoqc.cohort import Cohort
from myoqc.report.writing import write_together
from myoqc.train.make_stability import Choices, Result, make_stability
from myoqc.train.stability_page import LEGEND, document, outlines, page, sheets, table, verdicts, what_was_done


def compare_with_progress(
    folder: Path, out: Path, weights: Path | None, choices: Choices, workers: int | None
) -> Result:
    """The stability experiment on the cohort in ``folder``, with a bar that begins where an earlier run was stopped."""
    with progress() as bars:
        task = bars.add_task("Measuring patients by true and by automatic contours", total=None)
        return make_stability(
            Cohort.open(folder),
            out,
            weights,
            choices,
            workers=workers or os.cpu_count() or 1,
            progress=lambda done, total: bars.update(task, completed=done, total=total),
        )


def write_result(result: Result, out: Path) -> None:
    """The same figures for machines, for spreadsheets and for people; raises OutputError."""
    texts = {"json": document(result), "tsv": table(result), "md": page(result)}
    write_together({out / f"stability.{kind}": text.encode() for kind, text in texts.items()})


def print_result(result: Result, out: Path) -> None:
    """What was done, the tables, and what follows from them."""
    console.print(escape(what_was_done(result)))
    for sheet in (*sheets(result, brief=True), outlines(result)):
        shown = Table(*sheet.head, title=sheet.title, title_justify="left", box=None)
        for row in sheet.rows:
            shown.add_row(*row)
        console.print(shown)
    console.print(LEGEND)
    for line in verdicts(result):
        console.print(f"[bold]{escape(line)}[/bold]")
    console.print(f"Tables with all intervals in {escape(str(out / 'stability.md'))}", soft_wrap=True)
