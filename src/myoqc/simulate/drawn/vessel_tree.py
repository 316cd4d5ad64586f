"""Vessels that branch inside an organ, of which a slice shows pieces."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.drawn.bodies import Bodies, draw_bodies
from myoqc.simulate.drawn.outline import towards

FloatArray = NDArray[np.float64]

N_TREES, N_GENERATIONS = 3, 4
ROOT_MM = ((0.0, 25.0, -70.0), (60.0, 60.0, -20.0))
"""Between which positions (z, y, x) a tree begins."""
ROOT_WIDTH_MM = (1.3, 2.7)
TWIST_DEG = (15.0, 50.0)
"""How far each of two branches turns away from the vessel that they come from."""
LENGTH_MM = (9.0, 24.0)
RISE_SD_MM = 9.0
"""Of a branch's way along the long axis of the heart."""
THINNER = (0.6, 0.85)
"""Width of a branch over that of the vessel that it comes from."""
MOST_SLOPE = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class _Vessel:
    start_mm: FloatArray
    way_mm: FloatArray
    """(3) from its start to its end: along z, y, x."""
    direction_deg: float
    half_width_mm: float


def draw_vessel_tree(rng: np.random.Generator) -> Bodies:
    """Trees of vessels that grow thinner from branch to branch."""
    vessels = []
    for _ in range(N_TREES):
        root = _Vessel(rng.uniform(*ROOT_MM), np.zeros(3), rng.uniform(0.0, 360.0), rng.uniform(*ROOT_WIDTH_MM))
        ends = [root]
        for _ in range(N_GENERATIONS):
            ends = [branch for end in ends for branch in _branches(rng, end)]
            vessels += ends
    start, way = (np.stack([getattr(v, name) for v in vessels]) for name in ("start_mm", "way_mm"))
    width = np.array([v.half_width_mm for v in vessels])
    half = 0.5 * np.abs(way[:, 0]) + 4.0 * width + 2.0
    semi_axes = np.column_stack([half, 0.5 * np.hypot(way[:, 1], way[:, 2]) + width, width])
    # A vessel that runs within the slice leaves it at both ends at once: its slope has a limit.
    slope = np.clip(way[:, 1:] / (way[:, :1] + np.copysign(6.0, way[:, :1])), -MOST_SLOPE, MOST_SLOPE)
    tilt_deg = np.array([v.direction_deg for v in vessels])
    return draw_bodies(rng, start + 0.5 * way, semi_axes, tilt_deg=tilt_deg, slope=slope, roughness=0.06)


def _branches(rng: np.random.Generator, of: _Vessel) -> list[_Vessel]:
    """The two vessels that begin where one ends."""
    branches = []
    for side in (1.0, -1.0):
        direction_deg = of.direction_deg + side * rng.uniform(*TWIST_DEG)
        way = np.r_[rng.normal(0.0, RISE_SD_MM), rng.uniform(*LENGTH_MM) * towards(direction_deg)]
        width = of.half_width_mm * rng.uniform(*THINNER)
        branches.append(_Vessel(of.start_mm + of.way_mm, way, direction_deg, width))
    return branches
