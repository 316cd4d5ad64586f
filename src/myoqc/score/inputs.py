"""What a scoring network sees of a crop: numbers that change little with coil, contrast and scanner.

Chosen after a trial in which networks that saw plain intensities, T1 in ms and R² called still real hearts moved.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records import CROP_MM, CROP_PX, Crop
from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS
from myoqc.score.apparent_motion import APPARENT_PX, ApparentMotion, apparent_motion
from myoqc.score.best_t1 import has_t1
from myoqc.score.segment_statistics import MISFIT_MIDDLE, MISFIT_SPREAD, MOST_LOG_T1, segment_statistics
from myoqc.score.statistics import log_misfit

FloatMap = NDArray[np.float32]

HEART_MM = 40.0
"""Radius about the middle of the crop that holds most left ventricles and little else."""
BRIGHT_PERCENT, BRIGHTEST = 95.0, 3.0
"""What is bright near the heart counts as 1; values are cut off at three times that."""
LEAST_MISFIT = 1e-4
TI_UNIT_MS = 1000.0
SHORTEST_MS = 1.0
LEAST_RESIDUAL = 1e-3
"""Residuals are seen as their log10, about that of noise; 1 is bright."""


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """One slice as a network reads it."""

    stack: FloatMap
    """(t 160 160) images in order of acquisition; 1 = bright near the heart."""
    t1: FloatMap
    """(160 160) logarithm of T1 against the median near the heart, cut off; 0 where not fitted."""
    r2: FloatMap
    """(160 160) log10(1 − R²), scaled: higher is worse; 0 where not fitted."""
    ti: FloatMap
    """(t) logarithm of the inversion time in seconds."""
    apparent: FloatMap
    """(2 80 80) apparent motion over all images: the longest way as log(1 + mm), and the residual, scaled: higher is
    worse."""
    statistics: FloatMap
    """(6 k) of each segment, by :data:`~myoqc.score.segment_statistics.NAMES`; (6 0) where there are no segments."""

    def __post_init__(self) -> None:
        for name, axes in (
            ("stack", f"t {CROP_PX} {CROP_PX}"),
            ("t1", f"{CROP_PX} {CROP_PX}"),
            ("r2", f"{CROP_PX} {CROP_PX}"),
            ("ti", "t"),
            ("apparent", f"2 {APPARENT_PX} {APPARENT_PX}"),
            ("statistics", f"{N_SEGMENTS} k"),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float32, axes, f"the input's {name}"))


def inputs_of(crop: Crop) -> Inputs:
    """The inputs of a network for a crop; without segment masks there are no statistics."""
    near = _near_heart()
    stack, ti_s = _scaled_stack(crop.irw, near), np.maximum(crop.ti_ms, SHORTEST_MS) / TI_UNIT_MS
    motion = apparent_motion(stack, ti_s)
    return Inputs(
        stack=stack,
        t1=_scaled_t1(crop.t1_ms, near),
        r2=_scaled_misfit(crop.r2),
        ti=np.log(ti_s).astype(np.float32),
        apparent=_seen_motion(motion),
        statistics=(
            np.zeros((N_SEGMENTS, 0), dtype=np.float32) if crop.masks is None else segment_statistics(crop, motion)
        ),
    )


def _near_heart() -> NDArray[np.bool_]:
    offset_mm = (np.arange(CROP_PX) - (CROP_PX - 1) / 2) * CROP_MM / CROP_PX
    return np.asarray(np.hypot(offset_mm[:, None], offset_mm[None]) <= HEART_MM)


def _scaled_stack(irw: FloatMap, near: NDArray[np.bool_]) -> FloatMap:
    brightest = np.nan_to_num(irw).max(axis=0)[near]
    bright = max(float(np.percentile(brightest, BRIGHT_PERCENT)), float(np.finfo(np.float32).tiny))
    return np.asarray(np.minimum(np.nan_to_num(irw), BRIGHTEST * bright) / bright, dtype=np.float32)


def _scaled_t1(t1_ms: FloatMap, near: NDArray[np.bool_]) -> FloatMap:
    fitted = has_t1(t1_ms)
    usual = float(np.median(t1_ms[fitted & near])) if (fitted & near).any() else 1.0
    log_t1 = np.log(np.where(fitted, t1_ms, usual) / usual)
    return np.asarray(np.clip(log_t1, -MOST_LOG_T1, MOST_LOG_T1), dtype=np.float32)


def _scaled_misfit(r2: FloatMap) -> FloatMap:
    misfit = np.maximum(log_misfit(np.nan_to_num(r2, nan=0.0)), np.log10(LEAST_MISFIT))
    return np.asarray(np.where(np.isfinite(r2), (misfit - MISFIT_MIDDLE) / MISFIT_SPREAD, 0.0), dtype=np.float32)


def _seen_motion(motion: ApparentMotion) -> FloatMap:
    way_mm = np.linalg.norm(motion.way_mm, axis=1).max(axis=0)
    residual = np.sqrt((motion.residual**2).mean(axis=0))
    return np.stack([np.log1p(way_mm), np.log10(np.maximum(residual, LEAST_RESIDUAL) / LEAST_RESIDUAL) - 1.0])
