"""``myoqc evaluate``: measures on simulated cohorts how far answers can be relied on."""

from pathlib import Path
from typing import Annotated

import typer

from myoqc.cli.exit_codes import EXIT_CODES_HELP

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    epilog=EXIT_CODES_HELP,
    help="Measure, on simulated cohorts, how far answers can be relied on.",
)

CONTOURS_EPILOG = f"""[bold]Examples[/bold]

myoqc simulate cohort COHORT --seed 7
  what to measure on
myoqc evaluate contours COHORT --out OUT
  the tables, on screen and in OUT
myoqc evaluate contours COHORT --out OUT --operator
  trained on what a reader would say

{EXIT_CODES_HELP}"""


@app.callback()
def root() -> None:
    """Each question has a command of its own."""


@app.command("contours", epilog=CONTOURS_EPILOG)
def contours(
    cohort: Annotated[Path, typer.Argument(metavar="COHORT", help="Folder of a simulated cohort.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where results go; made if absent.")],
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes at work; as many as processors if not given.")
    ] = None,
    operator: Annotated[
        bool, typer.Option("--operator", help="Train on the labels of the simulated operator, not on the truth.")
    ] = False,
    segmenter: Annotated[
        Path | None,
        typer.Option("--segmenter", metavar="DIR", exists=True, help="Folder of another segmenter than the shipped."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the folds and the intervals.")] = 0,
) -> None:
    """Train and test the scorer by true and by automatic contours, and tell what automatic ones cost.

    Stopped or killed, the same command goes on where it was.
    """
    from myoqc.cli.compared_contours import compare_with_progress, print_result, write_result
    from myoqc.train.make_stability import Choices

    choices = Choices("operator" if operator else "truth", seed)
    result = compare_with_progress(cohort, out, segmenter, choices, workers)
    write_result(result, out)
    print_result(result, out)
