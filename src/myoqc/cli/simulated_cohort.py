"""The work of ``myoqc simulate cohort``, with its progress bars and what it prints."""

import os
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from myoqc.cli.console import console, progress, warn
from myoqc.cli.exit_codes import ExitCode
from myoqc.cohort import Cohort, Request, make_cohort
from myoqc.cohort.datasheet import prevalence_rows


def make_with_progress(folder: Path, request: Request, workers: int | None) -> Cohort:
    """Make a cohort, or what is lacking of it, with a bar that begins where an earlier run was stopped."""
    with progress() as bars:
        task = bars.add_task("Simulating slices", total=None)
        return make_cohort(
            folder,
            request,
            workers=workers or os.cpu_count() or 1,
            progress=lambda done, total: bars.update(task, completed=done, total=total),
        )


def print_cohort(cohort: Cohort) -> None:
    """What there is now, how often what occurs in it, and where."""
    counts, digests = cohort.about["counts"], cohort.about["sha256"]
    console.print(f"SIMULATED: {counts['cases']} slices of {counts['patients']} patients")
    title, *rows = prevalence_rows(cohort.about)
    table = Table(*title, box=None)
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print(f"Digests: arrays {digests['arrays'][:12]}, table {digests['table'][:12]}")
    console.print(f"Cohort in {escape(str(cohort.folder))}; begin with its datasheet.md", soft_wrap=True)


def verify_with_progress(folder: Path) -> ExitCode:
    """Compare every case with its digest, and name those that differ."""
    cohort = Cohort.open(folder)
    damaged = []
    with progress() as bars:
        for number in bars.track(range(len(cohort)), description="Reading cases"):
            damaged += [] if cohort.is_sound(number) else [number]
    for number in damaged:
        warn(f"case {number} is not what was written")
    console.print(f"{len(cohort) - len(damaged)} of {len(cohort)} cases are as they were written")
    return ExitCode.SOME_UNUSABLE if damaged else ExitCode.SUCCESS
