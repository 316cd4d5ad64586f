"""Slow shading of an image by its receive coils, told from the tissues and taken away."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from myoqc.records import LabelledImage

FloatMap = NDArray[np.float32]

REACH_MM = (60.0, 45.0, 35.0, 28.0, 28.0)
"""Width of the smoothing, round by round: first the whole chest, then what lies beneath one coil."""
COARSE_MM = 4.0
"""Side of the blocks on which shading is looked for; it changes little over them."""
DARKEST = 0.75
"""What is darker than this share of the myocardium is lung, air or bone: it tells nothing about a coil."""
MID_WEIGHT = 0.5
"""Of what is taken for muscle against what is taken for blood or fat: it may be lung under a strong coil."""
ANCHOR = 8.0
"""Weight of a pixel of the left ventricle, of which the tissue is known, against any other."""
STEEPEST = 12.0
"""Most that the shading may differ from that in the left ventricle, as a factor."""


def unshaded(labelled: LabelledImage) -> tuple[FloatMap, FloatMap]:
    """The image (y x) without shading, blood near 1, and the shading (y x), so that their product is the image.

    Each round takes what is brighter than half-way between wall and cavity for blood or fat and the rest for muscle,
    and smooths what these classes leave over, as in [Wells1996] with hard classes; the left ventricle, where the
    tissue is known, counts more.
    """
    step = max(round(COARSE_MM / labelled.spacing_mm), 1)
    image = labelled.image
    cavity, wall = labelled.cavity, labelled.outer & ~labelled.cavity
    blood, muscle = (float(np.median(image[mask])) for mask in (cavity, wall))
    ratio = float(np.clip(muscle / max(blood, 1e-6), 0.2, 0.85))
    floor = np.float32(1e-3 * max(blood, 1e-6))
    coarse = np.log(np.maximum(_blocks(image, step), floor) / blood)
    known = ANCHOR * _blocks(labelled.outer.astype(np.float32), step)
    shading = np.zeros_like(coarse)
    for reach_mm in REACH_MM:
        level = coarse - shading
        bright = level > 0.5 * np.log(ratio)
        left_over = np.where(bright, level, level - np.float32(np.log(ratio)))
        weight = np.where(bright, 1.0, MID_WEIGHT * (level > np.log(DARKEST * ratio))) + known
        shading = shading + _smoothed(left_over, weight, reach_mm / (step * labelled.spacing_mm))
        shading = np.clip(shading - np.average(shading, weights=known), -np.log(STEEPEST), np.log(STEEPEST))
    field = np.asarray(blood * np.exp(_enlarged(shading, step, image.shape)), dtype=np.float32)
    field *= np.float32(np.median(image[cavity] / field[cavity]))
    return np.asarray(image / field, dtype=np.float32), field


def _smoothed(values: FloatMap, weight: FloatMap, width_px: float) -> FloatMap:
    # A grain of weight everywhere lets the field run out evenly where no tissue tells of it.
    mean = float(np.average(values, weights=np.maximum(weight, 1e-9)))
    top = gaussian_filter((values - mean) * weight, width_px, mode="nearest")
    return np.asarray(mean + top / (gaussian_filter(weight.astype(np.float64), width_px, mode="nearest") + 1e-3))


def _blocks(image: FloatMap, step: int) -> FloatMap:
    """Means over blocks of ``step`` by ``step`` pixels; those at the far borders may be cut."""
    rows, columns = (np.arange(0, n, step) for n in image.shape)
    total = np.add.reduceat(np.add.reduceat(image, rows, axis=0), columns, axis=1)
    n_pixels = np.multiply.outer(np.diff(rows, append=image.shape[0]), np.diff(columns, append=image.shape[1]))
    return np.asarray(total / n_pixels, dtype=np.float32)


def _enlarged(coarse: FloatMap, step: int, shape: tuple[int, ...]) -> FloatMap:
    """Back to ``shape`` by linear interpolation between the middles of the blocks."""
    rows, columns = ((np.arange(n) - (step - 1) / 2) / step for n in shape)
    at_rows = np.arange(coarse.shape[0])
    tall = np.stack([np.interp(rows, at_rows, column) for column in coarse.T], axis=1)
    return np.stack([np.interp(columns, np.arange(coarse.shape[1]), row) for row in tall])
