"""The image in a frame that is large enough for any scene, and which way is down in it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.records import LabelledImage

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

SIDE_MM = 380.0
"""The diagonal of the largest scene: wherever a scene is turned, the frame has something to show."""
SEPTUM_TO_FEET_DEG = -95.0
"""Turn on the screen from the septum's direction to that of the feet, seen from the apex."""


@dataclass(frozen=True, slots=True)
class Upright:
    """Distances (y x) in mm from the middle of the left ventricle, as if the septum stood where it usually does."""

    down_mm: FloatMap
    right_mm: FloatMap


def framed(labelled: LabelledImage) -> tuple[LabelledImage, BoolArray, FloatArray]:
    """The labelled image in a frame of ``SIDE_MM``, the mask (y x) of what was seen, and where (2) its corner lies.

    Not seen are what lies beyond the image, and zeros that reach its border: scanners fill them in where they correct
    for their gradients.
    """
    shape = np.array(labelled.image.shape)
    wanted = np.maximum(int(np.ceil(SIDE_MM / labelled.spacing_mm)), shape)
    before = (wanted - shape) // 2
    widths = [(int(low), int(all_ - n - low)) for low, all_, n in zip(before, wanted, shape, strict=True)]

    image = np.pad(labelled.image, widths)
    empty, n_found = ndimage.label(np.pad(image <= 0, 1, constant_values=True))
    seen = np.asarray(empty != empty[0, 0])[1:-1, 1:-1] if n_found else np.ones(image.shape, dtype=bool)
    larger = LabelledImage(
        image=image,
        cavity=np.pad(labelled.cavity, widths),
        outer=np.pad(labelled.outer, widths),
        rv=None if labelled.rv is None else np.pad(labelled.rv, widths),
        t1_ms=None if labelled.t1_ms is None else np.pad(labelled.t1_ms, widths, constant_values=np.nan),
        spacing_mm=labelled.spacing_mm,
        subject=labelled.subject,
        level=labelled.level,
        frame=labelled.frame,
        source=labelled.source,
    )
    return larger, ndimage.binary_opening(seen, iterations=2), before.astype(np.float64)


def upright(shape: tuple[int, ...], spacing_mm: float, centre_px: FloatArray, septum_deg: float) -> Upright:
    """Which way is down and which right, told from the direction of the septum on the screen."""
    down_deg = np.radians(septum_deg + SEPTUM_TO_FEET_DEG)
    y, x = ((np.arange(n) - middle) * spacing_mm for n, middle in zip(shape, centre_px, strict=True))
    down = y[:, None] * np.sin(down_deg) + x * np.cos(down_deg)
    right = -y[:, None] * np.cos(down_deg) + x * np.sin(down_deg)
    return Upright(down.astype(np.float32), right.astype(np.float32))
