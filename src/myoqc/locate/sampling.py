"""Values of images between their pixels: linear, over the area of the pixels asked for, with gaps left out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

FloatArray = NDArray[np.float64]

MOST_SUBSAMPLES = 8
"""Points per pixel and axis; enough for source pixels of an eighth of the target's."""
LEAST_KNOWN = 0.5
"""A pixel that is not a number or outside by more than this share of its weight is not a number in the result."""


def n_subsamples(target_mm: float, source_mm: float) -> int:
    """How many points per axis a pixel of ``target_mm`` needs, where the source has one each ``source_mm``."""
    # Rounding of the spacing must not double the work.
    return int(np.clip(np.ceil(target_mm / source_mm - 1e-3), 1, MOST_SUBSAMPLES))


def centres_px(shape: tuple[int, int], finer: int) -> FloatArray:
    """(y x 2) coordinates of a grid ``finer`` times as fine as the pixels of ``shape``, in those pixels."""
    rows, columns = ((np.arange(length * finer) + 0.5) / finer - 0.5 for length in shape)
    return np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1)


def is_inside(points: FloatArray, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """(…) whether points (… 2) lie on the pixels of an image of ``shape``."""
    # What rounding moves off the border of a pixel stays inside.
    margin = 0.5 + 1e-6
    return np.asarray(((points >= -margin) & (points <= np.array(shape[-2:]) - 1 + margin)).all(axis=-1))


def means_at(stack: NDArray[Any], points: FloatArray, rows: int, columns: int) -> NDArray[np.float32]:
    """``stack`` (n y x) at ``points``, averaged over blocks to (n rows columns); NaN where too little is known."""
    inside = is_inside(points, stack.shape)
    sampled = np.empty((len(stack), rows, columns), dtype=np.float32)
    for number, image in enumerate(stack):
        known = np.isfinite(image)
        weight = _mean_of_blocks(_linear(known.astype(np.float64), points) * inside, rows, columns)
        total = _mean_of_blocks(_linear(np.where(known, image, 0.0), points) * inside, rows, columns)
        enough = weight >= LEAST_KNOWN
        sampled[number] = np.divide(total, weight, out=np.full((rows, columns), np.nan), where=enough)
    return sampled


def _linear(image: FloatArray, points: FloatArray) -> FloatArray:
    return np.asarray(map_coordinates(image, points.transpose(2, 0, 1), order=1, mode="nearest", output=np.float64))


def _mean_of_blocks(fine: FloatArray, rows: int, columns: int) -> FloatArray:
    return np.asarray(fine.reshape(rows, fine.shape[0] // rows, columns, -1).mean(axis=(1, 3)))
