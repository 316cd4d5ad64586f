"""What ``check`` and ``fit`` share: the scan, the way through the slices, and what is said about the rest."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from myoqc.acquire import Catalogue, Entry, Problem, scan
from myoqc.cli.console import note, progress, warn
from myoqc.errors import InputError

Result = TypeVar("Result")


def scan_with_progress(source: Path) -> Catalogue:
    """What ``source`` holds, with a progress bar over its files."""
    with progress() as bars:
        task = bars.add_task("Reading headers", total=None)
        return scan(source, lambda done, total: bars.update(task, completed=done, total=total))


def each_slice(
    entries: Iterable[Entry], work: Callable[[Entry], Result], advance: Callable[[], None]
) -> tuple[list[Result], list[Problem]]:
    """What ``work`` gives for each slice, and those that can't be used: an InputError never stops the rest."""
    results, problems = [], []
    for entry in entries:
        try:
            results.append(work(entry))
        except InputError as error:
            problems.append(Problem.of(error, f"{entry.study_label}, {entry.label}"))
        advance()
    return results, problems


def tell(problems: Iterable[Problem]) -> None:
    """A line on standard error for each, and none twice: first what was lost, then notes on what cost nothing."""
    for problem in sorted({each.message: each for each in problems}.values(), key=lambda each: not each.lost):
        (warn if problem.lost else note)(problem.message)
