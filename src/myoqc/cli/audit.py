"""``myoqc audit``: which of a reader's labels are worth reading again."""

from pathlib import Path
from typing import Annotated

import typer

from myoqc.cli.exit_codes import EXIT_CODES_HELP

EPILOG = f"""[bold]What it needs[/bold]

COHORT   a simulated cohort, for the pictures and a second reader
SCORES   a table as 'myoqc evaluate scores' reads it, .csv or .tsv:
         case = the cohort's slice_uid; scores out of fold

[bold]What it leaves in DIR[/bold]

index.html      the most suspicious labels, with pictures
audit.tsv       all maps, the most suspicious one first
corrected.tsv   the labels after re-reading: case, segment, label
results.json    how well the list finds wrong labels
found.png/.svg  the same as a curve

[bold]Examples[/bold]

myoqc audit COHORT scores.tsv --out OUT
  by the scores, with cleanlab
myoqc audit COHORT scores.tsv --out OUT --readers
  by two readers and the machine, with Dawid-Skene
myoqc audit COHORT scores.tsv --out OUT --reread 0.1
  re-read the first tenth only

{EXIT_CODES_HELP}"""


def audit(
    cohort: Annotated[Path, typer.Argument(metavar="COHORT", help="Folder of a simulated cohort.")],
    scores: Annotated[Path, typer.Argument(metavar="SCORES", help="Table of its scores and labels: .csv or .tsv.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where results go; made if absent.")],
    readers: Annotated[
        bool, typer.Option("--readers", help="Rank by what label, second reader and machine together say.")
    ] = False,
    top: Annotated[int, typer.Option("--top", min=1, help="Slices with pictures.")] = 50,
    reread: Annotated[
        float, typer.Option("--reread", min=0.0, max=1.0, help="Share of the maps that the second reader re-reads.")
    ] = 0.2,
    resamples: Annotated[int, typer.Option("--resamples", min=100, help="Draws of patients for intervals.")] = 2000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of these draws.")] = 0,
) -> None:
    """List the labels that are most likely wrong, with pictures, and measure how well that finds them.

    Needs the optional part 'audit'.
    """
    from myoqc.cli.audited_labels import audit_with_progress
    from myoqc.extras import require

    require("audit")
    audit_with_progress(cohort, scores, out, readers=readers, top=top, reread=reread, resamples=resamples, seed=seed)
