"""The liver: a wedge under the diaphragm, thick on the left of the picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.drawn.bodies import Bodies
from myoqc.simulate.drawn.diaphragm import ACROSS_MM, Diaphragm, around_deg, height_mm
from myoqc.simulate.drawn.vessel_tree import draw_vessel_tree
from myoqc.simulate.drawn.waves import Waves, draw_waves, ripple

FloatArray = NDArray[np.float64]

ROUND_MM = 15.0
"""Depth from which the lower border undulates fully."""


@dataclass(frozen=True, slots=True, eq=False)
class Liver:
    """Lengths in mm from the origin of the diaphragm."""

    tip_mm: float
    """How far it reaches to the right at the base of the heart."""
    advance: float
    """How much farther for each mm towards the apex."""
    slope: float
    """How much lower its lower border lies per mm to the left."""
    blunt_mm: float
    """How round its tip is."""
    edge: Waves
    vessels: Bodies


def draw_liver(rng: np.random.Generator) -> Liver:
    """From one that fills the picture below the heart to one that hardly shows."""
    return Liver(
        tip_mm=rng.normal(15.0, 32.0),
        advance=rng.normal(0.0, 0.3),
        slope=rng.uniform(0.2, 0.95),
        blunt_mm=rng.uniform(4.0, 18.0),
        edge=draw_waves(rng, (2, 9), rng.uniform(1.0, 4.0)),
        vessels=draw_vessel_tree(rng),
    )


def liver_outline(liver: Liver, diaphragm: Diaphragm, position_mm: float) -> FloatArray:
    """Outline (n 2), clockwise, from the origin of the diaphragm."""
    from_tip = liver.tip_mm + liver.advance * position_mm - ACROSS_MM
    # A hyperbola: no depth on the right of the tip, a straight border on its left.
    depth = 0.5 * liver.slope * (from_tip + np.hypot(from_tip, liver.blunt_mm) - liver.blunt_mm)
    depth = np.maximum(depth + ripple(liver.edge, around_deg(), position_mm) * np.tanh(depth / ROUND_MM), 0.0)
    upper = height_mm(diaphragm, position_mm) + diaphragm.thickness_mm
    border = np.column_stack([upper, ACROSS_MM]), np.column_stack([upper + depth, ACROSS_MM])[::-1]
    return np.concatenate(border)
