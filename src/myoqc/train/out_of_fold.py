"""Scores of every case by scorers that have not learnt from its subject, put together from the folds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import InputError
from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS
from myoqc.train.attention_loss import Arm
from myoqc.train.crossval import Run
from myoqc.train.crossval_scores import RunScores
from myoqc.train.stability import N_FOLDS

FloatArray = NDArray[np.float64]


class ScoredFold(Protocol):
    """What the scorer of one fold says of n cases: those of the fold, and those with another artefact."""

    @property
    def number(self) -> NDArray[np.int64]:
        """(n) of the example."""

    @property
    def probability(self) -> FloatArray:
        """(n 6)"""

    @property
    def threshold(self) -> FloatArray:
        """(2) for 90 and 95 % specificity; NaN where it has none."""


@dataclass(frozen=True, slots=True, eq=False)
class OutOfFold:
    """Of n cases without another artefact, each scored once, and of m with one, scored by the scorer of every fold."""

    number: NDArray[np.int64]
    """(n) of the examples, rising."""
    fold: NDArray[np.int64]
    """(n) in which they were tested."""
    probability: FloatArray
    """(n 6)"""
    threshold: FloatArray
    """(n 2) of the scorer that scored them, for 90 and 95 % specificity; NaN where it has none."""
    disturbed: NDArray[np.int64]
    """(m) of the examples, rising."""
    disturbed_probability: FloatArray
    """(5 m 6) by fold; NaN where the scorer knows the subject."""

    def __post_init__(self) -> None:
        for name, dtype, axes in (
            ("number", np.int64, "n"),
            ("fold", np.int64, "n"),
            ("probability", np.float64, f"n {N_SEGMENTS}"),
            ("threshold", np.float64, "n 2"),
            ("disturbed", np.int64, "m"),
            ("disturbed_probability", np.float64, f"{N_FOLDS} m {N_SEGMENTS}"),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), dtype, axes, name))


@dataclass(frozen=True, slots=True, eq=False)
class OutOfFoldAttention:
    """Where networks looked that have not learnt from the subject; cases as in :class:`OutOfFold`."""

    number: NDArray[np.int64]
    """(n) of the examples without another artefact, rising."""
    maps: NDArray[np.float16]
    """(n 6 h w) Grad-CAM."""
    disturbed: NDArray[np.int64]
    """(m) of the examples with another artefact, rising."""
    disturbed_maps: NDArray[np.float16]
    """(m 6 h w) of the first network that scored them."""

    def __post_init__(self) -> None:
        for name, dtype, axes in (
            ("number", np.int64, "n"),
            ("maps", np.float16, f"n {N_SEGMENTS} h w"),
            ("disturbed", np.int64, "m"),
            ("disturbed_maps", np.float16, f"m {N_SEGMENTS} h w"),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), dtype, axes, name))


def out_of_fold(scores: Mapping[Run, RunScores], arm: Arm, seed: int, artefact: NDArray[np.int64]) -> OutOfFold:
    """The scores of one arm and seed; ``artefact`` (all) is that of the examples, below 0 where there is none.

    Raises InputError unless every fold is there and every case without another artefact is scored once.
    """
    return joined_folds(_folds(scores, arm, seed), artefact)


def attention_out_of_fold(
    scores: Mapping[Run, RunScores], arm: Arm, seed: int, artefact: NDArray[np.int64]
) -> OutOfFoldAttention:
    """Where the networks of one arm and seed looked; parameters and errors are those of :func:`out_of_fold`."""
    folds = _folds(scores, arm, seed)
    number, maps = _in_order(_clean_parts(folds, artefact), lambda part: part.of("attention"))
    disturbed, first = np.unique(
        np.concatenate([part.of("number") for part in _disturbed_parts(folds, artefact)]), return_index=True
    )
    disturbed_maps = np.concatenate([part.of("attention") for part in _disturbed_parts(folds, artefact)])[first]
    return OutOfFoldAttention(number, maps, disturbed, disturbed_maps)


def joined_folds(folds: Sequence[ScoredFold], artefact: NDArray[np.int64]) -> OutOfFold:
    """What the scorers of all folds say together, given in the order of the folds.

    ``artefact`` (all) is that of the examples, below 0 where there is none. Raises InputError unless every case without
    one is scored once.
    """
    clean = _clean_parts(folds, artefact)
    number, probability = _in_order(clean, lambda part: part.of("probability"))
    disturbed, disturbed_probability = _by_fold(_disturbed_parts(folds, artefact))
    return OutOfFold(
        number=number,
        fold=_in_order(clean, lambda part: np.full(part.kept.sum(), part.fold))[1],
        probability=probability,
        threshold=_in_order(clean, lambda part: np.tile(part.scores.threshold, (part.kept.sum(), 1)))[1],
        disturbed=disturbed,
        disturbed_probability=disturbed_probability,
    )


class _Part(NamedTuple):
    """Some of the cases that the scorer of a fold scored."""

    fold: int
    scores: ScoredFold
    kept: NDArray[np.bool_]

    def of(self, name: str) -> NDArray[Any]:
        return np.asarray(getattr(self.scores, name)[self.kept])


def _folds(scores: Mapping[Run, RunScores], arm: Arm, seed: int) -> list[RunScores]:
    folds = [scores[run] for fold in range(N_FOLDS) if (run := Run(arm, seed, fold)) in scores]
    if len(folds) != N_FOLDS:
        wanted = f"{N_FOLDS} of {arm.value}, seed {seed}"
        raise InputError("not every fold is scored", expected=wanted, found=len(folds))
    return folds


def _clean_parts(folds: Sequence[ScoredFold], artefact: NDArray[np.int64]) -> list[_Part]:
    parts = [_Part(fold, each, artefact[each.number] < 0) for fold, each in enumerate(folds)]
    number = np.sort(np.concatenate([part.of("number") for part in parts]))
    if not np.array_equal(number, np.flatnonzero(artefact < 0)):
        raise InputError("not every case is scored once", expected=int((artefact < 0).sum()), found=len(number))
    return parts


def _disturbed_parts(folds: Sequence[ScoredFold], artefact: NDArray[np.int64]) -> list[_Part]:
    return [_Part(fold, each, artefact[each.number] >= 0) for fold, each in enumerate(folds)]


def _in_order(
    parts: Sequence[_Part], values: Callable[[_Part], NDArray[Any]]
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Numbers of the examples, rising, and their values."""
    number = np.concatenate([part.of("number") for part in parts])
    order = np.argsort(number)
    return number[order], np.concatenate([values(part) for part in parts])[order]


def _by_fold(parts: Sequence[_Part]) -> tuple[NDArray[np.int64], FloatArray]:
    """Numbers (m) of the examples, rising, and their probabilities (5 m 6)."""
    number = np.unique(np.concatenate([part.of("number") for part in parts]))
    probability = np.full((N_FOLDS, len(number), N_SEGMENTS), np.nan)
    for part in parts:
        probability[part.fold, np.searchsorted(number, part.of("number"))] = part.of("probability")
    return number, probability
