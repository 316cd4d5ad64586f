"""The diaphragm under the heart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records.arrays import frozen
from myoqc.simulate.drawn.outline import Outline
from myoqc.simulate.drawn.waves import Waves, draw_waves, ripple

FloatArray = NDArray[np.float64]

ACROSS_MM: FloatArray = frozen(np.linspace(-260.0, 260.0, 131), np.float64, "n", "ACROSS_MM")
"""Positions x at which borders of the abdomen are known."""
BELOW_MM = 330.0
"""Beyond any image."""
RADIUS_MM = ((70.0, 55.0), (260.0, 150.0))
"""Least and largest radius of the dome on the left and on the right of its top."""
STRAIGHT_MM = 60.0
"""How far the diaphragm falls while it is curved; further out it is straight."""


@dataclass(frozen=True, slots=True, eq=False)
class Diaphragm:
    """Lengths in mm; positions are from the point under the middle of the heart."""

    gap_mm: float
    """From the lowest point of the heart's coat; negative where the heart presses it down."""
    tilt: float
    """How far it falls per mm to the right."""
    top_mm: float
    """Where it is highest."""
    fall: FloatArray
    """(2) half the curvature per mm at the top, on its left and on its right."""
    undulation: Waves
    thickness_mm: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "fall", frozen(self.fall, np.float64, "2", "fall"))


def draw_diaphragm(rng: np.random.Generator, front_deg: float) -> Diaphragm:
    """It turns with the trunk, whose front lies in the direction ``front_deg``, but by less."""
    return Diaphragm(
        gap_mm=rng.uniform(-8.0, 2.0),
        tilt=0.005 * (front_deg - 210.0) + rng.normal(0.0, 0.1),
        top_mm=rng.uniform(-35.0, 30.0),
        fall=0.5 / np.exp(rng.uniform(*np.log(RADIUS_MM))),
        undulation=draw_waves(rng, (2, 9), rng.uniform(0.5, 2.5)),
        thickness_mm=rng.uniform(1.5, 4.0),
    )


def origin_mm(diaphragm: Diaphragm, coat: Outline) -> FloatArray:
    """(2) the point under the heart that all below the diaphragm is placed by; ``coat`` wraps the heart."""
    return np.array([coat.points_mm[:, 0].max() + diaphragm.gap_mm, coat.centre_mm[1]])


def height_mm(diaphragm: Diaphragm, position_mm: float) -> FloatArray:
    """(n) how far the diaphragm lies below its origin at ``ACROSS_MM``."""
    away = ACROSS_MM - diaphragm.top_mm
    bend = np.where(away < 0.0, diaphragm.fall[0], diaphragm.fall[1])
    fall = STRAIGHT_MM * (np.sqrt(1.0 + 2.0 * bend * away**2 / STRAIGHT_MM) - 1.0)
    return np.asarray(fall + diaphragm.tilt * away + ripple(diaphragm.undulation, around_deg(), position_mm))


def around_deg() -> FloatArray:
    """(n) ``ACROSS_MM`` as angles, for waves along a border."""
    return np.asarray(180.0 + ACROSS_MM * (180.0 / ACROSS_MM[-1]))


def below(diaphragm: Diaphragm, position_mm: float, by_mm: float = 0.0) -> FloatArray:
    """Outline (n 2), clockwise, of all that is more than ``by_mm`` below the diaphragm, from its origin."""
    points = np.column_stack([height_mm(diaphragm, position_mm) + by_mm, ACROSS_MM])
    corners = [[BELOW_MM, ACROSS_MM[-1]], [BELOW_MM, ACROSS_MM[0]]]
    return np.concatenate([points, corners])
