"""Phase images in radians, whatever unit the vendor stores them in."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from myoqc.acquire.dicom.headers import Header

FULL_SCALE = {4096.0: math.pi / 4096.0, 2048.0: math.pi / 2048.0, 3142.0: 1e-3, math.pi: 1.0}
"""What −RescaleIntercept stands for half a turn, and the radians of one unit: Siemens (two ways), Philips, plain."""
UNSCALED_STEPS = 4096
"""Without rescaling, 12 bits make a full turn and the middle is 0."""


def radians_per_unit(header: Header) -> float | None:
    """Radians of one rescaled unit; None where the header does not tell."""
    for half_turn, radians in FULL_SCALE.items():
        if math.isclose(-header.intercept, half_turn, rel_tol=1e-3):
            return radians
    return None


def to_radians(images: NDArray[np.float32], headers: Sequence[Header]) -> NDArray[np.float32] | None:
    """Rescaled phase images (t y x) in radians, −π to π; None where their unit is unknown."""
    first = headers[0]
    if any((header.intercept, header.slope) != (first.intercept, first.slope) for header in headers):
        return None
    if first.intercept == 0.0 and first.slope == 1.0:
        is_12_bit = first.bits_stored == 12 and np.nanmin(images) >= 0 and np.nanmax(images) < UNSCALED_STEPS
        return _wrapped((images - UNSCALED_STEPS / 2) * (2 * math.pi / UNSCALED_STEPS)) if is_12_bit else None
    scale = radians_per_unit(first)
    return None if scale is None else _wrapped(images * scale)


def _wrapped(phase: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.clip(phase, -math.pi, math.pi).astype(np.float32)
