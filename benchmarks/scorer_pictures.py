"""Where scorers of several arms look, on the same slices: Fig. 5 and 7 of [Zhang2020] made again, on simulated slices.

    python benchmarks/scorer_pictures.py COHORT... --arms OUT --to docs/attention.png

OUT is the folder that ``scorer_arms.py COHORT... --out OUT`` filled. A row for each kind of slice, from the subjects
set aside: the first with two to four segments that moved. Grad-CAM of these segments, as a share of its peak; white
lines are the borders of the segments that moved. The picture's name ends in .png or .svg.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from scorer_arms import ANSWERS, folder_of
from scorer_slices import KINDS, watch

from myoqc.cohort import Cohort
from myoqc.errors import MyoqcError
from myoqc.train.attention_pictures import attention_picture
from myoqc.train.scorer_examples import ScorerExamples
from myoqc.train.scorer_training import read_examples

ROWS = ("drawn", "real anatomies", "other artefact")


def chosen(slices: ScorerExamples) -> dict[str, int]:
    """The slice of each row."""
    moved = slices.motion.sum(axis=1)
    found = {}
    for name in ROWS:
        candidates = np.flatnonzero(KINDS[name](slices) & (moved >= 2) & (moved <= 4))
        if len(candidates):
            found[name] = int(candidates[0])
    return found


def main(
    cohorts: Annotated[list[Path], typer.Argument()],
    arms: Annotated[Path, typer.Option()],
    to: Annotated[Path, typer.Option()],
    runs: Annotated[str, typer.Option()] = "none supervised moved shuffled shifted",
) -> None:
    """Draw the picture."""
    try:
        slices = read_examples([Cohort.open(folder) for folder in cohorts], "tested", 0, watch)
    except MyoqcError as error:
        typer.echo(f"scorer_pictures.py: {error}", err=True)
        raise typer.Exit(4) from None
    cases, attention = chosen(slices), {}
    for run in runs.split():
        with np.load(arms / folder_of(run) / ANSWERS) as answers:
            attention[run] = answers["attention"][list(cases.values())]
    to.write_bytes(attention_picture(slices, cases, attention)[to.suffix.removeprefix(".")])


if __name__ == "__main__":
    typer.run(main)
