"""Segments and the whole image: the two units in which scores are judged [Zhang2020].

Arrays are (case segment); a segment that was not scored is NaN.
"""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def by_segment(value: FloatArray, motion: BoolArray) -> tuple[FloatArray, BoolArray]:
    """Score and truth of every segment: (case · segment)."""
    return value.ravel(), motion.ravel()


def by_image(value: FloatArray, motion: BoolArray) -> tuple[FloatArray, BoolArray]:
    """Score and truth of every image: the highest score of its segments, and whether any of them moves."""
    return np.fmax.reduce(value, axis=1), np.asarray(motion.any(axis=1))
