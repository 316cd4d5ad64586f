"""The left ventricle from base to apex: cavity, wall, papillary muscles and trabeculae."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records.arrays import frozen
from myoqc.simulate.drawn.bodies import N_ANGLES as BODY_ANGLES
from myoqc.simulate.drawn.outline import ANGLE_DEG, Outline, towards, turns_deg
from myoqc.simulate.drawn.phenotype import THICKENING, Phenotype
from myoqc.simulate.drawn.waves import Waves, draw_waves, ripple

FloatArray = NDArray[np.float64]

LENGTH_MM = (72.0, 102.0)
"""From the mitral valve to the end of the cavity."""
MID = 0.48
"""Share of the length at which the sizes of a heart are given."""
WIDEST = 0.25
"""Share of the length at which the cavity is widest."""
SHARES = (-0.15, 1.0)
"""A slice beyond these shares of the length shows what it would there."""
MOST_UNEVEN = 0.12
"""Largest relative change of the wall's thickness by small waves."""
PAPILLARY_DEG = (-112.0, 137.0)
"""Posteromedial and anterolateral group, clockwise on the screen from the middle of the septum."""


@dataclass(frozen=True, slots=True, eq=False)
class LeftVentricle:
    """Lengths in mm, angles clockwise on the screen; the centre at the middle of the length is the origin."""

    length_mm: float
    cavity_mm: float
    """Mean radius of the cavity at ``MID``."""
    even_mm: float
    """Thickness of the wall at ``MID`` where it is thinnest."""
    growth: float
    """Relative change of the thickness from there to the apex."""
    bulge_mm: float
    bulge_deg: float
    bulge_width_deg: float
    bulge_at: float
    """Share of the length at which the wall bulges most."""
    septum_deg: float
    """Direction of the middle of the septum."""
    lean: FloatArray
    """(2) how far the centre goes along y and x for each mm towards the apex."""
    roundness: Waves
    """Relative change of the cavity's radius."""
    unevenness: Waves
    """Relative change of the wall's thickness."""
    trabecula_mm: float
    trabeculae: Waves
    papillary: FloatArray
    """(n 6) of each muscle: angle from the septum, reach (1 at the wall), two semi-axes in mm, share of the length of
    its middle, and half its own share of the length."""
    papillary_waves: Waves

    def __post_init__(self) -> None:
        object.__setattr__(self, "lean", frozen(self.lean, np.float64, "2", "lean"))
        object.__setattr__(self, "papillary", frozen(self.papillary, np.float64, "n 6", "papillary"))


def draw_left_ventricle(rng: np.random.Generator, phenotype: Phenotype, septum_deg: float) -> LeftVentricle:
    """A ventricle in the middle of diastole, its wall as the phenotype has it."""
    ranges = THICKENING[phenotype]
    return LeftVentricle(
        length_mm=rng.uniform(*LENGTH_MM),
        cavity_mm=rng.uniform(*ranges.cavity_mm),
        even_mm=rng.uniform(*ranges.even_mm),
        growth=rng.uniform(*ranges.growth),
        bulge_mm=rng.uniform(*ranges.bulge_mm),
        bulge_deg=septum_deg + rng.normal(15.0, 25.0),
        bulge_width_deg=rng.uniform(28.0, 60.0),
        bulge_at=rng.uniform(0.15, 0.6),
        septum_deg=septum_deg,
        lean=rng.normal(0.0, 0.07, 2),
        roundness=draw_waves(rng, (2, 7), rng.uniform(0.02, 0.06)),
        unevenness=draw_waves(rng, (2, 9), rng.uniform(0.03, 0.08)),
        trabecula_mm=rng.uniform(0.8, 3.4),
        trabeculae=draw_waves(rng, (7, 26), 1.0, 0.03),
        papillary=_draw_papillary_muscles(rng, ranges.even_mm[0]),
        papillary_waves=draw_waves(rng, (2, 6), rng.uniform(0.08, 0.2)),
    )


def _draw_papillary_muscles(rng: np.random.Generator, wall_mm: float) -> FloatArray:
    """Two groups of one to three heads, thicker where the wall is, and some loose trabeculae."""
    rows = []
    for group_deg in PAPILLARY_DEG:
        middle_deg, size_mm = group_deg + rng.normal(0.0, 12.0), rng.uniform(3.2, 5.6) + 0.15 * wall_mm
        for _ in range(rng.integers(1, 4)):
            size = size_mm * rng.uniform(0.6, 1.1)
            row = [middle_deg + rng.normal(0.0, 11.0), rng.uniform(0.56, 0.82), size, size * rng.uniform(0.6, 1.0)]
            rows.append([*row, rng.uniform(0.5, 0.6), rng.uniform(0.28, 0.4)])
    for _ in range(rng.integers(3, 10)):
        size = rng.uniform(0.8, 2.2)
        row = [rng.uniform(-130.0, 180.0), rng.uniform(0.75, 0.97), size, size * rng.uniform(0.6, 1.0)]
        rows.append([*row, rng.uniform(0.4, 0.9), rng.uniform(0.1, 0.3)])
    return np.array(rows)


