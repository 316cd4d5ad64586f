"""Everything that commands print: one console, progress bars, tables of results."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


@contextmanager
def progress() -> Iterator[Progress]:
    """Progress bars with time left, on standard error where that is a terminal; gone when done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bars:
        yield bars


@contextmanager
def steps(description: str, n_steps: int) -> Iterator[Callable[[], None]]:
    """One progress bar; what it gives is called after each of ``n_steps``."""
    with progress() as bars:
        task = bars.add_task(description, total=n_steps)
        yield lambda: bars.advance(task)


def warn(text: str) -> None:
    """A line on standard error; ``text`` may come from a file, so no markup in it counts."""
    errors.print(f"[yellow]![/yellow] {escape(text)}", soft_wrap=True)


def note(text: str) -> None:
    """A line on standard error about something that cost nothing."""
    errors.print(f"[dim]· {escape(text)}[/dim]", soft_wrap=True)
