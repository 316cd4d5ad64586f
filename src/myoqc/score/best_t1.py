"""T1 of the part of the wall that motion spoilt least, against which the other parts can be seen.

Where most of the wall moved, the median over the wall is wrong as well; what lies well inside it, or moved along
itself, keeps its recovery and its T1.
"""

import numpy as np
from numpy.typing import NDArray

from myoqc.records import Crop
from myoqc.score.apparent_motion import COARSE, ApparentMotion

FloatMap = NDArray[np.float32]

BEST_PERCENT = 25.0
"""Of the wall's fitted pixels: fewer would be noise, more would be moved ones."""
BEST_BY = ("R²", "residual")
"""What says which pixels these are. ShMOLLI's R² is of the images that its fit keeps; residuals are of all."""
UNIT, MOST = 0.1, 10.0
"""Statistics are ratios less 1 in tenths, cut off at twice the T1 of the best."""


def has_t1(t1_ms: FloatMap) -> NDArray[np.bool_]:
    """Which pixels were fitted; scanners write 0 where they did not."""
    return np.asarray(np.isfinite(t1_ms) & (t1_ms > 0.0))


def against_best_t1(crop: Crop, motion: ApparentMotion, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(6 2) mean T1 of each segment in ``masks`` (6 160 160) against that of the best pixels of the wall, by
    :data:`BEST_BY`; 0 for a segment without a fitted pixel."""
    fitted = has_t1(crop.t1_ms)
    wall = fitted & masks.any(axis=0)
    residual = np.sqrt((motion.residual**2).mean(axis=0)).repeat(COARSE, axis=0).repeat(COARSE, axis=1)
    best_ms = [_best(crop.t1_ms[wall], badness[wall]) for badness in (1.0 - crop.r2, residual)]
    means_ms = [_mean(crop.t1_ms[mask & fitted]) for mask in masks]
    ratios = np.array(means_ms)[:, None] / np.array(best_ms)
    return np.asarray(np.nan_to_num(np.clip((ratios - 1.0) / UNIT, -MOST, MOST)))


def _mean(t1_ms: FloatMap) -> float:
    return float(t1_ms.mean(dtype=np.float64)) if t1_ms.size else float("nan")


def _best(t1_ms: FloatMap, badness: FloatMap) -> float:
    """Median T1 of the pixels (n) that are least bad; NaN of none."""
    known = np.isfinite(badness)
    if not known.any():
        return float("nan")
    t1_ms, badness = t1_ms[known], badness[known]
    return float(np.median(t1_ms[badness <= np.percentile(badness, BEST_PERCENT)]))
