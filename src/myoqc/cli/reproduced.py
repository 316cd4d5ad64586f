"""The work of ``myoqc reproduce``, with its progress bars, what it writes and what it prints."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.markup import escape

from myoqc.cli.console import console, note, progress
from myoqc.cli.sheets import print_sheets
from myoqc.cohort import Cohort
from myoqc.evaluate.scored import Question
from myoqc.report.reproduced_tables import table_1
from myoqc.report.scored_tables import LEGEND, cautions, sheets
from myoqc.report.story import PAGE
from myoqc.train.make_crossval import Work
from myoqc.train.reproduction import Scored, Wanted, score_all
from myoqc.train.reproduction_figures import Reproduced, measure_all
from myoqc.train.reproduction_files import write_reproduction
from myoqc.train.reproduction_story import lead

PARTS = 1000
"""Steps of the bar of trainings for each of them."""


def reproduce_with_progress(folder: Path, out: Path, wanted: Wanted, workers: int | None, ray: str | None) -> None:
    """Train, score, measure, write and print; each with its bar."""
    cohort = Cohort.open(folder)
    with progress() as bars:
        training = bars.add_task("Training folds", total=None, visible=False)

        def tell(done: float, total: int) -> None:
            bars.update(training, visible=True, completed=round(done * PARTS), total=total * PARTS)

        def watch(numbers: list[int], description: str) -> Iterable[int]:
            return bars.track(numbers, description=description)

        scored = score_all(cohort, out, wanted, Work(workers, watch, tell, ray))
        bars.remove_task(training)

        def ask(questions: Sequence[Question], description: str) -> Iterable[Question]:
            return bars.track(questions, description=description)

        found = measure_all(scored, ask)
    write_reproduction(out, scored, found)
    _print(scored, found, out)


def _print(scored: Scored, found: Reproduced, out: Path) -> None:
    clean = found.clean
    for line in cautions(clean.cases, clean.figures):
        note(line)
    print_sheets(each for each in sheets(clean.cases, clean.figures) if ": segments" in each.title)
    print_sheets(table_1(of, reference) for reference, of in found.folds.items())
    console.print()
    console.print(LEGEND)
    for line in lead(scored, found):
        console.print(f"[bold]{escape(line)}[/bold]")
    console.print(f"All tables, figures and the story in {escape(str(out / PAGE))}", soft_wrap=True)
