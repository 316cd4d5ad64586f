"""Everything that is trained and scored to reproduce the paper on a cohort: arms, controls, baselines [Zhang2020]."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from myoqc.cohort import Cohort
from myoqc.errors import InputError
from myoqc.evaluate.audit import by_cleanlab, most_suspicious
from myoqc.extras import require
from myoqc.train.attention_loss import Arm
from myoqc.train.crossval import Run
from myoqc.train.crossval_baselines import baselines_out_of_fold
from myoqc.train.crossval_labels import CORRECTED, learn_again
from myoqc.train.crossval_material import Material, all_slices, few_slices
from myoqc.train.crossval_outlines import AUTOMATIC, ByOutlines, Cell, compare_outlines
from myoqc.train.crossval_scores import RunScores
from myoqc.train.crossval_training import Plan
from myoqc.train.make_crossval import Work, cross_validate
from myoqc.train.out_of_fold import OutOfFold, OutOfFoldAttention, attention_out_of_fold, out_of_fold
from myoqc.train.scorer_examples import ScorerExamples
from myoqc.train.scorer_network import ARTEFACTS
from myoqc.train.scorer_training import ScorerRecipe, recipe_of
from myoqc.train.stability import N_FOLDS

REREAD = 0.2
"""Share of the maps, the most suspicious ones, that the second reader reads for the arm 'corrected'."""
SMOKE_EPOCHS, SMOKE_RESAMPLES = 1, 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; raises InputError for an arm that there is not."""

    arms: tuple[str, ...]
    seeds: int
    scale: Literal["full", "smoke"]
    preset: Literal["compact", "paper"]
    labels: Literal["operator", "truth"]
    resamples: int
    seed: int

    def __post_init__(self) -> None:
        known = [arm.value for arm in Arm] + [AUTOMATIC, CORRECTED]
        strange = [arm for arm in self.arms if arm not in known]
        if strange or not self.attention:
            raise InputError("no such arm", expected=", ".join(known), found=", ".join(strange) or "none of attention")
        if CORRECTED in self.arms and self.labels == "truth":
            raise InputError("the truth has nothing to correct", expected="labels of the operator", found=self.labels)
        needy = [arm for arm in (AUTOMATIC, CORRECTED) if arm in self.arms]
        if needy and Arm.SUPERVISED not in self.attention:
            raise InputError(
                f"the arm {needy[0]} is compared with another",
                expected=Arm.SUPERVISED.value,
                found=", ".join(self.arms),
                remedy=f"Add it: --arms {','.join((Arm.SUPERVISED.value, *self.arms))}",
            )

    @property
    def attention(self) -> tuple[Arm, ...]:
        """The arms that differ in what attention is held to; the one in question first."""
        found = [Arm(arm) for arm in self.arms if arm not in (AUTOMATIC, CORRECTED)]
        return tuple(sorted(found, key=lambda arm: arm is not Arm.SUPERVISED))

    @property
    def recipe(self) -> ScorerRecipe:
        """Of every training, but for arm and seed."""
        recipe = recipe_of(self.preset, labels=self.labels)
        if self.scale == "smoke":
            return replace(recipe, schedule=replace(recipe.schedule, epochs=SMOKE_EPOCHS))
        return recipe


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """SIMULATED. What every scorer says of every case, by those who have not learnt from its subject."""

    wanted: Wanted
    material: Material
    examples: ScorerExamples
    networks: Mapping[tuple[str, int], OutOfFold]
    """Arm and seed → scores."""
    attention: Mapping[str, OutOfFoldAttention]
    """Arm → where its networks look, of the first seed."""
    baselines: Mapping[str, OutOfFold]
    by_outlines: Mapping[Cell, OutOfFold]
    """The arm 'automatic', on slices in which segments were found; empty if it is not wanted."""
    not_found: tuple[int, ...]
    """Numbers of the examples in which none were."""
    relabelled: NDArray[np.bool_] | None
    """(n 6) labels of all examples after the audit; None where the arm 'corrected' is not wanted."""
    minutes: Mapping[str, float]
    """Name of each run → that its training took."""

    @property
    def first(self) -> str:
        """The arm in question."""
        return self.wanted.attention[0].value


def score_all(cohort: Cohort, out: Path, wanted: Wanted, work: Work) -> Scored:
    """Train and score everything in ``out``, or what is lacking there.

    Raises InputError for too few subjects, OutputError where the folder holds another cross-validation,
    MissingExtraError, and what reading and training raise.
    """
    if CORRECTED in wanted.arms:
        require("audit")
    material = few_slices(cohort) if wanted.scale == "smoke" else all_slices(cohort)
    plan = Plan(wanted.recipe, wanted.seed, material.made_of)
    examples, scores = cross_validate(material, out, plan, wanted.attention, wanted.seeds, work)
    artefact = examples.artefact
    networks = {
        (arm.value, seed): out_of_fold(scores, arm, seed, artefact)
        for arm in wanted.attention
        for seed in range(wanted.seeds)
    }
    again = [Run(Arm.SUPERVISED, 0, fold) for fold in range(N_FOLDS)]
    minutes = _minutes(scores)
    outlines = ByOutlines({}, ())
    if AUTOMATIC in wanted.arms:
        outlines = compare_outlines(material, out, plan, again, work)
        minutes |= _minutes(outlines.scores[Cell(AUTOMATIC, AUTOMATIC)], AUTOMATIC)
    relabelled = None
    if CORRECTED in wanted.arms:
        relabelled = audited_labels(material, examples, networks[Arm.SUPERVISED.value, 0])
        learnt = learn_again(out, plan, again, relabelled, work)
        networks[CORRECTED, 0] = out_of_fold(learnt, Arm.SUPERVISED, 0, artefact)
        minutes |= _minutes(learnt, CORRECTED)
    baselines = baselines_out_of_fold(examples, wanted.seed, wanted.labels)
    return Scored(
        wanted=wanted,
        material=material,
        examples=examples,
        networks=networks,
        attention={arm.value: attention_out_of_fold(scores, arm, 0, artefact) for arm in wanted.attention},
        baselines={each.value: scored for each, scored in baselines.items()},
        by_outlines={cell: _where_found(each, outlines.not_found, artefact) for cell, each in outlines.scores.items()},
        not_found=outlines.not_found,
        relabelled=relabelled,
        minutes=minutes,
    )


def audited_labels(material: Material, examples: ScorerExamples, scored: OutOfFold) -> NDArray[np.bool_]:
    """(n 6) the operator's labels, in the most suspicious maps replaced by what the second reader says.

    Maps with another artefact are not audited: nobody learns from them.
    """
    labels = np.array(examples.operator)
    audited = labels[scored.number]
    if not audited.any():
        raise InputError("the operator marked nothing, so that there is nothing to audit", expected="some motion")
    reread = most_suspicious(by_cleanlab(audited, scored.probability), REREAD)
    labels[scored.number] = np.where(reread[:, None], material.second_reader[scored.number], audited)
    return labels


def _where_found(scores: Mapping[Run, RunScores], not_found: Sequence[int], artefact: NDArray[np.int64]) -> OutOfFold:
    """Slices without automatic segments are in no fold, and nobody waits for their scores."""
    waited_for = np.array(artefact)
    waited_for[list(not_found)] = len(ARTEFACTS)
    return out_of_fold(scores, Arm.SUPERVISED, 0, waited_for)


def _minutes(scores: Mapping[Run, RunScores], arm: str = "") -> dict[str, float]:
    return {f"{arm}-{run}" if arm else str(run): each.minutes for run, each in scores.items()}
