"""A scorer from cohorts: trained, exported, calibrated on validation subjects, judged on others, put on its card."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from myoqc import __version__
from myoqc.cohort import Cohort
from myoqc.errors import InputError
from myoqc.score.calibration import OPERATING_POINTS, fit_temperature, threshold_at
from myoqc.score.conformal import fit_conformal, widening
from myoqc.score.familiarity import Familiarity, fit_familiarity
from myoqc.score.network import KIND, Answers
from myoqc.train import export
from myoqc.train.division import divisions_of, trained_on
from myoqc.train.fitting import Tell, Watch
from myoqc.train.scorer_answers import answers_of
from myoqc.train.scorer_examples import FEATURES, ScorerExamples
from myoqc.train.scorer_export import WEIGHTS_FILE, write_scorer
from myoqc.train.scorer_figures import scorer_figures
from myoqc.train.scorer_network import ScorerNetwork
from myoqc.train.scorer_training import ScorerRecipe, read_examples, train_scorer

LEAST_MOVING = 9
"""For an error level of 10 %, in which each patient counts once: 1 / (9 + 1)."""
INTENDED_USE = (
    "Research on the quality of T1 maps: it shows a reader which segments may hold motion, and why. "
    "It is not a medical device."
)
ANATOMIES = (
    "Where real_subjects names some, their anatomies are public data, and docs/scorer.md says where to get them; with "
    "a cohort made without --anatomies the same command makes a model that needs none of them."
)
LIMITS = (
    "Trained and judged on simulated images only, on drawn and on real anatomies.",
    "Short-axis slices at basal and mid level; the segments must be known.",
)


def make_scorer(
    cohorts: Sequence[Cohort], folder: Path, recipe: ScorerRecipe, watch: Watch, tell: Tell
) -> Mapping[str, Any]:
    """Train in ``folder``, or go on there; returns the card of what then lies in it.

    A network without the further outputs, as the published one, is kept as weights alone: nothing runs it but torch.
    Raises InputError for cohorts with too few subjects, and OutputError for a folder that holds another training.
    """
    _check_enough(cohorts, recipe.seed)
    trained = train_scorer(cohorts, folder, recipe, watch, tell)
    network, held = trained.network, trained.held
    calibration = _calibration(held, answers_of(network, held))
    tested = read_examples(cohorts, "tested", recipe.seed, watch)
    answers = answers_of(network, tested)
    card: dict[str, Any] = {
        "name": f"myoqc scorer {__version__}, {recipe.preset}",
        "trained_on": _trained_on(cohorts, recipe.seed),
        "recipe": recipe.as_json(),
        "software": {name: version(name) for name in ("torch", "lightning", "onnx", "numpy")},
        "files": _write(network, folder),
        **calibration,
        "familiar": _familiar([trained.seen, held]).to_card(),
        "performance": _performance(answers.logits >= calibration["logit_at_90"], tested.motion),
        "figures_on_simulated_images": scorer_figures(tested, answers, calibration["logit_at_90"]),
        "intended_use": INTENDED_USE,
        "anatomies": ANATOMIES,
        "limits": LIMITS,
    }
    export.write_card(card, folder, KIND)
    return card


def _trained_on(cohorts: Sequence[Cohort], seed: int) -> list[dict[str, Any]]:
    divisions = divisions_of(cohorts, seed)
    return [trained_on(cohort, division) for cohort, division in zip(cohorts, divisions, strict=True)]


def _check_enough(cohorts: Sequence[Cohort], seed: int) -> None:
    """Refuse, before hours of training, what could not be calibrated after it."""
    moving = set()
    for cohort, division in zip(cohorts, divisions_of(cohorts, seed), strict=True):
        moving |= {row["subject"] for row in cohort.rows if row["subject"] in division.validated and any(row["motion"])}
    if len(moving) < LEAST_MOVING:
        raise InputError(
            "too few subjects to calibrate on",
            expected=f"{LEAST_MOVING} or more with motion among the tenth that is validated on",
            found=len(moving),
            remedy="Make a larger cohort with: myoqc simulate cohort FOLDER, or give several.",
        )


def _write(network: ScorerNetwork, folder: Path) -> dict[str, str]:
    if network.preset.extra_outputs:
        return write_scorer(network, folder)
    export.write_weights(network, folder / WEIGHTS_FILE)
    return {}


def _calibration(held: ScorerExamples, answers: Answers) -> dict[str, Any]:
    """How the network's answers are to be read, from subjects that it was not trained on, against the truth."""
    logits, motion = answers.logits.astype(np.float64), held.motion
    curve = fit_temperature(logits, motion)
    probability = curve.probability(logits)
    thresholds = {f"{point:.2f}": threshold_at(probability, motion, point) for point in OPERATING_POINTS}
    entries: dict[str, Any] = {
        "probability": curve.to_card(),
        "thresholds": thresholds,
        "logit_at_90": curve.temperature * float(logit(thresholds["0.90"]) - curve.intercept),
        "conformal": fit_conformal(probability, motion, held.subject).to_card(),
        "calibrated_on": {"slices": len(held), "subjects": len(np.unique(held.subject))},
    }
    quantiles = answers.error.astype(np.float64)
    if np.isfinite(quantiles).all():
        true = np.where(motion, held.error.astype(np.float64), np.nan)
        entries["error_widening"] = widening(quantiles, true, held.subject)
    return entries


def _familiar(known: Sequence[ScorerExamples]) -> Familiarity:
    """What the slices are like that the network was made with."""
    cases = [dict(zip(FEATURES, values.tolist(), strict=True)) for each in known for values in each.features]
    return fit_familiarity([(str(schedule), str(fit)) for each in known for schedule, fit in each.sequence], cases)


def _performance(found: NDArray[np.bool_], motion: NDArray[np.bool_]) -> str:
    """One sentence for people, of the subjects that were set aside."""
    return (
        f"On simulated slices of subjects that it has not seen this network finds {found[motion].mean():.0%} of the "
        f"segments with motion, and calls {found[~motion].mean():.0%} of those without motion moved."
    )
