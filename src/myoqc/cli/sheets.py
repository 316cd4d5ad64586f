"""Tables of words on the screen."""

from collections.abc import Iterable

from rich.markup import escape
from rich.table import Table

from myoqc.cli.console import console
from myoqc.report.sheet import Sheet


def print_sheets(sheets: Iterable[Sheet]) -> None:
    """Each table with its title, an empty line before it."""
    for sheet in sheets:
        console.print()
        shown = Table(title=escape(sheet.title), title_justify="left", box=None)
        for name in sheet.head:
            shown.add_column(escape(name))
        for row in sheet.rows:
            shown.add_row(*map(escape, row))
        console.print(shown)
