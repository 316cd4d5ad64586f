"""Altered myocardium: scar where hypertrophy leaves it, and patches of oedema."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records.arrays import frozen
from myoqc.simulate.drawn.grain import Grain, draw_grain, field
from myoqc.simulate.drawn.outline import Outline, turns_deg
from myoqc.simulate.drawn.phenotype import Thickening

FloatArray = NDArray[np.float64]

LENGTH_MM = (7.0, 35.0)
"""Shortest and longest wave of the patches."""
SITES = 4
"""Both insertions, a place in the middle of the wall, a place under the endocardium."""


@dataclass(frozen=True, slots=True, eq=False)
class Altered:
    """How much of the wall is altered, and where."""

    scar: FloatArray
    """(4) share of scar at each site: anterior and inferior insertion, mid-wall, subendocardial."""
    width_deg: FloatArray
    """(4)"""
    at_deg: FloatArray
    """(2) of the mid-wall and of the subendocardial site."""
    oedema: float
    patches: Grain
    oedema_patches: Grain

    def __post_init__(self) -> None:
        for name, axes in (("scar", "4"), ("width_deg", "4"), ("at_deg", "2")):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, axes, name))


def draw_altered(rng: np.random.Generator, ranges: Thickening, septum_deg: float) -> Altered:
    """More where the wall is thickened; each site is spared in some patients."""
    present = rng.uniform(size=SITES) < np.array([0.6, 0.7, 0.5, 0.2])
    return Altered(
        scar=rng.uniform(*ranges.scar, SITES) * present,
        width_deg=rng.uniform([9.0, 9.0, 20.0, 18.0], [26.0, 26.0, 60.0, 45.0]),
        at_deg=septum_deg + np.array([rng.normal(0.0, 40.0), rng.uniform(0.0, 360.0)]),
        oedema=rng.uniform(*ranges.oedema),
        patches=draw_grain(rng, LENGTH_MM),
        oedema_patches=draw_grain(rng, LENGTH_MM),
    )


def altered_shares(
    altered: Altered, endo: Outline, epi: Outline, insertions_deg: tuple[float, float], points_mm: FloatArray, z: float
) -> tuple[FloatArray, FloatArray]:
    """Share (n) of the wall at points (n 2) that is scar, and that is oedema; their sum is at most 1."""
    away = points_mm - endo.centre_mm
    angle_deg = np.degrees(np.arctan2(away[:, 0], away[:, 1]))
    inner, outer = (outline.radius_at_mm(angle_deg) for outline in (endo, epi))
    depth = (np.hypot(*away.T) - inner) / (outer - inner)
    at_deg = np.array([*insertions_deg, *altered.at_deg])
    turn = turns_deg(angle_deg, at_deg[:, None])
    middle, breadth = np.array([[0.6], [0.6], [0.5], [0.0]]), np.array([[0.35], [0.35], [0.2], [0.3]])
    site = np.exp(-0.5 * (turn / altered.width_deg[:, None]) ** 2 - 0.5 * ((depth - middle) / breadth) ** 2)
    place = np.einsum("s,sn->n", altered.scar, site)
    scar = np.clip(place * (0.7 + 0.7 * field(altered.patches, points_mm, z)), 0.0, 1.0)
    oedema = np.clip(altered.oedema * (0.3 + 0.8 * field(altered.oedema_patches, points_mm, z)), 0.0, 1.0)
    return scar, oedema * (1.0 - scar)
