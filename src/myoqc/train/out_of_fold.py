"""Scores of every case by networks that have not learnt from its subject, put together from the runs of an arm."""

from collections.abc import Mapping
from dataclasses import dataclass

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
        raise InputError(
            "not every fold is scored", expected=f"{N_FOLDS} of {arm.value}, seed {seed}", found=len(folds)
        )
    clean = [artefact[each.number] < 0 for each in folds]
    number = np.concatenate([each.number[kept] for each, kept in zip(folds, clean, strict=True)])
    order = np.argsort(number)
    if not np.array_equal(number[order], np.flatnonzero(artefact < 0)):
        raise InputError("not every case is scored once", expected=int((artefact < 0).sum()), found=len(number))
    disturbed = np.unique(np.concatenate([each.number[~kept] for each, kept in zip(folds, clean, strict=True)]))
    probability = np.full((N_FOLDS, len(disturbed), N_SEGMENTS), np.nan)
    attention = np.zeros((len(disturbed), *folds[0].attention.shape[1:]), dtype=np.float16)
    for fold in reversed(range(N_FOLDS)):
        place = np.searchsorted(disturbed, folds[fold].number[~clean[fold]])
        probability[fold, place] = folds[fold].probability[~clean[fold]]
        attention[place] = folds[fold].attention[~clean[fold]]
    parts = list(zip(range(N_FOLDS), folds, clean, strict=True))
    return OutOfFold(
        number=number[order],
        fold=np.concatenate([np.full(kept.sum(), fold) for fold, _, kept in parts])[order],
        probability=np.concatenate([each.probability[kept] for _, each, kept in parts])[order],
        threshold=np.concatenate([np.tile(each.threshold, (kept.sum(), 1)) for _, each, kept in parts])[order],
        attention=np.concatenate([each.attention[kept] for _, each, kept in parts])[order],
        disturbed=disturbed,
        disturbed_probability=probability,
        disturbed_attention=attention,
    )
