"""What lies in the chest beside the heart: vessels and airways of the lung, aorta, oesophagus, and the spine."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.drawn.bodies import Bodies, draw_bodies

FloatArray = NDArray[np.float64]

HILUM_MM = (-25.0, 48.0)
"""Where the vessels of the left lung come from, (y, x) from the middle of the left ventricle."""


@dataclass(frozen=True, slots=True, eq=False)
class Chest:
    """Positions in mm from the middle of the left ventricle."""

    vessels: Bodies
    airways: Bodies
    aorta: Bodies
    aorta_wall_mm: float
    oesophagus: Bodies
    vertebra: Bodies
    canal: Bodies
    beside_spine: Bodies
    """Muscles of the back."""


def draw_chest(rng: np.random.Generator) -> Chest:
    """A lung with few or many vessels; aorta, oesophagus and spine where the slice reaches so far back."""
    vessels, airways = _draw_lung(rng)
    aorta = np.array([rng.uniform(28.0, 62.0), rng.uniform(30.0, 78.0)])
    behind = rng.uniform(25.0, 60.0) if rng.uniform() < 0.4 else 250.0
    spine = aorta + np.array([rng.uniform(18.0, 36.0), rng.uniform(14.0, 30.0)]) + behind - 25.0
    shift = 300.0 * (rng.uniform() < 0.35)
    return Chest(
        vessels=vessels,
        airways=airways,
        aorta=_upright(rng, aorta + shift, (9.0, 13.0), 1.15),
        aorta_wall_mm=rng.uniform(1.0, 2.2),
        oesophagus=_upright(rng, aorta + rng.uniform([-24.0, -26.0], [-14.0, -12.0]) + shift, (4.0, 7.0), 1.7),
        vertebra=_upright(rng, spine, (15.0, 21.0), 1.3),
        canal=_upright(rng, spine + np.array([13.0, 24.0]), (6.0, 8.0), 1.3),
        beside_spine=_upright(rng, spine + np.array([24.0, 44.0]), (22.0, 30.0), 1.4),
    )


def _upright(rng: np.random.Generator, at: FloatArray, size_mm: tuple[float, float], longest: float) -> Bodies:
    """One body that goes through all slices."""
    size = rng.uniform(*size_mm)
    semi_axes = [rng.uniform(150.0, 300.0), size * rng.uniform(1.0, longest), size]
    return draw_bodies(rng, [[40.0, *at]], semi_axes, slope=rng.normal(0.0, 0.12, (1, 2)), roughness=0.04)


def _draw_lung(rng: np.random.Generator) -> tuple[Bodies, Bodies]:
    """Vessels that grow thinner away from the hilum, and an airway beside some of the thick ones."""
    n = int(rng.integers(110, 330))
    away = np.abs(rng.normal(0.0, 62.0, n)) + 2.0
    angle = rng.uniform(0.0, 2 * np.pi, n)
    z = rng.uniform(-25.0, 115.0, n)
    at = np.array(HILUM_MM) + away[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    width = 0.5 * (0.9 + 2.8 * np.exp(-away / 28.0)) * np.exp(rng.normal(0.0, 0.4, n))
    stretch = np.minimum(np.exp(np.abs(rng.normal(0.0, 0.9, n))), 9.0)
    tilt_deg = np.degrees(angle) + rng.normal(0.0, 30.0, n)
    semi_axes = np.column_stack([rng.uniform(8.0, 22.0, n) / np.sqrt(stretch) + 2.0, width * stretch, width])
    along = np.minimum(stretch - 1.0, 1.6) * np.sign(rng.normal(size=n))
    slope = along[:, None] * np.stack([np.sin(np.radians(tilt_deg)), np.cos(np.radians(tilt_deg))], axis=1)
    vessels = draw_bodies(rng, np.column_stack([z, at]), semi_axes, tilt_deg=tilt_deg, slope=slope)
    thick = np.argsort(-width)[:25]
    beside = at[thick] + rng.normal(0.0, 3.5, (25, 2))
    airways = draw_bodies(
        rng, np.column_stack([z[thick], beside]), semi_axes[thick] * [1.0, 0.9, 0.9], slope=slope[thick]
    )
    return vessels, airways
