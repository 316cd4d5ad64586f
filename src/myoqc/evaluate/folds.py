"""How far calls agree with a reference in each fold of a cross-validation, and how much the folds differ [Zhang2020].

The paper's Table 1 gives mean ± standard deviation over five folds. That spread says how a result varies with who is
tested and who is learnt from; it is no interval of the result, since the folds share most of what they learn from.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.aha import Level
from myoqc.errors import GeometryError, InputError
from myoqc.evaluate.auc import auc
from myoqc.evaluate.calls import calls_of
from myoqc.evaluate.segments import by_image, by_segment
from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and standard deviation over those of the folds that have a value."""

    mean: float
    """NaN where none has."""
    sd: float
    """Of a sample: divided by one less than their number; NaN for fewer than two."""
    n_folds: int


@dataclass(frozen=True, slots=True, eq=False)
class FoldShares:
    """Shares of calls that are equal to the reference, in each of k folds; NaN where a fold has no map."""

    segment: FloatArray
    """(k 6) of each segment."""
    segments: FloatArray
    """(k) of all six together."""
    image: FloatArray
    """(k) of whole images: called, or moved, if any of the six is."""
    n_maps: NDArray[np.int64]
    """(k)"""

    def __post_init__(self) -> None:
        for name, dtype, axes in (
            ("segment", np.float64, f"k {N_SEGMENTS}"),
            ("segments", np.float64, "k"),
            ("image", np.float64, "k"),
            ("n_maps", np.int64, "k"),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), dtype, axes, f"the folds' {name}"))


@dataclass(frozen=True, slots=True, eq=False)
class FoldAgreement:
    """What the paper's Table 1 and the areas of its Figure 6 say, of one scorer."""

    everything: FoldShares
    basal: FoldShares
    mid: FoldShares
    auc_segments: FloatArray
    """(k) NaN where a fold has segments of one kind alone."""
    auc_images: FloatArray
    """(k) of the highest score of each image."""
    pooled_auc_segments: float
    """Of the segments of all folds together, as the paper's (n = 15,408); scores of several networks are compared."""
    pooled_auc_images: float

    def __post_init__(self) -> None:
        for name in ("auc_segments", "auc_images"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, "k", f"the folds' {name}"))


def fold_agreement(
    called: ArrayLike, score: ArrayLike, reference: ArrayLike, level: ArrayLike, fold: ArrayLike
) -> FoldAgreement:
    """Agreement of calls, and AUC of the scores they were made from (n 6), with the reference (n 6).

    ``level`` (n) is 'basal' or 'mid', other words count in the whole alone; ``fold`` (n) names the fold in which each
    map was tested. Raises GeometryError for what is not of the same maps, InputError for anything but 0 and 1 among
    calls and reference, and without a map.
    """
    calls, motion = calls_of({"the scorer": called, "the reference": reference})
    value = frozen(score, np.float64, f"n {N_SEGMENTS}", "the scores")
    levels, folds = np.asarray(level), np.asarray(fold)
    for name, each in {"score": value, "level": levels, "fold": folds}.items():
        if each.shape[:1] != (len(calls),) or each.ndim != value.ndim - (each is not value):
            raise GeometryError(f"not one {name} a map", expected=len(calls), found=each.shape)
    if not len(calls):
        raise InputError("no map to compare", expected="one or more", found=0)
    within = folds == np.unique(folds)[:, None]
    segments, images = (_areas(*of(value, motion), within) for of in (by_segment, by_image))
    return FoldAgreement(
        everything=_shares(calls, motion, within),
        basal=_shares(calls, motion, within & (levels == Level.BASAL.value)),
        mid=_shares(calls, motion, within & (levels == Level.MID.value)),
        auc_segments=segments[:-1],
        auc_images=images[:-1],
        pooled_auc_segments=float(segments[-1]),
        pooled_auc_images=float(images[-1]),
    )


def network_agreement(called: ArrayLike, reference: ArrayLike) -> FoldShares:
    """Agreement of the calls (k m 6) of k networks on the same maps with the reference (m 6).

    A call is 0, 1, or NaN where a network may not score the map, because it knows the subject; a map without all six
    calls of a network is left out of that network's shares. Raises GeometryError for other axes, and InputError for
    other calls.
    """
    motion = frozen(reference, bool, f"m {N_SEGMENTS}", "the reference")
    calls = frozen(called, np.float64, f"k {len(motion)} {N_SEGMENTS}", "the calls of the networks")
    strange = ~np.isin(calls, (0.0, 1.0)) & ~np.isnan(calls)
    if strange.any():
        raise InputError("not calls", expected="0, 1, or NaN where not scored", found=calls[strange][0])
    return _shares(calls == 1.0, motion, ~np.isnan(calls).any(axis=-1))


def spread(values: ArrayLike) -> Spread:
    """Mean ± standard deviation of ``values`` (k), of which those that are NaN are left out.

    Raises GeometryError for other axes.
    """
    given: FloatArray = frozen(values, np.float64, "k", "the values of the folds")
    known = given[~np.isnan(given)]
    mean = float(known.mean()) if len(known) else float("nan")
    return Spread(mean, float(known.std(ddof=1)) if len(known) > 1 else float("nan"), len(known))


def _shares(called: BoolArray, motion: BoolArray, counted: BoolArray) -> FoldShares:
    """Of calls (n 6), or (k n 6) where each fold has its own, over the maps that are counted (k n)."""
    right = (called == motion) & counted[..., None]
    image_right = (called.any(axis=-1) == motion.any(axis=-1)) & counted
    n_maps = counted.sum(axis=1)
    return FoldShares(
        segment=_share(right.sum(axis=1), n_maps[:, None]),
        segments=_share(right.sum(axis=(1, 2)), n_maps * N_SEGMENTS),
        image=_share(image_right.sum(axis=1), n_maps),
        n_maps=n_maps,
    )


def _share(n_right: NDArray[np.int64], n_all: NDArray[np.int64]) -> FloatArray:
    n_all = np.broadcast_to(n_all, n_right.shape)
    return np.asarray(np.divide(n_right, n_all, out=np.full(n_right.shape, np.nan), where=n_all > 0))


def _areas(score: FloatArray, positive: BoolArray, within: BoolArray) -> FloatArray:
    """(k + 1) of each fold, and of all together; folds hold maps (k n), scores are of their segments or images."""
    chosen = within.repeat(len(score) // within.shape[1], axis=1)
    parts = (*chosen, np.ones(len(score), dtype=bool))
    return np.array([_area(score[part], positive[part]) for part in parts])


def _area(score: FloatArray, positive: BoolArray) -> float:
    try:
        return auc(score, positive)
    except InputError:
        return float("nan")
