"""What runs through the layers of the chest wall: gland in a breast, fat between muscles, septa in the fat."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.drawn.bodies import Bodies, draw_bodies
from myoqc.simulate.drawn.outline import towards
from myoqc.simulate.drawn.trunk import BREAST, FAT_FROM, MUSCLE_FROM, Trunk, layers

FloatArray = NDArray[np.float64]
Range = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Strands:
    """Bodies inside the layers of the chest wall."""

    gland: Bodies
    """In the fat of a breast."""
    in_muscle: Bodies
    """Fat."""
    in_fat: Bodies
    """Fibrous septa and vessels."""


def draw_strands(rng: np.random.Generator, trunk: Trunk, position_mm: float) -> Strands:
    """Strands placed at ``position_mm``; there is no gland where the trunk has no breast."""
    bulge = trunk.fat[BREAST]
    n_gland, n_muscle, n_fat = int(rng.integers(6, 22)), int(rng.integers(25, 70)), int(rng.integers(15, 60))
    in_breast_deg = bulge.at_deg + rng.normal(0.0, 0.35 * bulge.width_deg, n_gland)
    gland = _draw_between(rng, trunk, position_mm, FAT_FROM, in_breast_deg, ((3.0, 13.0), (0.6, 3.0)), 45.0)
    muscle_deg, fat_deg = rng.uniform(0.0, 360.0, n_muscle), rng.uniform(0.0, 360.0, n_fat)
    return Strands(
        gland=gland if bulge.thickness_mm > 0.0 else draw_bodies(rng, np.zeros((0, 3)), np.zeros((0, 3))),
        in_muscle=_draw_between(rng, trunk, position_mm, MUSCLE_FROM, muscle_deg, ((3.0, 16.0), (0.35, 1.3)), 12.0),
        in_fat=_draw_between(rng, trunk, position_mm, FAT_FROM, fat_deg, ((3.0, 14.0), (0.25, 0.7)), 22.0),
    )


def _draw_between(
    rng: np.random.Generator,
    trunk: Trunk,
    position_mm: float,
    layer: int,
    from_front_deg: FloatArray,
    size_mm: tuple[Range, Range],
    tilt_sd_deg: float,
) -> Bodies:
    """Bodies along the wall, between the borders ``layer`` and ``layer`` + 1."""
    n = len(from_front_deg)
    at_deg = trunk.front_deg + from_front_deg
    borders = layers(trunk, position_mm)[layer : layer + 2]
    inner, outer = (border.radius_at_mm(at_deg) for border in borders)
    radius = inner + rng.uniform(0.08, 0.92, n) * (outer - inner)
    at = borders[0].centre_mm + radius[:, None] * towards(at_deg)
    z = position_mm + rng.uniform(-60.0, 60.0, n)
    semi_axes = np.column_stack([rng.uniform(12.0, 45.0, n), *(rng.uniform(*size, n) for size in size_mm)])
    tilt_deg = at_deg + 90.0 + rng.normal(0.0, tilt_sd_deg, n)
    return draw_bodies(rng, np.column_stack([z, at]), semi_axes, tilt_deg=tilt_deg, roughness=0.2)
