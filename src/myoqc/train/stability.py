"""The stability experiment: a scorer trained and tested by true and by automatic outlines [Zhang2020].

The paper replaced the contours that it trained with and found no significant difference. Here the test outlines are
replaced too, which tells the end-to-end cost of not drawing any. Every slice is scored by a scorer that was trained on
other subjects; the folds, the slices and the segments are the same whatever the outlines, so that differences are
paired. Which scorer it is, the experiment does not know.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import InputError
from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS
from myoqc.train.stability_measuring import Outlines

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Numbers = NDArray[np.intp]

N_FOLDS = 5
LEAST_SUBJECTS = 2 * N_FOLDS


@dataclass(frozen=True, slots=True)
class Cell:
    """One of the four ways: what outlines the scorer was trained with, and what outlines it is given."""

    trained: Outlines
    tested: Outlines

    def __str__(self) -> str:
        return f"{self.trained} → {self.tested}"


CELLS = tuple(Cell(*outlines) for outlines in product(Outlines, repeat=2))
BY_HAND = CELLS[0]
"""True outlines throughout: what the others are held against."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """What a scorer says of n slices."""

    probability: FloatArray
    """(n 6) of motion, NaN where a segment is not scored."""
    threshold: FloatArray
    """(n) motion from this probability on."""

    def __post_init__(self) -> None:
        probability = frozen(self.probability, np.float64, f"n {N_SEGMENTS}", "the probabilities")
        object.__setattr__(self, "probability", probability)
        object.__setattr__(self, "threshold", frozen(self.threshold, np.float64, "n", "the thresholds"))

    @property
    def scored(self) -> BoolArray:
        """(n 6) which segments are scored."""
        return ~np.isnan(self.probability)

    @property
    def flagged(self) -> BoolArray:
        """(n 6) which segments are said to move; one that is not scored is not."""
        return np.asarray(self.probability >= self.threshold[:, None])

    def only(self, segments: BoolArray) -> "Scored":
        """The same with the other segments (n 6) not scored."""
        return Scored(np.where(segments, self.probability, np.nan), self.threshold)


Score = Callable[[Outlines, Numbers], Scored]
"""What a trained scorer says of the slices with these numbers, seen through these outlines."""
Train = Callable[[Outlines, Numbers, BoolArray], Score]
"""Trains a scorer on the slices with these numbers, seen through these outlines, and their labels (n 6)."""


def draw_folds(rng: np.random.Generator, subject: ArrayLike) -> Numbers:
    """(n) the fold in which each slice is tested, all slices of a subject (n) in the same.

    Raises InputError for fewer than two subjects a fold.
    """
    different, number = np.unique(np.asarray(subject), return_inverse=True)
    if len(different) < LEAST_SUBJECTS:
        raise InputError(
            "too few subjects to train on some and test on others",
            expected=f"{LEAST_SUBJECTS} or more",
            found=len(different),
            remedy="Make a larger cohort with: myoqc simulate cohort FOLDER",
        )
    fold = np.empty(len(different), dtype=np.intp)
    fold[rng.permutation(len(different))] = np.arange(len(different)) % N_FOLDS
    return np.asarray(fold[number])


def held_out(train: Train, labels: BoolArray, trainable: BoolArray, folds: Numbers) -> dict[Cell, Scored]:
    """What scorers say of every slice (n) that were trained on the slices of the other folds.

    They are trained with ``labels`` (n 6) of those slices that are ``trainable`` (n), the same ones by both outlines.
    """
    answers = {cell: Scored(np.full(labels.shape, np.nan), np.full(len(labels), np.nan)) for cell in CELLS}
    for fold, outlines in product(np.unique(folds), Outlines):
        apart, learnt = np.flatnonzero(folds == fold), np.flatnonzero((folds != fold) & trainable)
        score = train(outlines, learnt, labels[learnt])
        for tested in Outlines:
            cell = Cell(outlines, tested)
            answers[cell] = _with(answers[cell], apart, score(tested, apart))
    return answers


def _with(whole: Scored, numbers: Numbers, part: Scored) -> Scored:
    probability, threshold = whole.probability.copy(), whole.threshold.copy()
    probability[numbers], threshold[numbers] = part.probability, part.threshold
    return Scored(probability, threshold)


def paired(answers: Mapping[Cell, Scored]) -> dict[Cell, Scored]:
    """The same answers, over the segments that are scored in every cell."""
    common = np.logical_and.reduce([each.scored for each in answers.values()])
    return {cell: each.only(common) for cell, each in answers.items()}