def share_of_length(ventricle: LeftVentricle, position_mm: float) -> float:
    """Share of the ventricle's length at ``position_mm``."""
    return float(np.clip(position_mm / ventricle.length_mm, *SHARES))


def centre_mm(ventricle: LeftVentricle, position_mm: float) -> FloatArray:
    """(2) where the long axis meets the slice."""
    return np.asarray(ventricle.lean * (position_mm - MID * ventricle.length_mm))


def cavity_outline(ventricle: LeftVentricle, position_mm: float) -> Outline:
    """The endocardium; papillary muscles and trabeculae lie inside."""
    share = share_of_length(ventricle, position_mm)
    radius = ventricle.cavity_mm * _profile(share) / _profile(MID)
    relative = 1.0 + ripple(ventricle.roundness, ANGLE_DEG, position_mm)
    return Outline(centre_mm(ventricle, position_mm), radius * relative)


def _profile(share: float) -> float:
    """Relative radius of the cavity: half an ellipsoid below the widest place, and never quite closed."""
    to_apex = (share - WIDEST) / (0.98 - WIDEST)
    left = 1.0 - (to_apex**2 if share > WIDEST else 0.12 * (1.0 - share / WIDEST) ** 2)
    return float(np.sqrt(0.5 * (left + np.hypot(left, 0.08))))


def wall_mm(ventricle: LeftVentricle, position_mm: float) -> FloatArray:
    """Thickness (angles) at ``ANGLE_DEG``."""
    share = share_of_length(ventricle, position_mm)
    towards_apex = np.clip((share - MID) / (0.9 - MID), -0.3, 1.0)
    away_deg = turns_deg(ANGLE_DEG, ventricle.bulge_deg)
    bulge = np.exp(-0.5 * (away_deg / ventricle.bulge_width_deg) ** 2 - 2.5 * (share - ventricle.bulge_at) ** 2)
    even = ventricle.even_mm * (1.0 + ventricle.growth * towards_apex)
    relative = 1.0 + MOST_UNEVEN * np.tanh(ripple(ventricle.unevenness, ANGLE_DEG, position_mm) / MOST_UNEVEN)
    return np.asarray((even + ventricle.bulge_mm * bulge) * relative)


def blood_outline(ventricle: LeftVentricle, endo: Outline, position_mm: float) -> Outline:
    """The cavity without the trabeculae on its wall, which the septum has least of and the apex most."""
    share = share_of_length(ventricle, position_mm)
    free = 0.5 - 0.5 * np.cos(np.radians(ANGLE_DEG - ventricle.septum_deg))
    rough = np.clip(ripple(ventricle.trabeculae, ANGLE_DEG, position_mm) + 0.3, 0.0, None)
    depth = ventricle.trabecula_mm * (0.25 + 0.75 * free) * (0.4 + 1.2 * max(share, 0.0)) * rough
    return endo.grown(-np.minimum(depth, 0.45 * endo.radius_mm))


def papillary_outlines(ventricle: LeftVentricle, endo: Outline, position_mm: float) -> FloatArray:
    """Outlines (n points 2) of the papillary muscles and the loose trabeculae; towards the apex they join the wall."""
    angle_deg, reach, long_mm, wide_mm, middle, half = ventricle.papillary.T
    share = share_of_length(ventricle, position_mm)
    left = 1.0 - ((share - middle) / half) ** 2
    size = np.sqrt(np.clip(left, 0.0, None))
    shrunk = np.minimum(1.0, endo.radius_mm.mean() / 17.0)
    reach = np.clip(reach + 0.35 * (share - MID), 0.3, 1.0)
    outward_deg = angle_deg + ventricle.septum_deg
    radius = endo.radius_at_mm(outward_deg) * reach
    turn_deg = np.linspace(0.0, 360.0, BODY_ANGLES, endpoint=False)
    wave = np.stack([ripple(ventricle.papillary_waves, turn_deg + 77.0 * n, position_mm) for n in range(len(radius))])
    head = (size * shrunk)[:, None, None] * (1.0 + wave)[..., None] * towards(turn_deg)
    across, along = head[..., 0] * wide_mm[:, None], head[..., 1] * long_mm[:, None]
    outward, clockwise = towards(outward_deg)[:, None], towards(outward_deg + 90.0)[:, None]
    points = endo.centre_mm + (radius[:, None] + along)[..., None] * outward + across[..., None] * clockwise
    return np.asarray(points[size > 0.0])
