"""The gland inside a breast: strands in its fat."""

import numpy as np

from myoqc.simulate.drawn.bodies import Bodies, draw_bodies
from myoqc.simulate.drawn.trunk import BREAST, Trunk, layers


def draw_gland(rng: np.random.Generator, trunk: Trunk, position_mm: float) -> Bodies:
    """Strands of gland between muscle and skin, placed at ``position_mm``; none where the trunk has no breast."""
    n = int(rng.integers(5, 16))
    *_, muscle, fat, _ = layers(trunk, position_mm)
    bulge = trunk.fat[BREAST]
    at_deg = trunk.front_deg + bulge.at_deg + rng.normal(0.0, 0.35 * bulge.width_deg, n)
    inner, outer = (np.interp(at_deg, o.angle_deg, o.radius_mm, period=360.0) for o in (muscle, fat))
    radius = inner + rng.uniform(0.25, 0.8, n) * (outer - inner)
    angle = np.radians(at_deg)
    centre = trunk.centre_mm + trunk.drift * position_mm
    at = centre + radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    z = position_mm + rng.uniform(-60.0, 60.0, n)
    semi_axes = np.column_stack([rng.uniform(10.0, 40.0, n), rng.uniform(3.0, 13.0, n), rng.uniform(0.6, 3.0, n)])
    kept = slice(None) if bulge.thickness_mm > 0.0 else slice(0)
    bodies = draw_bodies(rng, np.column_stack([z, at]), semi_axes, roughness=0.2)
    return Bodies(
        bodies.middle_mm[kept], bodies.semi_axes_mm[kept], bodies.tilt_deg[kept], bodies.slope[kept], bodies.waves[kept]
    )
