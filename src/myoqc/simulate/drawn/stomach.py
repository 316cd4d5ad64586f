"""The stomach: a folded wall around fluid, food and gas."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.drawn.bodies import Bodies, draw_bodies
from myoqc.simulate.drawn.outline import towards
from myoqc.simulate.drawn.waves import Waves, draw_waves, ripple

FloatArray = NDArray[np.float64]

FAR_MM = 90.0
"""Larger than any stomach."""
DEEPEST_FOLD = 2.5
"""Over the thickness of the wall."""


@dataclass(frozen=True, slots=True, eq=False)
class Stomach:
    """Lengths in mm; y counts from the diaphragm above."""

    body: Bodies
    wall_mm: float
    folds: Waves
    """Over the thickness of the wall."""
    level_mm: float
    """From its middle to where fluid ends and gas begins, towards the front."""
    food: Bodies


def draw_stomach(rng: np.random.Generator, body: Bodies) -> Stomach:
    """Full of fluid, of food or of gas."""
    return Stomach(
        body=body,
        wall_mm=rng.uniform(2.5, 5.5),
        folds=draw_waves(rng, (5, 22), rng.uniform(0.3, 1.4)),
        level_mm=rng.uniform(-14.0, 26.0),
        food=_draw_food(rng),
    )


def _draw_food(rng: np.random.Generator) -> Bodies:
    """Many lumps, or none."""
    n = int(rng.integers(0, 18)) * int(rng.integers(0, 2))
    middle = np.column_stack([rng.uniform(-10.0, 100.0, n), rng.normal(22.0, 11.0, n), rng.normal(30.0, 20.0, n)])
    size = rng.uniform(2.0, 10.0, n)
    semi_axes = np.column_stack([rng.uniform(8.0, 30.0, n), size, size * rng.uniform(0.5, 1.0, n)])
    return draw_bodies(rng, middle, semi_axes, roughness=0.25)


def inside_folds(stomach: Stomach, outline: FloatArray, position_mm: float) -> FloatArray:
    """Outline (n 2) of the content of a stomach that is cut with the outer border ``outline`` (n 2)."""
    away = outline - outline.mean(axis=0)
    turn_deg = np.linspace(0.0, 360.0, len(away), endpoint=False)
    depth = stomach.wall_mm * (1.0 + np.clip(ripple(stomach.folds, turn_deg, position_mm), 0.0, DEEPEST_FOLD))
    return np.asarray(outline - away * np.minimum(depth / np.hypot(*away.T), 0.9)[:, None])


def above_fluid(stomach: Stomach, outline: FloatArray, front_deg: float) -> FloatArray:
    """Outline (4 2), clockwise, of where gas gathers in a patient on the back, whose front is that direction."""
    up, clockwise = FAR_MM * towards(front_deg), FAR_MM * towards(front_deg + 90.0)
    level = outline.mean(axis=0) + stomach.level_mm * towards(front_deg)
    return np.stack([level - clockwise, level + up - clockwise, level + up + clockwise, level + clockwise])
