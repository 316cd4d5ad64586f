"""The tables of a reproduction that docs/results.md shows, as Markdown.

myoqc reproduce COHORT --out OUT
python benchmarks/results_tables.py OUT
"""

import csv
import json
from pathlib import Path
from typing import Annotated

import typer

from myoqc.report.sheet_files import markdown_table

TABLES = (
    "against-operator-segments",
    "against-truth-segments",
    "against-operator-images",
    "against-truth-images",
    "against-operator-segments-differences",
    "against-truth-segments-differences",
    "table-1-operator",
    "table-1-truth",
    "other-artefacts-operator",
    "other-artefacts-truth",
    "attention",
    "figure-8",
    "right",
    "right-moving-in-truth",
    "right-still-in-truth",
    "selection-second-reader",
    "selection-truth",
    "corrected",
    "outlines-against-truth-segments-differences",
)


KINDS_OF_MAPS = ("no other artefact", "other artefact")
"""Of the table of attention, the rows that are shown."""


def main(out: Annotated[Path, typer.Argument(help="Folder of a reproduction.")]) -> None:
    """Print the lead and the tables that are there."""
    for line in json.loads((out / "results.json").read_text(encoding="utf-8"))["lead"]:
        typer.echo(f"- {line}")
    for name in TABLES:
        path = out / "tables" / f"{name}.tsv"
        if path.exists():
            head, *rows = csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t")
            if name == "attention":
                rows = [row for row in rows if row[0] in KINDS_OF_MAPS]
            typer.echo(f"\n### {name.replace('-', ' ').capitalize()}\n\n{markdown_table(head, rows)}")


if __name__ == "__main__":
    typer.run(main)
