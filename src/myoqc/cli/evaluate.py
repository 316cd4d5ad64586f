"""``myoqc evaluate``: measures how far answers can be relied on, on simulated cohorts and on tables of anybody's."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from myoqc.cli.exit_codes import EXIT_CODES_HELP


class ScoresIfFile(TyperGroup):
    """Takes ``myoqc evaluate FILE.csv`` for ``myoqc evaluate scores FILE.csv``; no command has a dot in its name."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """What click asks for; the first word is a command or a file."""
        is_file = args[0] not in self.commands and bool(Path(args[0]).suffix)
        return super().resolve_command(ctx, ["scores", *args] if is_file else args)


app = typer.Typer(
    cls=ScoresIfFile,
    no_args_is_help=True,
    rich_markup_mode="rich",
    epilog=EXIT_CODES_HELP,
    help="Measure how far answers can be relied on: [bold]myoqc evaluate scores.csv[/bold] does it for any table of "
    "scores and labels.",
)

CONTOURS_EPILOG = f"""[bold]Examples[/bold]

myoqc simulate cohort COHORT --seed 7
  what to measure on
myoqc evaluate contours COHORT --out OUT
  the tables, on screen and in OUT
myoqc evaluate contours COHORT --out OUT --operator
  trained on what a reader would say

{EXIT_CODES_HELP}"""
SCORES_EPILOG = f"""[bold]The table[/bold], a row a segment, six rows a case; CSV or TSV in UTF-8

case, patient   names of the slice and of whom it is of
segment         1-6 (AHA, within the slice) or anterior ...
score           0-1, rising with suspicion of motion
label           0 or 1: motion, says the reference
truth           optional: 0 or 1, another reference
second          optional: 0-1, another scorer, compared
fold, field, level, phenotype, severity, artefact, distractor
                optional: kinds of cases, reported apart
simulated       optional: 0 or 1, told in the results

[bold]Examples[/bold]

myoqc evaluate scores.csv
  the tables, on screen
myoqc evaluate scores.csv --out OUT
  results.json, figures.tsv and the curves, too

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


@app.command("scores", epilog=SCORES_EPILOG)
def scores(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Table of scores and labels: .csv or .tsv.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="Where files go, if wanted; made if absent.")
    ] = None,
    resamples: Annotated[int, typer.Option("--resamples", min=100, help="Draws of patients for intervals.")] = 2000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of these draws.")] = 0,
    threshold: Annotated[
        float, typer.Option("--threshold", min=0.01, max=0.99, help="Score from which on a case is called.")
    ] = 0.5,
) -> None:
    """Measure any scorer by a table of its scores and of labels; 'myoqc evaluate FILE.csv' does the same."""
    from myoqc.cli.evaluated_scores import evaluate_with_progress

    evaluate_with_progress(file, out, resamples, seed, threshold)
