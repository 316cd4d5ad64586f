"""Five-fold cross-validation by subject: three parts to train, one to validate, one to test [Zhang2020].

Every case is scored by a network that was trained on other subjects. Maps with another artefact are a set of their own:
nobody learns from them, and the network of every fold scores all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import InputError
from myoqc.train.attention_loss import Arm
from myoqc.train.scorer_examples import ScorerExamples
from myoqc.train.stability import N_FOLDS, draw_folds

Numbers = NDArray[np.intp]
NO_FOLD = -1


@dataclass(frozen=True, slots=True)
class Run:
    """One training: an arm, with a seed, for the subjects of one fold."""

    arm: Arm
    seed: int
    fold: int

    def __str__(self) -> str:
        return f"{self.arm.value}-seed-{self.seed}-fold-{self.fold}"


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Numbers of the examples that one fold has to do with."""

    trained: Numbers
    validated: Numbers
    tested: Numbers
    disturbed: Numbers
    """With another artefact; scored, and never learnt from."""


def runs(arms: Sequence[Arm], n_seeds: int) -> list[Run]:
    """Every training, those of one fold beside one another, so that arms can be compared before all is done."""
    return [Run(arm, seed, fold) for seed in range(n_seeds) for fold in range(N_FOLDS) for arm in dict.fromkeys(arms)]


def parts_of(examples: ScorerExamples, fold: int, seed: int, left_out: Sequence[int] = ()) -> Parts:
    """The parts of a fold; subjects are dealt out by ``seed``, in the same way for every arm.

    A subject some of whose maps have another artefact is in one part with all of them, and no network that learnt from
    the others, or was validated on them, scores these. Examples ``left_out`` are in no part.

    Raises InputError for too few subjects.
    """
    folds = draw_folds(np.random.default_rng(seed), examples.subject)
    folds[list(left_out)] = NO_FOLD
    clean = examples.artefact < 0
    validated = (fold + 1) % N_FOLDS
    seen = (folds != fold) & (folds != NO_FOLD)
    learnt = seen & (folds != validated)
    known = np.isin(examples.subject, np.unique(examples.subject[seen & clean]))
    return Parts(
        trained=np.flatnonzero(learnt & clean),
        validated=np.flatnonzero((folds == validated) & clean),
        tested=np.flatnonzero((folds == fold) & clean),
        disturbed=np.flatnonzero(~clean & ~known & (folds != NO_FOLD)),
    )


def check_parts(parts: Parts) -> None:
    """Raises InputError where a fold has nothing to train, to validate or to test with."""
    for name in ("trained", "validated", "tested"):
        if not len(getattr(parts, name)):
            raise InputError(
                f"a fold has no slice without another artefact to be {name}",
                expected="some in each of the five folds",
                found=0,
                remedy="Make a larger cohort with: myoqc simulate cohort FOLDER",
            )
