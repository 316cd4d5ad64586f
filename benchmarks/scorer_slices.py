"""Slices that a scorer is judged on, and what it says of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from myoqc.cohort import Cohort
from myoqc.evaluate import Statistic, resampled_auc
from myoqc.score.inputs import Inputs
from myoqc.score.network import ARTEFACTS, Answers
from myoqc.score.network_scorer import NetworkScorer
from myoqc.train.attention_measures import looked_at
from myoqc.train.division import divisions_of
from myoqc.train.scorer_batches import plain_batch
from myoqc.train.scorer_examples import ScorerExamples, joined, scorable_numbers, told_apart
from myoqc.train.scorer_figures import KINDS as PLAIN_KINDS
from myoqc.train.scorer_figures import LOWEST_R2, is_real
from myoqc.train.scorer_network import ScorerNetwork
from myoqc.train.scorer_reading import read_slices

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Kind = Callable[[ScorerExamples], BoolArray]

KINDS: Mapping[str, Kind] = {
    **PLAIN_KINDS,
    "ShMOLLI": lambda slices: slices.sequence[:, 0] == "ShMOLLI",
    "MOLLI": lambda slices: slices.sequence[:, 0] != "ShMOLLI",
    "real, no other artefact": lambda slices: is_real(slices) & (slices.artefact < 0),
}
STILL: Mapping[str, Kind] = {
    "drawn, nothing else moves": lambda slices: ~is_real(slices) & ~_disturbed(slices),
    "drawn, with a distractor": lambda slices: ~is_real(slices) & _disturbed(slices),
    "real anatomies, nothing else moves": lambda slices: is_real(slices) & ~_disturbed(slices),
    "real anatomies, with a distractor": lambda slices: is_real(slices) & _disturbed(slices),
}
"""Kinds of slices without another artefact whose heart is still."""
STILL_MM = 1.0
"""Half a scanner's pixel: no breath-hold is perfect, and no segment that moved less counts as moved."""
AT_ONCE = 16


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Slices with what is said of them; ``scores`` (n 6) by the name of who gives them, the network first."""

    slices: ScorerExamples
    answers: Answers
    probability: FloatArray
    scores: dict[str, FloatArray]
    artefact_names: tuple[str, ...] = ARTEFACTS


def maps_alone(network: ScorerNetwork, slices: ScorerExamples) -> FloatArray:
    """(n 6) logits without what the statistics add."""
    network.eval()
    alone = np.full(slices.motion.shape, np.nan)
    for n_images in np.unique(slices.n_images):
        same = np.flatnonzero(slices.n_images == n_images)
        for which in np.array_split(same, -(-len(same) // AT_ONCE)):
            batch = plain_batch(slices, which.tolist(), slices.motion)
            with torch.no_grad():
                outputs = network(batch.stack, batch.t1, batch.r2, batch.ti, batch.apparent, batch.statistics)
            alone[which] = outputs.by_maps.numpy()
    return alone


def still_hearts(slices: ScorerExamples) -> BoolArray:
    """(n) whether no part of the wall went far, and the slice has no other artefact."""
    return np.asarray((slices.way_mm < STILL_MM) & (slices.artefact < 0))


def over_segments(score: FloatArray, truth: BoolArray) -> Statistic:
    """AUC of the segments (n 6), asked of resamples of slices."""
    statistic, n_segments = resampled_auc(score.ravel(), truth.ravel()), score.shape[1]
    return Statistic(n_cases=len(score), of=lambda times: statistic.of(times.repeat(n_segments, axis=1)))


def _disturbed(slices: ScorerExamples) -> BoolArray:
    return np.asarray(slices.distractor != "none")


def watch(numbers: list[int], description: str) -> Iterable[int]:
    """A bar that goes with the numbers."""
    return track(numbers, description, console=Console(width=200, stderr=True), transient=True)


def attention_of_moved(said: Answers, slices: ScorerExamples, which: NDArray[np.intp]) -> tuple[str, str]:
    """Of the segments that moved in the slices ``which``: peaks in the segment, share inside over its ceiling."""
    moved = slices.motion[which]
    looked = looked_at(said.attention[which], slices.segment[which])
    return f"{np.nanmean(looked.peak[moved]):.3f}", f"{np.nanmean(looked.relative[moved]):.2f}"


def read(cohorts: Sequence[Cohort], scorer: NetworkScorer, part: str) -> ScorerExamples:
    """The slices of the subjects in ``part`` of the division that the scorer was trained with, or of every one."""
    if part == "every":
        chosen = [frozenset(cohort.subjects.tolist()) for cohort in cohorts]
    else:
        chosen = [getattr(each, part) for each in divisions_of(cohorts, scorer.network.card["recipe"]["seed"])]
    read_ones = []
    for number, (cohort, subjects) in enumerate(zip(cohorts, chosen, strict=True)):
        cases = scorable_numbers(cohort, subjects)
        read_ones.append(told_apart(read_slices(cohort, cases, watch, f"Reading slices, {part}"), number))
    return joined(read_ones)


def answers(scorer: NetworkScorer, slices: ScorerExamples) -> Judged:
    """What the network says, run as ``check`` runs it."""
    parts: list[tuple[NDArray[np.intp], Answers]] = []
    for n_images in np.unique(slices.n_images):
        same = np.flatnonzero(slices.n_images == n_images)
        for which in np.array_split(same, -(-len(same) // AT_ONCE)):
            parts.append((which, scorer.network.answers([_inputs(slices, n) for n in which])))
    order = np.argsort(np.concatenate([which for which, _ in parts]))
    fields = ("logits", "attention", "error", "artefacts")
    said = Answers(*(np.concatenate([getattr(part, field) for _, part in parts])[order] for field in fields))
    logits = said.logits.astype(np.float64)
    scores = {"network": logits, "lowest R²": slices.statistics[..., LOWEST_R2].astype(np.float64)}
    return Judged(slices, said, scorer.curve.probability(logits), scores)


def _inputs(slices: ScorerExamples, number: int) -> Inputs:
    n_images = int(slices.n_images[number])
    return Inputs(
        stack=slices.stack[number, :n_images].astype(np.float32),
        t1=slices.t1[number].astype(np.float32),
        r2=slices.r2[number].astype(np.float32),
        ti=slices.ti[number, :n_images],
        apparent=slices.apparent[number].astype(np.float32),
        statistics=slices.statistics[number],
    )
