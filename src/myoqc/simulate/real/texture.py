"""The image's own texture: what of its brightness neither its coils nor its tissues explain."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.simulate.real.labels import AIR, Labels
from myoqc.simulate.scene import Part

FloatMap = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

LIMITS = (0.3, 2.0)
LOCAL_MM = 22.0
"""Outside the heart, brightness is held against that of the same tissue so near: shading that is left is no texture."""
BORDER_PX = 1.2
"""Width of the smoothing that carries the texture from the inside of a tissue to its border."""


def texture(unshaded: FloatMap, labels: Labels, seen: BoolArray, spacing_mm: float) -> FloatMap:
    """Signal of the tissue in a pixel over the mean of that tissue (y x), 0.3 to 2.0; 1 where nothing was seen.

    A pixel at the border of a tissue holds some of its neighbour: it takes the texture of the inside near it.
    """
    result = np.ones(unshaded.shape, dtype=np.float32)
    code = labels.tissue.astype(np.int16) * len(Part) + labels.part
    for value in np.unique(code[labels.tissue != AIR]):
        whole = (code == value) & seen
        inside = whole & ndimage.minimum_filter(whole, 3)
        source = inside if inside.sum() > 20 else whole
        if not source.any():
            continue
        window = _window(whole)
        own = _relative(unshaded[window], source[window], heart=value % len(Part) == Part.HEART, spacing_mm=spacing_mm)
        near = _inside_mean(own, source[window], BORDER_PX)
        result[window][whole[window]] = np.where(source[window], own, near)[whole[window]]
    return np.clip(result, *LIMITS)


def _window(mask: BoolArray) -> tuple[slice, slice]:
    """Rows and columns that hold a mask."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _relative(values: FloatMap, source: BoolArray, *, heart: bool, spacing_mm: float) -> FloatMap:
    """Values over the mean of the tissue: of all its pixels in the heart, of those around elsewhere."""
    mean = max(float(values[source].mean()), 1e-6)
    if heart:
        return np.asarray(values / mean, dtype=np.float32)
    local = _inside_mean(values, source, LOCAL_MM / spacing_mm, default=mean, grain=0.02)
    return np.asarray(values / np.maximum(local, 1e-6), dtype=np.float32)


def _inside_mean(
    values: FloatMap, source: BoolArray, width_px: float, *, default: float = 1.0, grain: float = 0.01
) -> FloatMap:
    """Smoothed over the pixels of ``source`` only; ``default`` far from all of them."""
    weight = source.astype(np.float32)
    top = ndimage.gaussian_filter(np.where(source, values - default, 0.0).astype(np.float32), width_px, truncate=3.0)
    share = ndimage.gaussian_filter(weight, width_px, truncate=3.0)
    return np.asarray(default + top / (share + grain), dtype=np.float32)
