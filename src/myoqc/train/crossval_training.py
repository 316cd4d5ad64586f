"""One training of a cross-validation: it goes on where it was stopped, and leaves the scores of its fold."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.cohort.files import write_whole
from myoqc.errors import InputError
from myoqc.score.calibration import OPERATING_POINTS, TemperatureCurve, fit_temperature, threshold_at
from myoqc.train.crossval import Parts, Run, parts_of
from myoqc.train.crossval_scores import RunScores, write_scores
from myoqc.train.devices import on_threads, threads_each
from myoqc.train.export import write_weights
from myoqc.train.fitting import CHECKPOINTS, Tell, claim
from myoqc.train.kept_examples import kept_before, some_examples
from myoqc.train.scorer_answers import answers_of
from myoqc.train.scorer_examples import ScorerExamples
from myoqc.train.scorer_network import ScorerNetwork
from myoqc.train.scorer_training import ScorerRecipe, train_on

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

EXAMPLES, SCORES, TRAININGS, WEIGHTS = "examples", "scores", "trainings", "weights"
TOLD = "told.txt"
TELL_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides what a cross-validation finds, beside the versions of the software."""

    recipe: ScorerRecipe
    """Of every training, but for arm and seed."""
    seed: int
    """Of the folds."""
    cohort: Mapping[str, str]
    """Digests of what the examples were made from."""
    left_out: tuple[int, ...] = ()
    """Numbers of examples that are neither learnt from nor scored."""

    def as_json(self) -> dict[str, Any]:
        """As plain JSON."""
        said = {"recipe": self.recipe.as_json(), "seed": self.seed, "cohort": dict(self.cohort)}
        return said | ({"left_out": list(self.left_out)} if self.left_out else {})

    def parts(self, examples: ScorerExamples, fold: int) -> Parts:
        """What a fold has to do with; raises InputError for too few subjects."""
        return parts_of(examples, fold, self.seed, self.left_out)


def scores_file(folder: Path, run: Run) -> Path:
    """Where the scores of a run lie."""
    return folder / SCORES / f"{run}.npz"


def weights_file(folder: Path, run: Run) -> Path:
    """Where the weights of a run's network lie."""
    return folder / WEIGHTS / f"{run}.safetensors"


def told_file(folder: Path, run: Run) -> Path:
    """Where a run says how many batches it has done, and of how many."""
    return folder / TRAININGS / str(run) / TOLD


def train_run(folder: Path, plan: Plan, run: Run) -> Run:
    """Train and score one run in ``folder``, where the examples lie; returns it when weights and scores are written.

    Raises ReadError where there are no such examples, and what training and writing raise.
    """
    with on_threads(threads_each()):
        _train(folder, plan, run)
    return run


def _train(folder: Path, plan: Plan, run: Run) -> None:
    examples = kept_before(folder / EXAMPLES, plan.cohort)
    parts = plan.parts(examples, run.fold)
    recipe = replace(plan.recipe, attention=run.arm, seed=run.seed)
    place = folder / TRAININGS / str(run)
    claim(place, recipe.as_json() | {"fold": run.fold, "seed_of_folds": plan.seed, "cohort": dict(plan.cohort)})
    held = some_examples(examples, parts.validated)
    begun = monotonic()
    network = train_on(some_examples(examples, parts.trained), held, place, recipe, _teller(told_file(folder, run)))
    minutes = (monotonic() - begun) / 60.0
    write_weights(network, weights_file(folder, run))
    write_scores(scores_of(network, examples, parts, recipe, minutes), scores_file(folder, run))
    rmtree(place / CHECKPOINTS)


def scores_of(
    network: ScorerNetwork, examples: ScorerExamples, parts: Parts, recipe: ScorerRecipe, minutes: float
) -> RunScores:
    """Calibrated against the labels that were learnt from: the others are not known where nothing is simulated."""
    held = some_examples(examples, parts.validated)
    labels = held.motion if recipe.labels == "truth" else held.operator
    curve, threshold = calibrated(answers_of(network, held).logits.astype(np.float64), labels)
    number = np.concatenate([parts.tested, parts.disturbed])
    answers = answers_of(network, some_examples(examples, number))
    return RunScores(
        number=number,
        logits=answers.logits,
        probability=curve.probability(answers.logits.astype(np.float64)),
        threshold=threshold,
        attention=answers.attention.astype(np.float16),
        error=answers.error,
        artefacts=answers.artefacts,
        minutes=minutes,
    )


def calibrated(logits: FloatArray, labels: BoolArray) -> tuple[TemperatureCurve, FloatArray]:
    """The curve of the validated fold, and its thresholds (2); as the network says, and NaN, where it learnt nothing.

    So a fold that went wrong is among the figures of the others, and does not end them.
    """
    try:
        curve = fit_temperature(logits, labels)
    except InputError:
        return TemperatureCurve(1.0, 0.0), np.full(len(OPERATING_POINTS), np.nan)
    probability = curve.probability(logits)
    return curve, np.array([threshold_at(probability, labels, point) for point in OPERATING_POINTS])


def _teller(path: Path) -> Tell:
    """Writes down now and then how many batches are done."""
    last = [-TELL_EVERY_S]

    def tell(done: int, of_all: int, _: Mapping[str, float]) -> None:
        if monotonic() - last[0] >= TELL_EVERY_S or done == of_all:
            last[0] = monotonic()
            write_whole(path, f"{done} {of_all}")

    return tell
