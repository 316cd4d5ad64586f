"""What motion and noise did to the maps of a simulated slice, against the same slice without them."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from myoqc.fit import fit_maps
from myoqc.records import Acquisition, ParameterMap, Segments
from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Harm:
    """Means over the pixels of each segment that are fitted in both; NaN where there are none."""

    t1_error_ms: FloatArray
    """(6) mean T1 less the mean T1 of the same slice without motion and noise."""
    r2_drop: FloatArray
    """(6) mean R² of the same slice without motion and noise less the mean R²."""

    def __post_init__(self) -> None:
        for name in ("t1_error_ms", "r2_drop"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, str(N_SEGMENTS), name))


def harm(maps: ParameterMap, still: Acquisition, segments: Segments) -> Harm:
    """Compare ``maps`` with those of ``still``, the same slice without motion and noise, fitted in the same way.

    Only the segments' pixels of ``still`` are fitted, which gives their T1 and R² as the whole image would.
    """
    wall = np.where(segments.myocardium, still.images, np.float32(np.nan))
    best = fit_maps(replace(still, images=wall), maps.method)
    t1_error_ms = [_difference(maps.t1_ms, best.t1_ms, mask) for mask in segments.masks]
    r2_drop = [_difference(best.r2, maps.r2, mask) for mask in segments.masks]
    return Harm(np.array(t1_error_ms), np.array(r2_drop))


def _difference(first: FloatArray | None, second: FloatArray | None, mask: NDArray[np.bool_]) -> float:
    """Mean of the first map less that of the second, over the pixels of ``mask`` that both have."""
    if first is None or second is None:
        return float("nan")
    both = mask & np.isfinite(first) & np.isfinite(second)
    return float((first[both] - second[both]).mean()) if both.any() else float("nan")
