"""What a scoring network sees of a crop: numbers that change little with coil, contrast and scanner.

Chosen after a trial in which networks that saw plain intensities, T1 in ms and R² called still real hearts moved.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import ContourError
from myoqc.records import CROP_MM, CROP_PX, Crop
from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS
from myoqc.score.statistics import STATISTICS, log_misfit

FloatMap = NDArray[np.float32]

HEART_MM = 40.0
"""Radius about the middle of the crop that holds most left ventricles and little else."""
BRIGHT_PERCENT, BRIGHTEST = 95.0, 3.0
"""What is bright near the heart counts as 1; values are cut off at three times that."""
MOST_LOG_T1 = 1.5
"""T1 is seen as its logarithm against the heart's median, cut off here: native blood lies at 0.4."""
MISFIT_MIDDLE, MISFIT_SPREAD, LEAST_MISFIT = -2.5, 1.0, 1e-4
"""R² is seen as log10(1 − R²), about its usual value."""
TI_UNIT_MS = 1000.0
WHOLE_WALL = ("mean_log", "lowest_5_percent")
"""Statistics that are also taken over the whole wall: a segment's R² is low or not against its neighbours'."""
N_STATISTICS = len(STATISTICS) + len(WHOLE_WALL) + 3


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """One slice as a network reads it."""

    stack: FloatMap
    """(t 160 160) images in order of acquisition; 1 = bright near the heart."""
    t1: FloatMap
    """(160 160) logarithm of T1 against the median near the heart; 0 where not fitted."""
    r2: FloatMap
    """(160 160) log10(1 − R²), scaled: higher is worse; 0 where not fitted."""
    ti: FloatMap
    """(t) logarithm of the inversion time in seconds."""
    statistics: FloatMap
    """(6 k) of each segment, as :func:`segment_statistics` says; (6 0) where the segments are not known."""

    def __post_init__(self) -> None:
        for name, axes in (
            ("stack", f"t {CROP_PX} {CROP_PX}"),
            ("t1", f"{CROP_PX} {CROP_PX}"),
            ("r2", f"{CROP_PX} {CROP_PX}"),
            ("ti", "t"),
            ("statistics", f"{N_SEGMENTS} k"),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float32, axes, f"the input's {name}"))


def inputs_of(crop: Crop) -> Inputs:
    """The inputs of a network for a crop; without segment masks there are no statistics."""
    near = _near_heart()
    return Inputs(
        stack=_scaled_stack(crop.irw, near),
        t1=_scaled_t1(crop.t1_ms, near),
        r2=_scaled_misfit(crop.r2),
        ti=np.log(np.maximum(crop.ti_ms, 1.0) / TI_UNIT_MS).astype(np.float32),
        statistics=np.zeros((N_SEGMENTS, 0), dtype=np.float32) if crop.masks is None else segment_statistics(crop),
    )


def segment_statistics(crop: Crop) -> FloatMap:
    """(6 k) how low R² is in each segment and in the whole wall, how T1 varies, what was not fitted, how many images.

    A segment without a fitted pixel has the statistics of the whole wall. Raises ContourError for a crop without
    segments.
    """
    if crop.masks is None:
        raise ContourError("the segments of this slice are not known", remedy="Give contours or segment masks.")
    wall = crop.masks.any(axis=0)
    of_wall = _misfits(crop.r2[wall])
    whole = [of_wall[list(STATISTICS).index(name)] for name in WHOLE_WALL]
    rows = [[*_misfits(crop.r2[mask], of_wall), *whole, *_others(crop, mask)] for mask in crop.masks]
    return np.asarray(rows, dtype=np.float32)


def _misfits(r2: FloatMap, instead: list[float] | None = None) -> list[float]:
    fitted = r2[np.isfinite(r2)].astype(np.float64)
    if not fitted.size:
        return instead if instead is not None else [0.0] * len(STATISTICS)
    return [_centred(name, statistic(fitted)) for name, statistic in STATISTICS.items()]


def _centred(name: str, value: float) -> float:
    return value if name.startswith("share") else (value - MISFIT_MIDDLE) / MISFIT_SPREAD


def _others(crop: Crop, mask: NDArray[np.bool_]) -> list[float]:
    """Spread of T1 against its median, share of pixels without a fit, number of images against ShMOLLI's."""
    t1_ms = crop.t1_ms[mask]
    fitted = t1_ms[_has_t1(t1_ms)]
    spread = float(fitted.std() / np.median(fitted)) if fitted.size else 0.0
    missing = 1.0 - fitted.size / max(t1_ms.size, 1)
    return [min(10.0 * spread, 5.0), missing, (len(crop.irw) - 7) / 2.0]


def _has_t1(t1_ms: FloatMap) -> NDArray[np.bool_]:
    """Scanners write 0 where they did not fit."""
    return np.asarray(np.isfinite(t1_ms) & (t1_ms > 0.0))


def _near_heart() -> NDArray[np.bool_]:
    offset_mm = (np.arange(CROP_PX) - (CROP_PX - 1) / 2) * CROP_MM / CROP_PX
    return np.asarray(np.hypot(offset_mm[:, None], offset_mm[None]) <= HEART_MM)


def _scaled_stack(irw: FloatMap, near: NDArray[np.bool_]) -> FloatMap:
    brightest = np.nan_to_num(irw).max(axis=0)[near]
    bright = max(float(np.percentile(brightest, BRIGHT_PERCENT)), float(np.finfo(np.float32).tiny))
    return np.asarray(np.minimum(np.nan_to_num(irw), BRIGHTEST * bright) / bright, dtype=np.float32)


def _scaled_t1(t1_ms: FloatMap, near: NDArray[np.bool_]) -> FloatMap:
    fitted = _has_t1(t1_ms)
    usual = float(np.median(t1_ms[fitted & near])) if (fitted & near).any() else 1.0
    log_t1 = np.log(np.where(fitted, t1_ms, usual) / usual)
    return np.asarray(np.clip(log_t1, -MOST_LOG_T1, MOST_LOG_T1), dtype=np.float32)


def _scaled_misfit(r2: FloatMap) -> FloatMap:
    misfit = np.maximum(log_misfit(np.nan_to_num(r2, nan=0.0)), np.log10(LEAST_MISFIT))
    return np.asarray(np.where(np.isfinite(r2), (misfit - MISFIT_MIDDLE) / MISFIT_SPREAD, 0.0), dtype=np.float32)
