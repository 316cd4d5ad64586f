"""What is known of each located segment, as a few plain numbers that a network's head may use beside its maps."""

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import ContourError
from myoqc.records import Crop
from myoqc.score.apparent_motion import PIXEL_MM, ApparentMotion, coarser
from myoqc.score.best_t1 import BEST_BY, against_best_t1, has_t1
from myoqc.score.statistics import STATISTICS

FloatMap = NDArray[np.float32]
BoolMap = NDArray[np.bool_]

MISFIT_MIDDLE, MISFIT_SPREAD = -2.5, 1.0
"""log10(1 − R²) is seen about its usual value."""
WHOLE_WALL = ("mean_log", "lowest_5_percent")
"""Statistics of R² that are also taken over the whole wall: a segment's R² is low or not against its neighbours'."""
T1_NAMES = ("mean", "median", "10 %", "90 %")
"""Of a segment's log T1 against the wall's median, in units of 0.1."""
MOTION_NAMES = (
    *(f"way, {which}" for which in ("longest", "second", "mean")),
    *(f"way across the wall, {which}" for which in ("longest", "second", "longest against thickness")),
    *(f"way of the wall as a whole, {which}" for which in ("longest", "mean")),
    *(f"residual, {which}" for which in ("largest", "second", "mean")),
    "thickness",
)
NAMES = (
    *(f"R², {name}" for name in STATISTICS),
    *(f"R² of the wall, {name}" for name in WHOLE_WALL),
    "spread of T1",
    "pixels without T1",
    *(f"T1, {name}" for name in T1_NAMES),
    *(f"T1 against the best of the wall by {badness}" for badness in BEST_BY),
    *MOTION_NAMES,
    "number of images",
)
"""Of the statistics, in their order."""
N_STATISTICS = len(NAMES)
MOST_LOG_T1, LOG_T1_UNIT = 1.5, 0.1
LEAST_RESIDUAL, RESIDUAL_MIDDLE, RESIDUAL_SPREAD = 1e-4, -1.5, 0.5
LEAST_THICKNESS_MM = 2.0
THICKNESS_UNIT_MM = 10.0


def segment_statistics(crop: Crop, motion: ApparentMotion) -> FloatMap:
    """(6 k) of each segment, by :data:`NAMES`: R², T1, apparent motion, how many images.

    A segment without a fitted pixel has the R² of the whole wall. Raises ContourError for a crop without segments.
    """
    if crop.masks is None:
        raise ContourError("the segments of this slice are not known", remedy="Give contours or segment masks.")
    wall = np.asarray(crop.masks.any(axis=0))
    of_wall = _misfits(crop.r2[wall])
    whole = [of_wall[list(STATISTICS).index(name)] for name in WHOLE_WALL]
    log_t1 = np.log(np.where(has_t1(crop.t1_ms), crop.t1_ms, np.nan))
    rows = [[*_misfits(crop.r2[mask], of_wall), *whole, *_of_t1(log_t1, mask, wall)] for mask in crop.masks]
    best = against_best_t1(crop, motion, crop.masks)
    count = np.full((len(rows), 1), (len(crop.irw) - 7) / 2.0)
    return np.concatenate([rows, best, _of_motion(motion, crop.masks), count], axis=1, dtype=np.float32)


def _misfits(r2: FloatMap, instead: list[float] | None = None) -> list[float]:
    fitted = r2[np.isfinite(r2)].astype(np.float64)
    if not fitted.size:
        return instead if instead is not None else [0.0] * len(STATISTICS)
    return [_centred(name, statistic(fitted)) for name, statistic in STATISTICS.items()]


def _centred(name: str, value: float) -> float:
    return value if name.startswith("share") else (value - MISFIT_MIDDLE) / MISFIT_SPREAD


def _of_t1(log_t1: FloatMap, mask: BoolMap, wall: BoolMap) -> list[float]:
    """Spread of T1 against its median, share of pixels without one, and :data:`T1_NAMES`."""
    known, of_wall = _known(log_t1[mask]), _known(log_t1[wall])
    missing = 1.0 - known.size / max(int(mask.sum()), 1)
    if not known.size:
        return [0.0, missing, *[0.0] * len(T1_NAMES)]
    t1 = np.exp(known - np.median(of_wall))
    low, middle, high = (np.log(np.percentile(t1, percent)) for percent in (10.0, 50.0, 90.0))
    against_wall = np.clip([np.log(t1.mean()), middle, low, high], -MOST_LOG_T1, MOST_LOG_T1)
    return [min(10.0 * float(t1.std() / np.median(t1)), 5.0), missing, *(against_wall / LOG_T1_UNIT)]


def _known(values: FloatMap) -> NDArray[np.float64]:
    return values[np.isfinite(values)].astype(np.float64)


def _of_motion(motion: ApparentMotion, masks: BoolMap) -> NDArray[np.float64]:
    """(6 k) by :data:`MOTION_NAMES`, scaled; ways as log(1 + way in mm), residuals as their log10; 0 for no segment."""
    shares = coarser(masks.astype(np.float32)).reshape(len(masks), -1).astype(np.float64)
    pixels = shares.sum(axis=1)
    of = shares / np.maximum(pixels, 1.0)[:, None]
    flat = motion.way_mm.reshape(len(motion.way_mm), 2, -1)
    ways_mm = np.einsum("tcn,sn->tsc", flat, of)
    across_mm = np.abs(np.einsum("tcn,cn,sn->ts", flat, _outwards(shares.sum(axis=0)), of, optimize=True))
    squared = np.einsum("tn,sn->ts", motion.residual.reshape(len(flat), -1) ** 2, of)
    log_residual = np.log10(np.maximum(np.sqrt(squared), LEAST_RESIDUAL))
    residual = np.sort((log_residual - RESIDUAL_MIDDLE) / RESIDUAL_SPREAD, axis=0)[::-1]
    way, across = (np.sort(each, axis=0)[::-1] for each in (np.linalg.norm(ways_mm, axis=-1), across_mm))
    whole = np.linalg.norm(ways_mm.mean(axis=1), axis=-1)
    thickness_mm = _thickness_mm(pixels)
    columns = [
        *np.log1p([way[0], way[1], way.mean(axis=0), across[0], across[1]]),
        np.minimum(10.0 * across[0] / np.maximum(thickness_mm, LEAST_THICKNESS_MM), 10.0),
        *(np.full(len(masks), np.log1p(each)) for each in (whole.max(), whole.mean())),
        *(residual[0], residual[1], residual.mean(axis=0)),
        thickness_mm / THICKNESS_UNIT_MM,
    ]
    return np.asarray(np.where(pixels[:, None] > 0.0, np.stack(columns, axis=-1), 0.0))


def _outwards(wall: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2 n) unit vectors from the middle of a wall (n shares) to each pixel."""
    side = int(np.sqrt(len(wall)))
    places = np.indices((side, side)).reshape(2, -1).astype(np.float64)
    offset = places - (places @ wall / max(wall.sum(), 1.0))[:, None]
    return np.asarray(offset / np.maximum(np.linalg.norm(offset, axis=0), 1e-6))


def _thickness_mm(pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    """(6) area of each segment by the length of a sixth of a circle with the area of them all."""
    length_px = 2.0 * np.pi / len(pixels) * np.sqrt(max(pixels.sum(), 1.0) / np.pi)
    return np.asarray(pixels / length_px * PIXEL_MM)
