"""What supervision of attention brings: the arms of the experiment and seeds, trained on the same slices; Markdown.

    python benchmarks/scorer_arms.py COHORT... --out OUT
    python benchmarks/scorer_arms.py COHORT... --out OUT --runs "none supervised moved shuffled shifted" --epochs 5
    python benchmarks/scorer_arms.py COHORT... --out OUT --runs "supervised:1 supervised:2 supervised/operator"
    python benchmarks/scorer_arms.py COHORT... --out OUT --runs "supervised@small supervised@deep"
    python benchmarks/scorer_arms.py COHORT... --out OUT --runs "supervised supervised+plain supervised+each-image"

A run is an arm; a seed after a colon, 0 unless said; whose labels are learnt from after a slash, the truth unless said;
a candidate for the network after @, 'compact' unless said; another normalisation of the inputs after +. Runs have
a thread each, and finished ones are not done again. All is of the subjects set aside and against the truth; intervals
hold 95 % of resamples of subjects. Subjects are divided by seed 0 in every run.
"""

import multiprocessing
import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from scorer_networks import CANDIDATES
from scorer_normalisation import NORMALISATIONS
from scorer_slices import attention_of_moved, maps_alone, over_segments, watch

from myoqc import evaluate
from myoqc.cohort import Cohort
from myoqc.errors import MyoqcError
from myoqc.evaluate import interval
from myoqc.score.network import Answers
from myoqc.train.attention_loss import Arm
from myoqc.train.scorer_answers import answers_of
from myoqc.train.scorer_examples import ScorerExamples
from myoqc.train.scorer_figures import is_real
from myoqc.train.scorer_training import COMPACT_RECIPE, ScorerRecipe, read_examples, train_on

RESAMPLES = 500
ANSWERS = "answers.npz"
_given: dict[str, ScorerExamples] = {}
"""Read before the processes part, so that they share it."""


def recipe_of(run: str, epochs: int) -> ScorerRecipe:
    """What 'arm:seed/labels' asks for."""
    arm, _, labels = re.split("[@+]", run)[0].partition("/")
    arm, _, seed = arm.partition(":")
    schedule = replace(COMPACT_RECIPE.schedule, epochs=epochs)
    return replace(
        COMPACT_RECIPE,
        attention=Arm(arm),
        seed=int(seed or 0),
        labels="operator" if labels == "operator" else "truth",
        schedule=schedule,
    )


def folder_of(run: str) -> str:
    """What the folder of a run is called."""
    return re.sub(r"\W", "-", run)


def trained(run: str, epochs: int, out: Path) -> Path:
    """Answers of the run for the slices set aside, as a file; made where it is not there."""
    torch.set_num_threads(1)
    folder, normalised = out / folder_of(run), NORMALISATIONS[run.partition("+")[2] or "shipped"]
    candidate = CANDIDATES[run.partition("+")[0].partition("@")[2] or "compact"]
    path = folder / ANSWERS
    if not path.exists():
        learnt, validated, slices = (normalised(_given[part]) for part in ("trained", "validated", "tested"))
        network = train_on(learnt, validated, folder, recipe_of(run, epochs), lambda *_: None, candidate)
        answers = answers_of(network, slices)
        fields = {name: getattr(answers, name) for name in ("logits", "attention", "error", "artefacts")}
        np.savez(folder / "half.npz", by_maps=maps_alone(network, slices), **fields)
        (folder / "half.npz").rename(path)
    return path


def row(run: str, path: Path, slices: ScorerExamples) -> tuple[str, ...]:
    """Figures of one run, over all slices set aside; attention of moved segments."""
    with np.load(path) as stored:
        fields = dict(stored)
    by_maps, answers = fields.pop("by_maps"), Answers(**fields)
    logits = answers.logits.astype(np.float64)
    resamples = evaluate.draw_resamples(np.random.default_rng(0), slices.subject, RESAMPLES)
    cells = []
    for statistic in (
        over_segments(logits, slices.motion),
        evaluate.resampled_auc(*evaluate.by_image(logits, slices.motion)),
        evaluate.resampled_within_maps(logits, slices.motion),
        over_segments(by_maps, slices.motion),
        evaluate.resampled_within_maps(by_maps, slices.motion),
    ):
        found = interval(statistic, resamples)
        cells.append(f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})")
    real = is_real(slices)
    for kind in (~real, real):
        cells.extend(attention_of_moved(answers, slices, np.flatnonzero(kind)))
    return (run, *cells)


def main(
    cohorts: Annotated[list[Path], typer.Argument()],
    out: Annotated[Path, typer.Option()],
    runs: Annotated[str, typer.Option()] = "none supervised moved shuffled shifted",
    epochs: Annotated[int, typer.Option(min=1)] = 5,
    workers: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    """Train what is missing and print the table."""
    try:
        opened = [Cohort.open(folder) for folder in cohorts]
        for part in ("trained", "validated", "tested"):
            _given[part] = read_examples(opened, part, 0, watch)
        out.mkdir(parents=True, exist_ok=True)
        torch.set_num_threads(1)
        with multiprocessing.get_context("fork").Pool(workers) as pool:
            paths = pool.map(partial(trained, epochs=epochs, out=out), runs.split(), chunksize=1)
    except MyoqcError as error:
        typer.echo(f"scorer_arms.py: {error}", err=True)
        raise typer.Exit(4) from None
    slices = _given["tested"]
    typer.echo(f"SIMULATED: {len(slices)} slices of {len(np.unique(slices.subject))} subjects; {epochs} epochs\n")
    areas = ("segment", "image", "within maps", "maps alone: segment", "within maps")
    head = ("run", *areas, "drawn: peak", "share", "real: peak", "share")
    for cells in (head, ("---",) * len(head), *map(row, runs.split(), paths, [slices] * len(paths))):
        typer.echo(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    typer.run(main)
