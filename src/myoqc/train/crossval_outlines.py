"""The supplementary experiment of [Zhang2020], §3.2: outlines that were found take the place of true ones.

Outlines decide where a slice is cut out, which way it is turned, what the network is told of each segment, and where
attention is asked for. Networks that learnt from either read slices by both, where segments were found.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from myoqc.cohort.files import one_line, write_whole
from myoqc.locate import shipped_segmenter
from myoqc.train.automatic_examples import read_automatic
from myoqc.train.crossval import Run
from myoqc.train.crossval_material import Material
from myoqc.train.crossval_scores import RunScores, read_scores, write_scores
from myoqc.train.crossval_training import EXAMPLES, Plan, scores_file, scores_of, weights_file
from myoqc.train.devices import on_threads, threads_each
from myoqc.train.export import read_weights
from myoqc.train.fitting import Watch, claim
from myoqc.train.kept_examples import keep_examples, kept_before, kept_examples
from myoqc.train.make_crossval import Work, train_all
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
    """Scores of every run by automatic outlines, in training, in the test, or in both."""

    scores: Mapping[Cell, Mapping[Run, RunScores]]
    not_found: tuple[int, ...]
    """Numbers of the examples in which no segments were found, which are not scored."""


def compare_outlines(material: Material, folder: Path, plan: Plan, wanted: Sequence[Run], work: Work) -> ByOutlines:
    """Train the ``wanted`` runs once more on automatic outlines, beside the cross-validation in ``folder``.

    ``plan`` is that of the latter, whose networks are tested by the other outlines too. Raises what reading and
    training raise.
    """
    place = folder / AUTOMATIC
    made_of = dict(plan.cohort) | {"segmenter": shipped_segmenter().digest}
    claim(place, replace(plan, cohort=made_of).as_json())
    examples = {AUTOMATIC: _automatic(material, place, made_of, work.watch)}
    examples[TRUE] = kept_before(folder / EXAMPLES, plan.cohort)
    left_out = tuple(json.loads((place / NOT_FOUND).read_text(encoding="utf-8")))
    automatic = replace(plan, cohort=made_of, left_out=left_out)
    scores = {Cell(AUTOMATIC, AUTOMATIC): train_all(place, automatic, examples[AUTOMATIC], wanted, work)}
    crossed = {Cell(AUTOMATIC, TRUE): place, Cell(TRUE, AUTOMATIC): folder}
    for cell, trained in crossed.items():
        bar = work.watch(list(range(len(wanted))), f"Scoring by {cell.tested} outlines")
        scores[cell] = {wanted[at]: _crossed(trained, examples[cell.tested], automatic, wanted[at]) for at in bar}
    return ByOutlines(scores, left_out)


def _automatic(material: Material, place: Path, made_of: Mapping[str, str], watch: Watch) -> ScorerExamples:
    known = kept_examples(place / EXAMPLES, made_of)
    if known is None:
        read = read_automatic(material, watch, "Reading slices by automatic outlines")
        write_whole(place / NOT_FOUND, one_line(list(read.not_found)))
        keep_examples(read.examples, place / EXAMPLES, made_of)
        known = read.examples
    return known


def _crossed(trained: Path, examples: ScorerExamples, plan: Plan, run: Run) -> RunScores:
    """The network of a run in the folder ``trained``, on examples by the other outlines; kept beside its own scores."""
    path = scores_file(trained, run).with_stem(f"{run}-other-outlines")
    if not path.exists():
        network = ScorerNetwork(PRESETS[plan.recipe.preset])
        read_weights(network, weights_file(trained, run), "fold")
        with on_threads(threads_each()):
            write_scores(scores_of(network, examples, plan.parts(examples, run.fold), plan.recipe, 0.0), path)
    return read_scores(path)
