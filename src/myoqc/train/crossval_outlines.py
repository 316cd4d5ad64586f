"""The supplementary experiment of [Zhang2020], §3.2: outlines that were found take the place of true ones.

Outlines decide where a slice is cut out, which way it is turned, what the network is told of each segment, and where
attention is asked for. Networks that learnt from either read slices by both, where segments were found.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import torch

from myoqc.cohort import Cohort
from myoqc.cohort.files import one_line, write_whole
from myoqc.errors import ReadError
from myoqc.locate import shipped_segmenter
from myoqc.train.automatic_examples import read_automatic
from myoqc.train.crossval import Run
from myoqc.train.crossval_scores import RunScores, read_scores, write_scores
from myoqc.train.crossval_training import EXAMPLES, Plan, scores_file, scores_of, weights_file
from myoqc.train.export import read_weights
from myoqc.train.fitting import Watch, claim
from myoqc.train.kept_examples import keep_examples, kept_examples
from myoqc.train.make_crossval import Progress, train_all
from myoqc.train.scorer_examples import ScorerExamples
from myoqc.train.scorer_network import PRESETS, ScorerNetwork

TRUE, AUTOMATIC = "true", "automatic"
"""Outlines; the latter also names the folder inside that of the cross-validation by true ones."""
NOT_FOUND = "not_found.json"


class Cell(NamedTuple):
    """What networks learnt from, and what they are tested on: 'true' or 'automatic' outlines."""

    trained: str
    tested: str


@dataclass(frozen=True, slots=True, eq=False)
class ByOutlines:
    """Scores of every run, by what was learnt from and what was tested on."""

    scores: Mapping[Cell, Mapping[Run, RunScores]]
    not_found: tuple[int, ...]
    """Numbers of the examples in which no segments were found; they are in no cell that is not true in both."""


def compare_outlines(
    cohort: Cohort,
    folder: Path,
    plan: Plan,
    by_true: Mapping[Run, RunScores],
    *,
    workers: int,
    watch: Watch,
    progress: Progress,
) -> ByOutlines:
    """Train the runs of ``by_true`` once more on automatic outlines, beside the cross-validation in ``folder``.

    ``plan`` is that of the latter. Raises what reading and training raise.
    """
    place = folder / AUTOMATIC
    made_of = dict(plan.cohort) | {"segmenter": shipped_segmenter().digest}
    claim(place, replace(plan, cohort=made_of).as_json())
    examples = _automatic(cohort, place, made_of, watch)
    left_out = tuple(json.loads((place / NOT_FOUND).read_text(encoding="utf-8")))
    automatic = replace(plan, cohort=made_of, left_out=left_out)
    by_found = train_all(place, automatic, examples, list(by_true), workers=workers, progress=progress)
    true = kept_examples(folder / EXAMPLES, plan.cohort)
    if true is None:
        raise ReadError("the examples are not there any more", file=folder / EXAMPLES, remedy="Give the command again.")
    runs = list(by_true)
    bar = watch(list(range(len(runs))), "Scoring by the other outlines")
    crossed = {
        runs[at]: (_crossed(place, true, automatic, runs[at]), _crossed(folder, examples, automatic, runs[at]))
        for at in bar
    }
    return ByOutlines(
        {
            Cell(TRUE, TRUE): by_true,
            Cell(AUTOMATIC, AUTOMATIC): by_found,
            Cell(AUTOMATIC, TRUE): {run: on_true for run, (on_true, _) in crossed.items()},
            Cell(TRUE, AUTOMATIC): {run: on_found for run, (_, on_found) in crossed.items()},
        },
        left_out,
    )


def _automatic(cohort: Cohort, place: Path, made_of: Mapping[str, str], watch: Watch) -> ScorerExamples:
    known = kept_examples(place / EXAMPLES, made_of)
    if known is None:
        read = read_automatic(cohort, watch, "Reading slices by automatic outlines")
        write_whole(place / NOT_FOUND, one_line(list(read.not_found)))
        keep_examples(read.examples, place / EXAMPLES, made_of)
        known = read.examples
    return known


def _crossed(trained: Path, examples: ScorerExamples, plan: Plan, run: Run) -> RunScores:
    """The network of a run in the folder ``trained``, on examples by the other outlines; kept beside its own scores."""
    path = scores_file(trained, run).with_stem(f"{run}-other-outlines")
    if not path.exists():
        torch.set_num_threads(1)
        network = ScorerNetwork(PRESETS[plan.recipe.preset])
        read_weights(network, weights_file(trained, run), "fold")
        write_scores(scores_of(network, examples, plan.parts(examples, run.fold), plan.recipe, 0.0), path)
    return read_scores(path)
