"""What lies in the chest beside the heart: vessels and airways of the lung, aorta, oesophagus, and the spine."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.drawn.bodies import Bodies, draw_bodies
from myoqc.simulate.drawn.outline import towards
from myoqc.simulate.drawn.trunk import SPINE, Trunk, inside

FloatArray = NDArray[np.float64]

HILUM_MM = (-25.0, 48.0)
"""Where the vessels of the left lung come from, (y, x) from the middle of the left ventricle."""

PERFUSED = (0.01, 0.12)
SEEN_FROM_MM = 40.0
SEEN = (0.5, 0.3)
"""Share of patients whose aorta and oesophagus a short axis may meet."""


@dataclass(frozen=True, slots=True, eq=False)
class Chest:
    """Positions in mm from the middle of the left ventricle."""

    perfused: float
    """Share of the lung taken by blood in vessels that are too small to be drawn one by one."""
    vessels: Bodies
    airways: Bodies
    strands: Bodies
    """Vessels in the fat of the mediastinum."""
    aorta: Bodies
    aorta_wall_mm: float
    oesophagus: Bodies
    vertebra: Bodies
    canal: Bodies
    beside_spine: Bodies
    """Muscles of the back."""


def draw_chest(rng: np.random.Generator, trunk: Trunk) -> Chest:
    """A lung with few or many vessels; aorta, oesophagus and spine where the slice reaches so far back."""
    vessels, airways = _draw_lung(rng)
    at_deg = trunk.front_deg + trunk.spine_deg
    backward = towards(at_deg)
    beside = backward[::-1] * [1.0, -1.0]
    spine = inside(trunk, SEEN_FROM_MM).point_mm(at_deg) + rng.uniform(2.0, 14.0) * backward
    aorta = spine - rng.uniform(26.0, 36.0) * backward + rng.uniform(-4.0, 22.0) * beside
    oesophagus = aorta - rng.uniform(13.0, 20.0) * backward + rng.uniform(4.0, 14.0) * beside
    away = 400.0 * (rng.uniform(size=2) > np.array(SEEN))[:, None] * backward
    unseen = 400.0 * (trunk.muscles[SPINE].thickness_mm == 0.0) * backward
    return Chest(
        perfused=float(np.exp(rng.uniform(*np.log(PERFUSED)))),
        vessels=vessels,
        airways=airways,
        strands=_draw_strands(rng),
        aorta=_upright(rng, aorta + away[0], (9.0, 13.0), 1.25),
        aorta_wall_mm=rng.uniform(1.0, 2.2),
        oesophagus=_upright(rng, oesophagus + away[1], (4.0, 7.0), 1.8),
        vertebra=_upright(rng, spine + unseen, (14.0, 20.0), 1.35),
        canal=_upright(rng, spine + unseen + 26.0 * backward, (6.0, 8.0), 1.3),
        beside_spine=_upright(rng, spine + unseen + 34.0 * backward + 26.0 * beside, (16.0, 24.0), 1.7),
    )


def _draw_strands(rng: np.random.Generator) -> Bodies:
    n = int(rng.integers(60, 160))
    at = np.column_stack([rng.uniform(-10.0, 100.0, n), rng.normal(0.0, 32.0, n), rng.uniform(-95.0, -25.0, n)])
    width = np.exp(rng.uniform(np.log(0.5), np.log(2.0), n))
    semi_axes = np.column_stack([rng.uniform(6.0, 25.0, n), width * rng.uniform(1.0, 8.0, n), width])
    return draw_bodies(rng, at, semi_axes, slope=rng.normal(0.0, 0.4, (n, 2)), roughness=0.15)


def _upright(rng: np.random.Generator, at: FloatArray, size_mm: tuple[float, float], longest: float) -> Bodies:
    """One body that goes through all slices."""
    size = rng.uniform(*size_mm)
    semi_axes = [rng.uniform(150.0, 300.0), size * rng.uniform(1.0, longest), size]
    return draw_bodies(rng, [[40.0, *at]], semi_axes, slope=rng.normal(0.0, 0.12, (1, 2)), roughness=0.04)


def _draw_lung(rng: np.random.Generator) -> tuple[Bodies, Bodies]:
    """Vessels that grow thinner away from the hilum, and an airway beside some of the thick ones."""
    n = int(rng.integers(160, 460))
    away = np.abs(rng.normal(0.0, 78.0, n)) + 2.0
    angle = rng.uniform(0.0, 2 * np.pi, n)
    z = rng.uniform(-25.0, 115.0, n)
    at = np.array(HILUM_MM) + away[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    width = 0.5 * (1.1 + 2.8 * np.exp(-away / 32.0)) * np.exp(rng.normal(0.0, 0.4, n))
    stretch = np.minimum(np.exp(np.abs(rng.normal(0.0, 0.9, n))), 9.0)
    tilt_deg = np.degrees(angle) + rng.normal(0.0, 30.0, n)
    semi_axes = np.column_stack([rng.uniform(8.0, 22.0, n) / np.sqrt(stretch) + 2.0, width * stretch, width])
    along = np.minimum(stretch - 1.0, 1.6) * np.sign(rng.normal(size=n))
    slope = along[:, None] * towards(tilt_deg)
    vessels = draw_bodies(rng, np.column_stack([z, at]), semi_axes, tilt_deg=tilt_deg, slope=slope)
    thick = np.argsort(-width)[:25]
    beside = at[thick] + rng.normal(0.0, 3.5, (25, 2))
    airways = draw_bodies(
        rng, np.column_stack([z[thick], beside]), semi_axes[thick] * [1.0, 0.9, 0.9], slope=slope[thick]
    )
    return vessels, airways
