"""The numbers of each segment, over its pixels on the scanner's own grid."""

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import AnySegment
from myoqc.records import ParameterMap, Segments, SegmentSummary
from myoqc.records.arrays import same_matrix


def summarise(maps: ParameterMap, segments: Segments) -> tuple[SegmentSummary, ...]:
    """Mean and spread of T1, mean and lowest R² of each segment, over the pixels that were fitted.

    The spread is the standard deviation over pixels, divided by their number n (not n − 1); a fitted pixel without R²
    counts for T1 alone. Raises GeometryError where maps and segments differ in matrix.
    """
    same_matrix(segments.masks.shape, maps.grid.shape, "the segment masks")
    r2 = np.full(maps.t1_ms.shape, np.nan) if maps.r2 is None else maps.r2
    return tuple(
        _summary(segment, mask, maps.t1_ms, r2) for segment, mask in zip(segments.kinds, segments.masks, strict=True)
    )


def _summary(
    segment: AnySegment, mask: NDArray[np.bool_], t1_ms: NDArray[np.float64], r2: NDArray[np.float64]
) -> SegmentSummary:
    nan = float("nan")
    fitted = mask & np.isfinite(t1_ms)
    if not fitted.any():
        return SegmentSummary(segment, int(mask.sum()), 0, nan, nan, nan, nan)
    explained = r2[fitted & np.isfinite(r2)]
    return SegmentSummary(
        segment=segment,
        n_pixels=int(mask.sum()),
        n_fitted=int(fitted.sum()),
        t1_mean_ms=float(t1_ms[fitted].mean()),
        t1_sd_ms=float(t1_ms[fitted].std()),
        r2_mean=float(explained.mean()) if explained.size else nan,
        r2_min=float(explained.min()) if explained.size else nan,
    )
