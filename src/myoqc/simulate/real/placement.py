"""How a real anatomy is laid on a canvas: so that one heart gives many scenes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records.arrays import frozen

FloatArray = NDArray[np.float64]

USUAL_SEPTUM_DEG = 190.0
TURN_SD_DEG = 10.0
CENTRE_MM, CENTRE_SD_MM = (-6.0, 6.0), 7.0
"""Where the middle of the cavity lies from that of the canvas, as in drawn patients."""
SIZES = (0.92, 1.08)
"""Factors on lengths: another patient of the same shape."""
STRETCH_SD = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class ScenePlacement:
    """Where the heart lies on the canvas and how it is turned and sized; never mirrored."""

    centre_mm: FloatArray
    """(2) of the cavity from the middle of the canvas: down, right."""
    septum_deg: float
    """Direction to the septum on the screen, clockwise from the right."""
    size: float
    """Factor on lengths."""
    stretch: float
    """Further factor on lengths down, against those to the right."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "centre_mm", frozen(self.centre_mm, np.float64, "2", "the centre of a scene"))


def draw_placement(rng: np.random.Generator) -> ScenePlacement:
    """A placement near the usual one, whichever way the real image was turned."""
    return ScenePlacement(
        centre_mm=rng.normal(CENTRE_MM, CENTRE_SD_MM),
        septum_deg=float(rng.normal(USUAL_SEPTUM_DEG, TURN_SD_DEG)),
        size=float(rng.uniform(*SIZES)),
        stretch=float(np.exp(STRETCH_SD * rng.standard_normal())),
    )
