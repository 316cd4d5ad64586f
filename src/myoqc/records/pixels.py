"""What the pixels of an acquisition may hold."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import ImageError
from myoqc.records.arrays import frozen

FloatStack = NDArray[np.float32]

MOST_PHASE_RAD = 2 * math.pi + 0.01
"""−π to π and 0 to 2π are both in use; anything beyond is in degrees or in a scanner's own steps."""


def magnitudes(images: ArrayLike) -> FloatStack:
    """The images (t y x), read-only, with NaN where a value is not finite.

    Raises GeometryError for other axes, ImageError for what is not real numbers, does not fit in 32 bits, or is
    negative.
    """
    stack = frozen(images, np.float32, "t y x", "the stack of images", ImageError)
    if np.isinf(stack).any():
        stack = frozen(np.where(np.isinf(stack), np.float32(np.nan), stack), np.float32, "t y x", "the stack of images")
    if (stack < 0).any():
        raise ImageError(
            "magnitudes expected, found negative values",
            remedy="Give the magnitude as images and the sign or phase as phase_rad.",
        )
    return stack


def phases(phase_rad: ArrayLike) -> FloatStack:
    """The phase (t y x), read-only; NaN = unknown.

    Raises GeometryError for other axes, ImageError for infinite values and for what can't be radians.
    """
    stack = frozen(phase_rad, np.float32, "t y x", "phase_rad", ImageError)
    outside = np.abs(stack) > MOST_PHASE_RAD
    if outside.any():
        raise ImageError(
            "phase in radians expected",
            expected="-π to π or 0 to 2π, NaN where unknown",
            found=f"{stack[outside][0]:g}",
            remedy="Convert it to radians, or leave the phase out.",
        )
    return stack


def check_none_empty(images: FloatStack) -> None:
    """Raise ImageError where an image (of t y x) has no pixel with a value other than zero."""
    for number, image in enumerate(images, start=1):
        finite = np.isfinite(image)
        if not finite.any() or not image[finite].any():
            raise ImageError(
                f"image {number} of {len(images)} is empty",
                found=f"every pixel is {'zero' if finite.any() else 'not a number'}",
                remedy="Export the series again, or leave this acquisition out.",
            )
