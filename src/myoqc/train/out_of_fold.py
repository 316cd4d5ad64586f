"""Scores of every case by networks that have not learnt from its subject, put together from the runs of an arm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

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


@dataclass(frozen=True, slots=True, eq=False)
class OutOfFold:
    """Of n cases without another artefact, each scored once, and of m with one, scored by the network of every fold."""

    number: NDArray[np.int64]
    """(n) of the examples, rising."""
    fold: NDArray[np.int64]
    """(n) in which they were tested."""
    probability: FloatArray
    """(n 6)"""
    threshold: FloatArray
    """(n 2) of the network that scored them, for 90 and 95 % specificity; NaN where it has none."""
    attention: NDArray[np.float16]
    """(n 6 h w)"""
    disturbed: NDArray[np.int64]
    """(m) of the examples, rising."""
    disturbed_probability: FloatArray
    """(5 m 6) by fold; NaN where the network knows the subject."""
    disturbed_attention: NDArray[np.float16]
    """(m 6 h w) of the first network that scored them."""

    def __post_init__(self) -> None:
        for name, dtype, axes in (
            ("number", np.int64, "n"),
            ("fold", np.int64, "n"),
            ("probability", np.float64, f"n {N_SEGMENTS}"),
            ("threshold", np.float64, "n 2"),
            ("attention", np.float16, f"n {N_SEGMENTS} h w"),
            ("disturbed", np.int64, "m"),
            ("disturbed_probability", np.float64, f"{N_FOLDS} m {N_SEGMENTS}"),
            ("disturbed_attention", np.float16, f"m {N_SEGMENTS} h w"),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), dtype, axes, name))


def out_of_fold(scores: Mapping[Run, RunScores], arm: Arm, seed: int, artefact: NDArray[np.int64]) -> OutOfFold:
    """The scores of one arm and seed; ``artefact`` (all) is that of the examples, below 0 where there is none.

    Raises InputError unless every fold is there and every case without another artefact is scored once.
    """
    folds = [scores[run] for fold in range(N_FOLDS) if (run := Run(arm, seed, fold)) in scores]
    if len(folds) != N_FOLDS:
        wanted = f"{N_FOLDS} of {arm.value}, seed {seed}"
        raise InputError("not every fold is scored", expected=wanted, found=len(folds))
    clean = [_Part(fold, each, artefact[each.number] < 0) for fold, each in enumerate(folds)]
    other = [_Part(part.fold, part.scores, ~part.kept) for part in clean]
    number = np.concatenate([part.of("number") for part in clean])
    order = np.argsort(number)
    if not np.array_equal(number[order], np.flatnonzero(artefact < 0)):
        raise InputError("not every case is scored once", expected=int((artefact < 0).sum()), found=len(number))
    return OutOfFold(
        number=number[order],
        fold=np.concatenate([np.full(part.kept.sum(), part.fold) for part in clean])[order],
        probability=np.concatenate([part.of("probability") for part in clean])[order],
        threshold=np.concatenate([np.tile(part.scores.threshold, (part.kept.sum(), 1)) for part in clean])[order],
        attention=np.concatenate([part.of("attention") for part in clean])[order],
        **_of_disturbed(other),
    )


class _Part(NamedTuple):
    """Some of the cases that the network of a fold scored."""

    fold: int
    scores: RunScores
    kept: NDArray[np.bool_]

    def of(self, name: str) -> NDArray[Any]:
        return np.asarray(getattr(self.scores, name)[self.kept])


def _of_disturbed(parts: Sequence[_Part]) -> dict[str, NDArray[Any]]:
    number = np.unique(np.concatenate([part.of("number") for part in parts]))
    probability = np.full((N_FOLDS, len(number), N_SEGMENTS), np.nan)
    attention = np.zeros((len(number), *parts[0].scores.attention.shape[1:]), dtype=np.float16)
    for part in reversed(parts):
        place = np.searchsorted(number, part.of("number"))
        probability[part.fold, place] = part.of("probability")
        attention[place] = part.of("attention")
    return {"disturbed": number, "disturbed_probability": probability, "disturbed_attention": attention}
