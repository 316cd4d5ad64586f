"""What a crop is like, as a few plain numbers: how noisy, how large the heart, and what its wall and blood look like.

They are for :mod:`myoqc.score.familiarity`, and are measured on the crop's own pixels, where the scanner's pixels are
interpolated: like is compared with like, but the figures are not the scanner's.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.errors import ContourError
from myoqc.records import CROP_MM, CROP_PX, Crop

BoolArray = NDArray[np.bool_]

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "snr": "the signal-to-noise ratio",
        "heart_mm": "the diameter of the left ventricle in mm",
        "wall_mm": "the thickness of its wall in mm",
        "wall_t1_ms": "the T1 of the wall in ms",
        "wall_r2": "the R² of the wall",
        "blood_to_wall": "the brightness of blood against that of the wall",
    }
)
"""What people call each of the numbers."""
LEAST_PIXELS = 50
"""Noise is not measured on fewer."""
PIXEL_MM = CROP_MM / CROP_PX


def features_of(crop: Crop) -> dict[str, float]:
    """The numbers named in :data:`WORDS`; NaN for what can't be measured.

    Brightness is the median in the image with the longest inversion time, T1 and R² the median of what was fitted.
    Diameter and thickness are those of a ring with the areas of the wall and of what it encloses. Raises ContourError
    for a crop without segments.
    """
    if crop.masks is None:
        raise ContourError("the segments of this slice are not known, so it can't be described")
    wall = np.asarray(crop.masks.any(axis=0))
    heart = ndimage.binary_fill_holes(wall)
    last = crop.irw[np.argmax(crop.ti_ms)]
    brightness = _median(last, wall)
    outer_mm, inner_mm = _diameter_mm(heart), _diameter_mm(heart & ~wall)
    return {
        "snr": _ratio(brightness, noise_sd(crop.irw, wall)),
        "heart_mm": outer_mm,
        "wall_mm": (outer_mm - inner_mm) / 2.0,
        "wall_t1_ms": _median(crop.t1_ms, wall),
        "wall_r2": _median(crop.r2, wall),
        "blood_to_wall": _ratio(_median(last, heart & ~wall), brightness),
    }


def noise_sd(images: NDArray[np.float32], wall: BoolArray) -> float:
    """Standard deviation of the noise in ``images`` (t y x), from the wall (y x) without its rim.

    The courses of the signal in the wall differ in few ways: T1, brightness, a little blood. These fill the largest
    eigenvalues of the covariance between images, and noise alone the smallest, whose lower half is averaged
    [Veraart2016]. Differences between neighbouring pixels would not do: in an interpolated image these hardly differ.
    A tenth to a fifth below the scanner's noise, which the interpolation to a crop smooths; up to about twice as high
    where the heart moves. NaN below :data:`LEAST_PIXELS`, and for a single image.
    """
    signal = images[:, ndimage.binary_erosion(wall)].astype(np.float64)
    n_images, n_pixels = signal.shape
    if n_images < 2 or n_pixels < LEAST_PIXELS:
        return float("nan")
    covariance = np.einsum("tn,sn->ts", signal, signal) / n_pixels
    lower_half = np.linalg.eigvalsh(covariance)[: n_images // 2]
    return float(np.sqrt(max(lower_half.mean(), 0.0)))


def _diameter_mm(region: BoolArray) -> float:
    """Of the disc with the same area."""
    return float(2.0 * np.sqrt(region.sum() / np.pi) * PIXEL_MM)


def _median(values: NDArray[np.float32], region: BoolArray) -> float:
    known = values[region & np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")


def _ratio(value: float, of: float) -> float:
    return value / of if of > 0.0 else float("nan")
